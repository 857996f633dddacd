package simulation

import (
	"math"

	"github.com/sixpack-go/sixpack/stats"
)

// Methods and rules that only tests simulate.

// Stratified is [stats.Stratified] over the strata of constant weights. It is computed only
// where U²/V, which is its G, is at least 2·ln(1/alpha). It is for scenarios with a Rule or
// Changes, and sees nothing in others.
func Stratified(alpha float64) Method {
	return anyChallenger("always-valid G, stratified", alpha, func(level float64) (float64, func(*Look, int) bool) {
		least := slightlyLess(-2 * math.Log(level))
		return 0, func(l *Look, i int) bool {
			p := &l.pairs[i]
			if p.u*p.u <= least*p.v || stats.StratifiedEvidence(p.strata).P() > level {
				return false
			}
			c, _ := stats.Stratified(p.strata, level)
			return c.P <= level
		}
	})
}

// Thompson returns the rule that gives each alternative its probability of being best, and
// splits a fraction of the visitors evenly.
func Thompson(even float64) Rule {
	return func(arms []stats.Proportion) []float64 {
		weights := chances(arms)
		for i := range weights {
			weights[i] = (1-even)*weights[i] + even/float64(len(arms))
		}
		return weights
	}
}

// chances returns the probabilities of being best, as [stats.Best] does.
func chances(arms []stats.Proportion) []float64 {
	if len(arms) == 2 {
		b := beats(arms[0], arms[1])
		return []float64{1 - b, b}
	}
	all, _ := stats.Best(arms, stats.Uniform)
	return all
}
