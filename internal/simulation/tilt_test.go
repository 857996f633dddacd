package simulation_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/stats"
)

// epochSize is the number of visitors of an epoch.
const epochSize = 100

// visitsUntilMismatch draws visitors in epochs, whose weights a rule sets, and returns after how
// many visitors there is a sample-ratio mismatch, 0 if there is none. The odds of the challenger
// are multiplied by a factor. Rates are 5%.
func visitsUntilMismatch(dice *rand.Rand, rule simulation.Rule, odds float64, visitors int) int {
	const rate = 0.05
	arms, weights := make([]stats.Proportion, 2), []float64{0.5, 0.5}
	var splits []stats.Split
	for seen := 0; seen < visitors; seen += epochSize {
		n := make([]int64, 2)
		for range epochSize {
			i := 0
			if w := odds * weights[1]; dice.Float64() < w/(w+weights[0]) {
				i = 1
			}
			n[i]++
			arms[i].Participants++
			if dice.Float64() < rate {
				arms[i].Converted++
			}
		}
		splits = append(splits, stats.Split{Participants: n, Weights: weights})
		if stats.CheckSampleRatioOverTime(splits).Mismatch() {
			return seen + epochSize
		}
		weights = stats.Shares(rule(arms))
	}
	return 0
}

// TestSampleRatioOfEpochs looks for a sample-ratio mismatch after each of many short epochs: a
// fault that is the same in all of them is found nearly as soon as in one long epoch.
func TestSampleRatioOfEpochs(t *testing.T) {
	even := func([]stats.Proportion) []float64 { return []float64{0.5, 0.5} }
	const single, odds = 2172, 0.55 / 0.45
	for i, c := range []struct {
		name string
		rule simulation.Rule
		odds float64
		want float64 // most visitors on average; Inf: no mismatch
	}{
		{"55/45, even weights", even, odds, 1.5 * single},
		{"45/55, even weights", even, 1 / odds, 1.5 * single},
		{"healthy, even weights", even, 1, math.Inf(1)},
		{"healthy, Thompson", simulation.Thompson(0.1), 1, math.Inf(1)},
	} {
		dice := rand.New(rand.NewPCG(seed, uint64(i)))
		if math.IsInf(c.want, 1) {
			healthy, alarms := 100*times(t, 50), 0
			for range healthy {
				if visitsUntilMismatch(dice, c.rule, c.odds, 10_000) > 0 {
					alarms++
				}
			}
			t.Logf("%s: %d of %d have a mismatch", c.name, alarms, healthy)
			if 1000*alarms > healthy {
				t.Errorf("%s: %d of %d have a mismatch", c.name, alarms, healthy)
			}
			continue
		}
		runs := 100 * times(t, 10)
		var found []int
		for range runs {
			found = append(found, visitsUntilMismatch(dice, c.rule, c.odds, 20*single))
		}
		got := mean(found)
		t.Logf("%s is found after %.0f visitors on average of %d runs", c.name, got, runs)
		if got > c.want {
			t.Errorf("%s is found after %.0f visitors, want at most %.0f", c.name, got, c.want)
		}
	}
}
