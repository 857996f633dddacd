package docs_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/stats"
)

// TestBandits computes what bandits.md says, as TestStatistics does.
func TestBandits(t *testing.T) {
	check(t, read(t, "bandits.md"), computed(t, simulated, chosen, floors, whiplash, standardized), knownOfBandits)
}

// knownOfBandits are the figures that are not computed here, by their origin.
var knownOfBandits = map[string][]string{
	"the tests that are simulated": {
		"5 % of the visitors of red convert and 6 % of those of blue. 10,000 visitors come, 500 each day",
		"sixpack simulate 5% 6% --runs 500 --seed 1 --plot docs/bandits.svg", "middle 80 % of the tests", "did in 500 tests of each",
		"Here 14 % is far above 10 %", "where 5 % and 6 % convert", "At a rate of 5 % it takes", "and 500 visitors a day",
	},
	"the defaults of sixpack.Bandit": {
		"until there are 100 of these", "when at least 100 have come", "To wait for 100 visitors", "needs its 100 participants first",
	},
	"examples of settings": {"`bandit_window: 72h` in", "bandit_window: 24h", "`bandit_memory: 100000` has", "the latest 100,000 participants only", "of weight 0 stays", "`sixpack.Thompson{Floor: 0.05}`", "sixpack.Bandit{Window: 72 * time.Hour}"},
	"formulas": {
		"0.1/k + 0.9·best of Beta(s+1, n-s+1)", "0.2/k + 0.8·best of Beta(s+7, n-s+7)", "0.2/k + 0.8·best of Beta(n+7, n-s+7)",
		"0.1/k + 0.9 for the highest s/n", "The mean of Beta(n+7, n-s+7) comes near 1/(2-r)", "is r/(2-r)",
	},
	"versions": {"Sixpack 1"},
	"papers":   {"samples, 1933.", "sampling, 2011.", "bandit, 2010.", "rules, 1985", "disease, 1959."},
	"sixpack simulate 5% 6% --runs 500 --seed 1, and with --algorithms whiplash-legacy,epsilon-greedy": {
		"| 51.0 % | 19.0 % |", "| 94.4 % | 3.6 % |", "| 96.2 % | 5.6 % |", "in about 550", "in 19.0 % of the tests", "but in 3.6 % with",
		"| whiplash-legacy | 43.1 | 38.3 to 48.4 | 95.0 % | 14.8 % |", "| epsilon-greedy | 18.6 | 8.4 to 40.0 | 92.6 % | 2.2 % |",
	},
	"sixpack simulate 5% 6% --visitors 40000 --days 40 --runs 200 --seed 1 --algorithms hash,thompson": {
		"Of 200 tests with 40,000 visitors over 40 days", "199.9 conversions", "in 93.0 % of them", "46.6 conversions and 25.5 %",
	},
	"sixpack simulate 50% 55% --delay 24h --window 0s --runs 200 --seed 1 --algorithms hash,thompson, and the other rates and windows": {
		"conversions take 24 hours on average, and 500 visitors come each day",
		"| 50 % and 55 % | none | 103.1 | 249.8 |", "| 50 % and 55 % | 72 hours | 80.1 | 249.8 |",
		"| 5 % and 6 % | none | 25.3 | 50.0 |", "| 5 % and 6 % | 72 hours | 29.3 | 50.0 |",
	},
	"sixpack simulate 5% 5% --drift 80% --visitors 20000 --runs 500 --seed 1 --algorithms hash,thompson": {
		"together, by 80 % in one wave", "in 500 such tests, with a rate of 5 %, 20,000 visitors", "in 0.4 % with `thompson`, and in 1.2 % with `hash`. Up to 5 % are allowed",
	},
	"sixpack simulate 2% 3% 4% 5% --runs 200 --seed 1 --algorithms hash,thompson": {
		"Of 10,000 visitors over 20 days, with four", "which 2 %, 3 %, 4 % and 5 % convert", "149.9 conversions and `thompson` 52.6",
		"best one 67 % of the visitors. (200 tests.)", "in 13.5 % of the tests with `hash`",
	},
	"sixpack simulate 5% 5% 5% 5% 5% 6% --runs 200 --seed 1 --algorithms hash,thompson": {
		"a little better, 5 % and 6 %", "83.3 conversions and `thompson` 64.0", "had 36 % of the visitors",
	},
}

// simulated takes the figures of the plot from what it says in words.
func simulated(c *claims) {
	plot := content(c.t, "bandits.svg")
	if !strings.Contains(plot, "5% and 6% convert; 10,000 visitors over 20 days.") || !strings.Contains(plot, "Means of 500 tests of each;") || !strings.Contains(plot, "Seed 1.") {
		c.t.Error("the plot is of other tests")
	}
	regret := make(map[string]float64)
	for _, m := range regexp.MustCompile(`([a-z-]+) has given up ([0-9.]+) conversions \(([0-9.]+ to [0-9.]+)\)`).FindAllStringSubmatch(plot, -1) {
		c.addf("| %s | %s | %s |", strings.Replace(m[1], "hash", "hash: a test", 1), m[2], m[3])
		regret[m[1]], _ = strconv.ParseFloat(m[2], 64)
	}
	const better, tests, legacy = 0.06 - 0.05, 10_000, 43.1
	if len(regret) != 3 {
		c.t.Fatalf("the plot says %v", regret)
	}
	c.addf("one would have %.0f conversions more than", better*tests)
	c.addf("gives up %.0f of these", better*tests/2)
	less := regret["hash"] - regret["thompson"]
	if less <= regret["hash"]/2 {
		c.t.Errorf("thompson gives up %v of %v", regret["thompson"], regret["hash"])
	}
	c.addf("gives up %g conversions less than the test: less than half of what the test gives up, and %[1]g in", math.Round(less))
	c.addf("the mistake costs %.1f conversions", legacy-regret["whiplash"])
}

// arms are those of the shop after a week.
func arms() []sixpack.Arm {
	return []sixpack.Arm{{Weight: 0.5, Counts: red7}, {Weight: 0.5, Counts: blue7}}
}

// chosen computes what new visitors get.
func chosen(c *claims) {
	c.addf("where after 7 days %d of %s red and %d of %s blue have converted", red7.Converted, count(red7.Participants), blue7.Converted, count(blue7.Participants))
	for _, x := range []struct {
		name string
		sixpack.Algorithm
	}{
		{"hash", sixpack.Hash{}},
		{"thompson", sixpack.Thompson{}},
		{"epsilon-greedy", sixpack.EpsilonGreedy{}},
		{"whiplash", sixpack.Whiplash{}},
		{"whiplash-legacy", sixpack.WhiplashLegacy{}},
	} {
		w := x.Weights(arms())
		c.addf("| `%s` | %s | %s |", x.name, rate(w[0]), rate(w[1]))
	}
}

// floors computes what losers keep, and the formulas of the shares.
func floors(c *claims) {
	hopeless := []sixpack.Arm{{Weight: 0.5, Counts: stats.Proportion{Participants: 1e6}}, {Weight: 0.5, Counts: stats.Proportion{Participants: 1e6, Converted: 1e5}}}
	least := func(a sixpack.Algorithm) float64 { return a.Weights(hopeless)[0] }
	c.addf("shares %.0f %% of the visitors evenly, whatever the counts say; of two alternatives none gets less than %.0f %%.", 200*least(sixpack.Thompson{}), 100*least(sixpack.Thompson{}))
	c.addf("a loser that gets %.0f %% of", 100*least(sixpack.Thompson{}))
	c.same("the floor of whiplash", 0.2/2, least(sixpack.Whiplash{}))
	c.same("the floor of epsilon-greedy", 0.1/2, least(sixpack.EpsilonGreedy{}))
	c.same("the floor of whiplash-legacy", 0.2/2, least(sixpack.WhiplashLegacy{}))
	n, s := red7.Participants, blue7
	for name, x := range map[string]struct {
		algorithm sixpack.Algorithm
		floor     float64
		prior     stats.Prior
		counts    []stats.Proportion
	}{
		"thompson": {sixpack.Thompson{}, 0.1, stats.Prior{A: 1, B: 1}, []stats.Proportion{red7, blue7}},
		"whiplash": {sixpack.Whiplash{}, 0.2, stats.Prior{A: 7, B: 7}, []stats.Proportion{red7, blue7}},
		"whiplash-legacy": {sixpack.WhiplashLegacy{}, 0.2, stats.Prior{A: 7, B: 7}, []stats.Proportion{
			{Participants: 2*n - red7.Converted, Converted: n}, {Participants: 2*s.Participants - s.Converted, Converted: s.Participants},
		}},
	} {
		best, _ := stats.Best(x.counts, x.prior)
		c.same(name, x.floor/2+(1-x.floor)*best[1], x.algorithm.Weights(arms())[1])
	}
	c.addf("has %d conversions and %[1]d failures", 7)
}

// whiplash computes what its mistake does.
func whiplash(c *claims) {
	mean := func(r float64) float64 { return 1 / (2 - r) }
	c.addf("it compared about %s and %s.", rate(mean(0.05)), rate(mean(0.06)))
	c.addf("it takes %.0f times as many visitors", (2-0.05)/0.05)
	c.addf("for a rate of r: %.3f for 5 %% and %.3f for 6 %%.", mean(0.05), mean(0.06))
	c.addf("which is 1/%.0f for 5 %%", (2-0.05)/0.05)
}

// standardized computes rates in spite of moving shares.
func standardized(c *claims) {
	before, during := stats.Stratum{Weights: []float64{9, 1}}, stats.Stratum{Weights: []float64{1, 1}}
	before.Arms = []stats.Proportion{{Participants: 9000, Converted: 270}, {Participants: 1000, Converted: 30}}
	during.Arms = []stats.Proportion{{Participants: 5000, Converted: 400}, {Participants: 5000, Converted: 400}}
	rates := stats.Standardized([]stats.Stratum{before, during})
	c.same("what is equal", rates[0], rates[1])
	c.addf("(10,000·%g + 10,000·%g) / 20,000 = %s", before.Arms[0].Rate(), during.Arms[0].Rate(), rate(rates[0]))
	c.addf("the rates of all together say %s and %s", rate(670./14_000), rate(430./6000))
}
