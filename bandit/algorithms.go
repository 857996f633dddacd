package bandit

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sixpack-go/sixpack/stats"
)

// Hash is the default algorithm, "hash": the shares are those declared, and a client's
// alternative follows from its ID, as in Sixpack 2.
type Hash struct{}

// Weights returns the declared shares.
func (Hash) Weights(arms []Arm) []float64 {
	weights := make([]float64, len(arms))
	for i, a := range arms {
		weights[i] = a.Weight
	}
	return weights
}

// Random is the algorithm "random": the shares are those declared, and each new
// participant's alternative is drawn at random, as in Sixpack 1.
type Random struct{}

// Weights returns the declared shares.
func (Random) Weights(arms []Arm) []float64 { return Hash{}.Weights(arms) }

// Draw returns a random number in [0, 1).
func (Random) Draw() float64 { return rand.Float64() } //nolint:gosec // nothing secret

// Thompson is the algorithm "thompson", Thompson sampling, the bandit to use unless there
// is a reason for another. The share of an alternative is its probability of being best,
// by its conversion rate or, for a KPI with values, by its mean value. Losing alternatives
// keep a part of the Floor, so that they stay measurable and may come back.
type Thompson struct {
	Floor float64     // the fraction of participants that is shared equally; 0 means 0.1, negative means none
	Prior stats.Prior // of each conversion rate; zero means [stats.Uniform]; means have none
}

// Weights returns the probabilities of being best, above the floor.
func (t Thompson) Weights(arms []Arm) []float64 {
	if !counted(arms) {
		return Hash{}.Weights(arms)
	}
	return floored(best(arms, cmp.Or(t.Prior, stats.Uniform)), cmp.Or(t.Floor, 0.1))
}

// The floor and the prior of Sixpack 1.
const whiplashFloor = 0.2

var whiplashPrior = stats.Prior{A: 7, B: 7}

// Whiplash is the algorithm "whiplash", as Sixpack 1 meant it: [Thompson] with a prior of
// 7 conversions and 7 failures and a floor of a fifth of the participants. It learns more
// slowly.
type Whiplash struct{}

// Weights returns the probabilities of being best, above the floor.
func (Whiplash) Weights(arms []Arm) []float64 {
	return Thompson{Floor: whiplashFloor, Prior: whiplashPrior}.Weights(arms)
}

// WhiplashLegacy is the algorithm "whiplash-legacy", with the mistake of Sixpack 1: it
// counts each participant as a conversion, and participants who did not convert as
// failures as well. Where rates are low its shares stay nearly equal. Use it only to get the
// same shares as Sixpack 1.
type WhiplashLegacy struct{}

// Weights returns the weights of Sixpack 1.
func (WhiplashLegacy) Weights(arms []Arm) []float64 {
	if !counted(arms) {
		return Hash{}.Weights(arms)
	}
	all := make([]stats.Proportion, len(arms))
	for i, a := range arms {
		n, s := a.Proportion.Participants, a.Proportion.Converted
		all[i] = stats.Proportion{Participants: n + (n - s), Converted: n}
	}
	chances, _ := stats.Best(all, whiplashPrior)
	return floored(chances, whiplashFloor)
}

// EpsilonGreedy is the algorithm "epsilon-greedy": all participants but a fraction, which
// is shared equally, get the alternative with the highest rate or mean value so far, or
// those with equally high ones. It is simple to explain and easily misled by chance.
type EpsilonGreedy struct {
	Epsilon float64 // the fraction; 0 means 0.1, negative means none
}

// Weights returns equal weights of the best alternatives, above the fraction.
func (g EpsilonGreedy) Weights(arms []Arm) []float64 {
	if !counted(arms) {
		return Hash{}.Weights(arms)
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

// score returns the rate or the mean value of an arm. An arm without participants has the
// highest score, so that it is tried first.
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

// counted reports whether any arm has participants.
func counted(arms []Arm) bool {
	return slices.ContainsFunc(arms, func(a Arm) bool { return a.Proportion.Participants != 0 })
}

// valued reports whether arms are compared by their mean values.
func valued(arms []Arm) bool {
	return slices.ContainsFunc(arms, func(a Arm) bool { return a.Values.NonZero != 0 })
}

// best returns the probability of each arm of being best.
func best(arms []Arm, prior stats.Prior) (chances []float64) {
	proportions, values := make([]stats.Proportion, len(arms)), make([]stats.Values, len(arms))
	for i, a := range arms {
		proportions[i], values[i] = a.Proportion, a.Values
	}
	if valued(arms) {
		chances, _ = stats.BestMeans(values)
	} else {
		chances, _ = stats.Best(proportions, prior)
	}
	return chances
}

// floored returns weights, of any scale, as shares of which a fraction, if it is above 0,
// is shared equally.
func floored(weights []float64, fraction float64) []float64 {
	fraction = max(0, fraction)
	all := stats.Shares(weights)
	for i := range all {
		all[i] = (1-fraction)*all[i] + fraction/float64(len(all))
	}
	return all
}
