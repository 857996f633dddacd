package simulation

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

// TestBeats compares beats with stats.Best, at counts of all sizes.
func TestBeats(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	worst := 0.0
	for range 500 {
		rate := math.Exp(-5 * dice.Float64())
		if dice.IntN(2) == 0 {
			rate = 1 - rate
		}
		anyCounts := func() (c stats.Proportion) {
			c.Participants = int64(math.Exp(dice.Float64() * math.Log(1e4)))
			for range c.Participants {
				if dice.Float64() < rate {
					c.Converted++
				}
			}
			return c
		}
		a, b := anyCounts(), anyCounts()
		want, _ := stats.Best([]stats.Proportion{a, b}, stats.Uniform)
		worst = max(worst, math.Abs(beats(a, b)-want[1]))
		if math.Abs(beats(a, b)-want[1]) > 0.001 {
			t.Errorf("%v against %v: %v, want %v", b, a, beats(a, b), want[1])
		}
		if z, _ := standard(a, b); want[1] >= sure && z < unsure || want[0] >= sure && -z < unsure {
			t.Errorf("%v against %v: %v, but %v standard deviations", b, a, want, z)
		}
	}
	t.Logf("at worst %.1e apart", worst)
}
