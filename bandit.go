package sixpack

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// builtIn has the algorithms that every engine knows.
var builtIn = map[string]bandit.Algorithm{
	"hash": bandit.Hash{}, "random": bandit.Random{}, "thompson": bandit.Thompson{}, "whiplash": bandit.Whiplash{},
	"whiplash-legacy": bandit.WhiplashLegacy{}, "epsilon-greedy": bandit.EpsilonGreedy{},
}

// Algorithms returns the names of the algorithms that the engine knows, sorted.
func (e *Engine) Algorithms() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(builtIn)), maps.Keys(e.config.Algorithms))
	slices.Sort(names)
	return slices.Compact(names)
}

// algorithm returns the algorithm in effect for r. An unknown one, perhaps of another
// engine, leaves the shares as declared.
func (e *Engine) algorithm(r *store.Record) bandit.Algorithm {
	if a := e.named(r); a != nil {
		return a
	}
	return bandit.Hash{}
}

// named returns the algorithm in effect for r, nil if it is unknown.
func (e *Engine) named(r *store.Record) bandit.Algorithm {
	return e.Algorithm(e.algorithmName(r))
}

// algorithmName returns the name of the algorithm in effect for r.
func (e *Engine) algorithmName(r *store.Record) string {
	return cmp.Or(r.AlgorithmInForce(), e.config.Algorithm)
}

// Algorithm returns the algorithm with the given name, or nil.
func (e *Engine) Algorithm(name string) bandit.Algorithm {
	if own := e.config.Algorithms[name]; own != nil {
		return own
	}
	if name == "hash" { // nearly always, so faster than the map
		return bandit.Hash{}
	}
	return builtIn[name]
}

// learns reports whether an algorithm may set other shares than the declared ones.
func learns(a bandit.Algorithm) bool {
	switch a.(type) {
	case bandit.Hash, bandit.Random:
		return false
	default:
		return true
	}
}

// weigh returns the shares that an algorithm sets for arms, nil for equal ones.
func weigh(a bandit.Algorithm, arms []bandit.Arm) []float64 {
	open := slices.DeleteFunc(slices.Clone(arms), func(arm bandit.Arm) bool { return arm.Weight == 0 })
	weights := a.Weights(open)
	if weights == nil || checkWeights(weights, len(open)) != nil {
		weights = bandit.Hash{}.Weights(open)
	}
	if learns(a) {
		weights = stats.Shares(weights)
		for i, share := range weights {
			if share < 1./(1<<hashBits) { // no hash falls into it
				weights[i] = 0
			}
		}
	}
	all := bandit.Hash{}.Weights(arms)
	for i := range all {
		if all[i] > 0 {
			all[i], weights = weights[0], weights[1:]
		}
	}
	return stored(all)
}

// declaredArms returns the alternatives of r with the declared shares.
func declaredArms(r *store.Record) []bandit.Arm {
	arms := make([]bandit.Arm, len(r.Alternatives))
	for i, share := range declaredShares(r) {
		arms[i].Weight = share
	}
	return arms
}
