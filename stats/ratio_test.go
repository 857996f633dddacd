package stats_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/sixpack-go/sixpack/stats"
)

// TestSampleRatioIsFair checks that the Bayes factor is a martingale: whatever happened before, the next participant leaves it as
// it is on average. Then it ever exceeds 1,000 with a probability of at most 1 in 1,000.
func TestSampleRatioIsFair(t *testing.T) {
	check(t, 200, func(t *rapid.T) {
		arms := rapid.IntRange(2, 5).Draw(t, "arms")
		var splits []stats.Split
		for range rapid.IntRange(1, 4).Draw(t, "splits") {
			s := stats.Split{Weights: make([]float64, arms), Participants: make([]int64, arms)}
			for i := range arms {
				if s.Weights[i] = rapid.SampledFrom([]float64{0, 1, 1, 2, 5, 97}).Draw(t, "weight"); s.Weights[i] > 0 {
					s.Participants[i] = rapid.Int64Range(0, 2000).Draw(t, "participants")
				}
			}
			if s.Weights[0] == 0 {
				s.Weights[0] = 1
			}
			splits = append(splits, s)
		}
		before := stats.CheckSampleRatioOverTime(splits)
		last := splits[len(splits)-1]
		after := 0.0
		for i, share := range stats.Shares(last.Weights) {
			if share == 0 {
				continue
			}
			last.Participants[i]++
			after += share * math.Exp(stats.CheckSampleRatioOverTime(splits).LogBayesFactor-before.LogBayesFactor)
			last.Participants[i]--
		}
		if !near(after, 1, 1e-9, 0) {
			t.Errorf("%+v: the next participant multiplies the factor by %v on average", splits, after)
		}
		begun := append(slices.Clone(splits), stats.Split{Weights: last.Weights, Participants: make([]int64, arms)})
		if r := stats.CheckSampleRatioOverTime(begun); len(splits) > 1 && !near(r.LogBayesFactor, before.LogBayesFactor, 1e-9, 1e-9) {
			t.Errorf("%+v: a new split changes the factor from %v to %v", splits, before, r)
		}
		if r := stats.CheckSampleRatio(splits[:1], stats.Concentration); stats.CheckSampleRatioOverTime(splits[:1]) != r {
			t.Errorf("%+v: one split has another result than %+v", splits[:1], r)
		}
	})
}

// TestCommonTilt has a small fault that no single split shows.
func TestCommonTilt(t *testing.T) {
	var splits []stats.Split
	for range 40 {
		splits = append(splits, stats.Split{Participants: []int64{55, 45}, Weights: []float64{1, 1}})
	}
	if r := stats.CheckSampleRatio(splits, stats.Concentration); r.Mismatch() {
		t.Errorf("the splits by themselves suffice: %+v", r)
	}
	if r := stats.CheckSampleRatioOverTime(splits); !r.Mismatch() {
		t.Errorf("a common tilt is not found: %+v", r)
	}
	if r := stats.CheckSampleRatioOverTime(nil); r.P != 1 || r.LogBayesFactor != 0 {
		t.Errorf("without splits: %+v", r)
	}
}
