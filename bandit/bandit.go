// Package bandit has the algorithms that decide what share of new participants each
// alternative of an experiment gets: counts in, weights out.
//
// [Hash], the default, and [Random] keep the declared shares. The others are
// multi-armed bandits: they give more participants to the alternatives that seem to
// work. Their weights are computed and not drawn, so they are the same everywhere with
// the same counts. Without any counts they keep the declared shares too.
package bandit

import (
	"github.com/sixpack-go/sixpack/stats"
)

// An Algorithm decides what shares of new participants the alternatives of an experiment
// get. Participants keep their alternatives.
//
// It does not choose the alternative of a client. A hash of the client, laid against the
// shares, does, so that all engines agree. Weights must therefore be a pure function of
// the arms. It may be called concurrently.
//
// The engine calls it when an experiment begins, and from time to time if it learns. The
// shares remain until the next call, and [github.com/sixpack-go/sixpack/store.Counts] has
// them by epoch.
type Algorithm interface {
	// Weights returns the weight of each arm: none negative, at least one above zero, of
	// any scale. Anything else, such as nil, keeps the declared shares.
	Weights(arms []Arm) []float64
}

// Arm is what an [Algorithm] knows of an alternative. It does not see alternatives with
// a declared weight of 0, which get no participants.
type Arm struct {
	Weight float64 // the share that was declared or set by an operator; the shares sum to 1
	// Proportion counts the mature participants and how many of them converted, by the
	// primary KPI. It is zero until each alternative has enough mature participants.
	Proportion stats.Proportion
	// Values sums up the values of a KPI with values, by whose mean an algorithm learns.
	// Otherwise no arm has any NonZero.
	Values stats.Values
}

// A Drawer is an [Algorithm] that draws the alternative of each new participant, instead
// of deriving it from the client.
type Drawer interface {
	Algorithm
	// Draw returns a number in [0, 1).
	Draw() float64
}
