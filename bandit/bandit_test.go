package bandit_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/stats"
)

// TestPropensities compares weights with chances that were computed elsewhere.
func TestPropensities(t *testing.T) {
	type propensity struct {
		ID, Method    string
		Input, Expect json.RawMessage
	}
	tried := 0
	for _, v := range reference.Vectors[propensity](t, "stats_reference.json") {
		if v.Method != "bandit_propensity" {
			continue
		}
		var in struct {
			Algorithm string
			Arms      []struct{ N, S int64 }
			Floor     float64
		}
		var want struct{ Probabilities []float64 }
		if err := errors.Join(json.Unmarshal(v.Input, &in), json.Unmarshal(v.Expect, &want)); err != nil {
			t.Fatal(err)
		}
		var a bandit.Algorithm
		switch in.Algorithm {
		case "thompson":
			a = bandit.Thompson{Floor: cmp.Or(in.Floor, -1)}
		case "whiplash_correct":
			a = bandit.Whiplash{}
		case "whiplash_legacy":
			a = bandit.WhiplashLegacy{}
		default:
			t.Fatalf("%s: there is no algorithm %s", v.ID, in.Algorithm)
		}
		var arms []bandit.Arm
		for _, x := range in.Arms {
			arms = append(arms, bandit.Arm{Weight: 1 / float64(len(in.Arms)), Proportion: stats.Proportion{Participants: x.N, Converted: x.S}})
		}
		for i, got := range a.Weights(arms) {
			if !(math.Abs(got-want.Probabilities[i]) <= 1e-6) {
				t.Errorf("%s: arm %d gets %v, want %v", v.ID, i, got, want.Probabilities[i])
			}
		}
		tried++
	}
	if tried == 0 {
		t.Error("there are no vectors")
	}
}

// someArms are arms with equal declared shares and [participants, converted].
func someArms(counts ...[2]int64) (arms []bandit.Arm) {
	for _, c := range counts {
		arms = append(arms, bandit.Arm{Weight: 1 / float64(len(counts)), Proportion: stats.Proportion{Participants: c[0], Converted: c[1]}})
	}
	return arms
}

func TestEpsilonGreedy(t *testing.T) {
	for name, x := range map[string]struct {
		bandit.EpsilonGreedy

		arms []bandit.Arm
		want []float64
	}{
		"best":    {arms: someArms([2]int64{100, 5}, [2]int64{200, 11}), want: []float64{0.05, 0.95}},
		"tie":     {arms: someArms([2]int64{100, 5}, [2]int64{200, 10}, [2]int64{100, 1}), want: []float64{0.45 + 0.1/3, 0.45 + 0.1/3, 0.1 / 3}},
		"unknown": {arms: someArms([2]int64{100, 100}, [2]int64{0, 0}), want: []float64{0.05, 0.95}},
		"own":     {EpsilonGreedy: bandit.EpsilonGreedy{Epsilon: 0.4}, arms: someArms([2]int64{10, 5}, [2]int64{10, 4}), want: []float64{0.8, 0.2}},
		"none":    {EpsilonGreedy: bandit.EpsilonGreedy{Epsilon: -1}, arms: someArms([2]int64{10, 5}, [2]int64{10, 4}), want: []float64{1, 0}},
		"nothing": {arms: someArms([2]int64{0, 0}, [2]int64{0, 0}), want: []float64{0.5, 0.5}},
	} {
		for i, got := range x.Weights(x.arms) {
			if math.Abs(got-x.want[i]) > 1e-12 {
				t.Errorf("%s: arm %d gets %v, want %v", name, i, got, x.want[i])
			}
		}
	}
}

// TestMeanValues lets those learn from values who look at more than whether
// someone converted: the second alternative converts half as often, for more.
func TestMeanValues(t *testing.T) {
	arms := someArms([2]int64{1000, 100}, [2]int64{1000, 50})
	arms[0].Values = stats.Values{Participants: 1000, Sum: 1000, Squares: 10_000, NonZero: 100}
	arms[1].Values = stats.Values{Participants: 1000, Sum: 5000, Squares: 500_000, NonZero: 50}
	for name, x := range map[string]struct {
		bandit.Algorithm

		second bool // wins
	}{
		"thompson": {bandit.Thompson{}, true}, "whiplash": {bandit.Whiplash{}, true},
		"epsilon-greedy": {bandit.EpsilonGreedy{}, true}, "whiplash-legacy": {bandit.WhiplashLegacy{}, false},
	} {
		if w := x.Weights(arms); (w[1] > 0.8) != x.second || math.Abs(w[0]+w[1]-1) > 1e-9 {
			t.Errorf("%s: weights %v", name, w)
		}
	}
}
