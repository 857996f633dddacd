package sixpack

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// An Algorithm decides what shares of new participants the alternatives of an
// experiment get. Clients that take part already are never moved.
//
// Which client gets which alternative is not its business: that is a hash of
// the client, laid against the shares, so that all engines agree. Weights must
// therefore be a pure function of arms; it may be called concurrently.
type Algorithm interface {
	// Weights returns the weight of each arm: not negative, at least one above
	// zero, of any scale.
	Weights(arms []Arm) []float64
}

// Arm is what an [Algorithm] knows of an alternative.
type Arm struct {
	Weight float64 // its share as declared or set by an operator, summing to 1
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

// Algorithms returns the names of the algorithms that the engine knows, sorted.
func (e *Engine) Algorithms() []string {
	names := append(slices.Collect(maps.Keys(e.config.Algorithms)), "hash", "random")
	slices.Sort(names)
	return slices.Compact(names)
}

// algorithm returns the algorithm of a name, nil if there is none.
func (c *Config) algorithm(name string) Algorithm {
	switch name {
	case "hash":
		return Hash{}
	case "random":
		return Random{}
	default:
		return c.Algorithms[name]
	}
}
