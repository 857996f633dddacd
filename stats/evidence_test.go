package stats_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

// TestEvidence checks that what is had in a hurry is what the comparisons say.
func TestEvidence(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 8))
	for range 1000 {
		strata := make([]stats.Pair, 1+dice.IntN(4))
		for i := range strata {
			strata[i] = stats.Pair{Control: rolled(dice), Challenger: rolled(dice)}
		}
		a, b := strata[0].Control, strata[0].Challenger
		if c, want := stats.AlwaysValid(a, b, 0.05); stats.EvidenceOf(a, b) != want || want.P() != c.P {
			t.Errorf("%v against %v: %v, want %v", b, a, stats.EvidenceOf(a, b), want)
		}
		if c, want := stats.Stratified(strata, 0.05); stats.StratifiedEvidence(strata) != want || want.P() != c.P {
			t.Errorf("%v: %v, want %v", strata, stats.StratifiedEvidence(strata), want)
		}
	}
	if e := stats.StratifiedEvidence(nil); e.P() != 1 {
		t.Errorf("of nothing: %v", e)
	}
}

func BenchmarkEvidence(b *testing.B) {
	for b.Loop() {
		stats.EvidenceOf(five[0], five[1])
	}
}
