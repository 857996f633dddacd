package sixpack

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// An Algorithm decides what shares of new participants the alternatives of an
// experiment get. Clients that take part already are never moved.
//
// Which client gets which alternative is not its business: that is a hash of
// the client, laid against the shares, so that all engines agree. Weights must
// therefore be a pure function of arms; it may be called concurrently.
//
// It is asked when an experiment begins, and from time to time, as [BanditSchedule]
// says. The shares that it sets last until it is asked again, and are each
// alternative's chance to be chosen: [store.Counts] has them by epoch.
type Algorithm interface {
	// Weights returns the weight of each arm: not negative, at least one above
	// zero, of any scale. Anything else, such as nil, leaves the declared shares.
	Weights(arms []Arm) []float64
}

// Arm is what an [Algorithm] knows of an alternative. Alternatives whose Weight
// would be 0 get nobody, whatever the algorithm: it does not see them.
type Arm struct {
	Weight float64 // its share as declared or set by an operator, summing to 1
	// Proportion counts the mature participants and how many of them converted, by the primary KPI. It is zero until each
	// alternative has enough mature participants, as [BanditSchedule] says.
	Proportion stats.Proportion
	// Values sums up the values of a KPI with values, by whose mean an algorithm learns. Otherwise no arm has any NonZero.
	Values stats.Values
}

// A Drawer is an [Algorithm] that draws every new participant's alternative
// anew, instead of deriving it from the client.
type Drawer interface {
	Algorithm
	// Draw returns a number in [0,1).
	Draw() float64
}

// Hash is the default algorithm, "hash": the shares are those declared, and a
// client's alternative follows from its id, as in Sixpack 2.
type Hash struct{}

// Weights returns the declared shares.
func (Hash) Weights(arms []Arm) []float64 { return declaredWeights(arms) }

// Random is the algorithm "random": the shares are those declared, and every
// new participant is drawn at random, as in Sixpack 1.
type Random struct{}

// Weights returns the declared shares.
func (Random) Weights(arms []Arm) []float64 { return declaredWeights(arms) }

// Draw returns a random number in [0,1).
func (Random) Draw() float64 { return rand.Float64() } //nolint:gosec // nothing secret

func declaredWeights(arms []Arm) []float64 {
	weights := make([]float64, len(arms))
	for i, a := range arms {
		weights[i] = a.Weight
	}
	return weights
}

// builtIn are the algorithms that every engine knows.
var builtIn = map[string]Algorithm{
	"hash": Hash{}, "random": Random{}, "thompson": Thompson{}, "whiplash": Whiplash{},
	"whiplash-legacy": WhiplashLegacy{}, "epsilon-greedy": EpsilonGreedy{},
}

// Algorithms returns the names of the algorithms that the engine knows, sorted.
func (e *Engine) Algorithms() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(builtIn)), maps.Keys(e.config.Algorithms))
	slices.Sort(names)
	return slices.Compact(names)
}

// algorithm returns the algorithm in force for r. An unknown one, perhaps another
// engine's, leaves the shares as declared.
func (e *Engine) algorithm(r *store.Record) Algorithm {
	if a := e.named(r); a != nil {
		return a
	}
	return Hash{}
}

// named returns the algorithm in force for r, nil if it is unknown.
func (e *Engine) named(r *store.Record) Algorithm {
	return e.config.algorithm(e.algorithmName(r))
}

// algorithmName returns the name of the algorithm in force for r.
func (e *Engine) algorithmName(r *store.Record) string {
	return cmp.Or(r.AlgorithmInForce(), e.config.Algorithm)
}

// Algorithm returns the algorithm with the given name, or nil.
func (e *Engine) Algorithm(name string) Algorithm { return e.config.algorithm(name) }

// algorithm returns the algorithm with the given name, or nil.
func (c *Config) algorithm(name string) Algorithm {
	if own := c.Algorithms[name]; own != nil {
		return own
	}
	if name == "hash" { // of nearly all, so the fastest
		return Hash{}
	}
	return builtIn[name]
}

// learns reports whether an algorithm, nil for an unknown one, may set other shares
// than the declared ones.
func learns(a Algorithm) bool {
	switch a.(type) {
	case Hash, Random:
		return false
	default:
		return true
	}
}

// weigh returns the shares that an algorithm gives to arms, nil for equal ones.
func weigh(a Algorithm, arms []Arm) []float64 {
	open := slices.DeleteFunc(slices.Clone(arms), func(arm Arm) bool { return arm.Weight == 0 })
	weights := a.Weights(open)
	if checkWeights(weights, len(open)) != nil {
		weights = declaredWeights(open)
	}
	if learns(a) {
		weights = shares(stats.Shares(weights)).drawable()
	}
	all := declaredWeights(arms)
	for i := range all {
		if all[i] > 0 {
			all[i], weights = weights[0], weights[1:]
		}
	}
	return stored(all)
}

// declaredArms returns the alternatives of r with the shares that were declared or set.
func declaredArms(r *store.Record) []Arm {
	arms := make([]Arm, len(r.Alternatives))
	for i, share := range declaredShares(r) {
		arms[i].Weight = share
	}
	return arms
}
