package docs_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/stats"
)

func TestBandits(t *testing.T) {
	d := open(t, "bandits.md")
	regret := plotted(d)
	d.saysf("conversions less than the test: less than half of what the test gives up, and %.0f in about 550", regret["hash"]-regret["thompson"])
	shares(d)
	// The example: rates, visitors, days, tests.
	d.has("5%; 6%; 10,000; 500; 100; 50; 80%; 10%; 14%")
	// Defaults, examples of settings, and formulas.
	d.has("100; 72; 24; 100000; 100,000; 0; 0.05; 1; +1; 7; +7; 0.1; 0.9; 0.2; 0.8; 2")
	// sixpack simulate 5% 6% --runs 500 --seed 1, and with --algorithms whiplash-legacy,epsilon-greedy
	d.has("51.0%, 19.0%; 94.4%, 3.6%; 96.2%, 5.6%; 550")
	d.saysf("| whiplash-legacy | %.1f | 38.3 to 48.4 | 95.0%% | 14.8%% |", legacyRegret)
	d.saysf("| epsilon-greedy | 18.6 | 8.4 to 40.0 | 92.6%% | 2.2%% |")
	d.has(fmt.Sprintf("%.1f", legacyRegret-regret["whiplash"]))
	// sixpack simulate 5% 6% --visitors 40000 --days 40 --runs 200 --seed 1 --algorithms hash,thompson
	d.has("200; 40,000; 40; 199.9, 93.0%; 46.6, 25.5%")
	// sixpack simulate 50% 55% --delay 24h --window 0s --runs 200 --seed 1 --algorithms hash,thompson, and the other rates and windows
	d.saysf("| 50%% and 55%% | none | 103.1 | 249.8 | | 50%% and 55%% | 72 hours | 80.1 | 249.8 |")
	d.saysf("| 5%% and 6%% | none | 25.3 | 50.0 | | 5%% and 6%% | 72 hours | 29.3 | 50.0 |")
	// sixpack simulate 5% 5% --drift 80% --visitors 20000 --runs 500 --seed 1 --algorithms hash,thompson
	d.has("20,000; 0.4%; 1.2%")
	// sixpack simulate 2% 3% 4% 5% --runs 200 --seed 1 --algorithms hash,thompson
	d.has("20; 2%, 3%, 4%; 149.9; 52.6, 67%; 13.5%")
	// sixpack simulate 5% 5% 5% 5% 5% 6% --runs 200 --seed 1 --algorithms hash,thompson
	d.has("83.3; 64.0, 36%")
	// Papers.
	d.has("1933; 2011; 2010; 1985; 1959")
	d.check()
}

// legacyRegret is the regret of whiplash-legacy, which the plot does not show.
const legacyRegret = 43.1

// plotted checks the numbers that the plot has too, and returns the regrets.
func plotted(d document) map[string]float64 {
	plot := read(d.t, "bandits.svg")
	for _, part := range []string{"5% and 6% convert; 10,000 visitors over 20 days.", "Means of 500 tests of each;", "Seed 1."} {
		if !strings.Contains(plot, part) {
			d.t.Errorf("the plot does not say %q", part)
		}
	}
	regret := make(map[string]float64)
	for _, m := range regexp.MustCompile(`([a-z-]+) has given up ([0-9.]+) conversions \(([0-9.]+ to [0-9.]+)\)`).FindAllStringSubmatch(plot, -1) {
		d.saysf("| %s | %s | %s |", strings.Replace(m[1], "hash", "hash: a test", 1), m[2], m[3])
		regret[m[1]], _ = strconv.ParseFloat(m[2], 64)
	}
	if len(regret) != 3 || regret["thompson"] >= regret["hash"]/2 {
		d.t.Fatalf("the plot shows the regrets %v", regret)
	}
	return regret
}

// shares checks the shares that algorithms set, and what follows from their formulas.
func shares(d document) {
	d.has(of(red7), of(blue7))
	arms := []bandit.Arm{{Weight: 0.5, Proportion: red7}, {Weight: 0.5, Proportion: blue7}}
	for name, algorithm := range map[string]bandit.Algorithm{
		"hash": bandit.Hash{}, "thompson": bandit.Thompson{}, "epsilon-greedy": bandit.EpsilonGreedy{},
		"whiplash": bandit.Whiplash{}, "whiplash-legacy": bandit.WhiplashLegacy{},
	} {
		w := algorithm.Weights(arms)
		d.saysf("| `%s` | %s | %s |", name, rate(w[0]), rate(w[1]))
	}
	loser := []bandit.Arm{{Weight: 0.5, Proportion: stats.Proportion{Participants: 1e6}}, {Weight: 0.5, Proportion: stats.Proportion{Participants: 1e6, Converted: 1e5}}}
	floor := 100 * bandit.Thompson{}.Weights(loser)[0]
	d.saysf("`thompson` shares %.0f%% of the visitors evenly, whatever the counts say; of two alternatives none gets less than %.0f%%.", 2*floor, floor)

	legacy := func(r float64) float64 { return 1 / (2 - r) } // the mean that whiplash-legacy compares
	d.saysf("about %s and %s", rate(legacy(0.05)), rate(legacy(0.06)))
	d.saysf("%.3f for 5%% and %.3f for 6%%", legacy(0.05), legacy(0.06))
	d.has(fmt.Sprintf("%.0f", math.Round((2-0.05)/0.05)))

	before := stats.Stratum{Weights: []float64{9, 1}, Arms: []stats.Proportion{sale[0].Control, sale[0].Challenger}}
	during := stats.Stratum{Weights: []float64{1, 1}, Arms: []stats.Proportion{sale[1].Control, sale[1].Challenger}}
	rates := stats.Standardized([]stats.Stratum{before, during})
	d.saysf("(10,000·%g + 10,000·%g) / 20,000 = %s", before.Arms[0].Rate(), during.Arms[0].Rate(), rate(rates[0]))
	if math.Abs(rates[1]-rates[0]) > 1e-9 {
		d.t.Errorf("the rates that may be compared are %v", rates)
	}
	d.has(rate(670./14_000), rate(430./6000))
}
