package sixpack

import (
	"cmp"
	"math"
	"slices"

	"github.com/sixpack-go/sixpack/stats"
)

// The bandits' weights are chances, computed and not drawn: with the same counts
// they are the same everywhere. Without any counts all leave the declared shares.

// Thompson is the algorithm "thompson", the bandit to take unless there is a
// reason for another: each alternative gets as many participants as it has
// chances to be the best, given what is known (Thompson's sampling). Of a KPI
// with values it is the one with the highest mean value. Alternatives that lose
// keep a part of the Floor, so that they stay measurable, and may come back.
type Thompson struct {
	// Floor is the fraction of participants that is shared evenly: 0 means 0.1, a
	// negative one none.
	Floor float64
	// Prior is what is thought of a rate before anything is known:
	// [stats.Uniform] if it is zero. Means need none.
	Prior stats.Prior
}

// Weights returns the chances to be best, above the floor.
func (t Thompson) Weights(arms []Arm) []float64 {
	if !counted(arms) {
		return declaredWeights(arms)
	}
	return floored(bestOf(arms, cmp.Or(t.Prior, stats.Uniform)), cmp.Or(t.Floor, 0.1))
}

// whiplashFloor and fairness are Sixpack 1's.
const whiplashFloor = 0.2

var fairness = stats.Prior{A: 7, B: 7}

// Whiplash is the algorithm "whiplash", as Sixpack 1 meant it: [Thompson] that
// thinks of 7 conversions and 7 failures of each alternative beside what it
// knows, and shares a fifth of the participants evenly. It learns slower.
type Whiplash struct{}

// Weights returns the chances to be best, above the floor.
func (Whiplash) Weights(arms []Arm) []float64 {
	return Thompson{Floor: whiplashFloor, Prior: fairness}.Weights(arms)
}

// WhiplashLegacy is the algorithm "whiplash-legacy", as Sixpack 1 made it: by a
// mistake it takes each participant for a conversion, beside those who did not
// convert, so that it hardly leaves equal shares where rates are low. It is here
// for those who need the same.
type WhiplashLegacy struct{}

// Weights returns the chances that Sixpack 1 gives.
func (WhiplashLegacy) Weights(arms []Arm) []float64 {
	if !counted(arms) {
		return declaredWeights(arms)
	}
	all := make([]stats.Proportion, len(arms))
	for i, a := range arms {
		n, s := a.Proportion.Participants, a.Proportion.Converted
		all[i] = stats.Proportion{Participants: n + (n - s), Converted: n}
	}
	chances, _ := stats.Best(all, fairness)
	return floored(chances, whiplashFloor)
}

// EpsilonGreedy is the algorithm "epsilon-greedy": all participants get the
// alternative that did best so far, or those that did equally well, but for a
// fraction that is shared evenly. Simple to explain, and easily misled by luck.
type EpsilonGreedy struct {
	Epsilon float64 // the fraction: 0 means 0.1, a negative one none
}

// Weights returns the best alternative's, above the floor.
func (g EpsilonGreedy) Weights(arms []Arm) []float64 {
	if !counted(arms) {
		return declaredWeights(arms)
	}
	scores := make([]float64, len(arms))
	for i, a := range arms {
		scores[i] = a.score(valued(arms))
	}
	best := slices.Max(scores)
	weights := make([]float64, len(arms))
	for i, s := range scores {
		if s == best {
			weights[i] = 1
		}
	}
	return floored(weights, cmp.Or(g.Epsilon, 0.1))
}

// score returns the rate of an arm or its mean value, the highest of an arm of
// which nothing is known: it is tried first.
func (a Arm) score(mean bool) float64 {
	switch {
	case a.Proportion.Participants == 0:
		return math.Inf(1)
	case mean:
		return a.Values.Mean()
	default:
		return a.Proportion.Rate()
	}
}

// counted tells whether anything is known of any arm.
func counted(arms []Arm) bool {
	for _, a := range arms {
		if a.Proportion.Participants != 0 {
			return true
		}
	}
	return false
}

// valued tells whether arms are to be compared by their mean values.
func valued(arms []Arm) bool {
	for _, a := range arms {
		if a.Values.NonZero != 0 {
			return true
		}
	}
	return false
}

// bestOf returns each arm's chance to be the best.
func bestOf(arms []Arm, prior stats.Prior) (chances []float64) {
	if !valued(arms) {
		all := make([]stats.Proportion, len(arms))
		for i, a := range arms {
			all[i] = a.Proportion
		}
		chances, _ = stats.Best(all, prior)
		return chances
	}
	all := make([]stats.Values, len(arms))
	for i, a := range arms {
		all[i] = a.Values
	}
	chances, _ = stats.BestMeans(all)
	return chances
}

// floored returns weights, of any scale, as shares of which a fraction is split
// evenly, if it is above 0.
func floored(weights []float64, fraction float64) []float64 {
	fraction = max(0, fraction)
	all := stats.Shares(weights)
	for i := range all {
		all[i] = (1-fraction)*all[i] + fraction/float64(len(all))
	}
	return all
}
