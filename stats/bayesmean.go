package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// normal is the distribution of a mean.
type normal struct{ distuv.Normal }

func (d normal) cdf(x float64) float64     { return d.CDF(x) }
func (d normal) density(x float64) float64 { return d.Prob(x) }
func (normal) smooth() bool                { return true }

// BestMeans is [Best] for means of values: for each alternative the chance that its mean is the highest, and the mean loss if it
// is chosen. It treats the means as normally distributed, with variances of at least the pooled variance, as [MeansAlwaysValid]
// does. Until all alternatives have two participants and some values differ, all chances are equal and all losses NaN. If values
// differ between alternatives but within none, the means are certain as soon as each alternative has 25 values other than 0.
func BestMeans(arms []Values) (chances, losses []float64) {
	all, known := normals(arms)
	if !known {
		return bestOfCertain(arms)
	}
	var ends []float64
	for _, d := range all {
		for _, s := range spots {
			ends = append(ends, d.Mu+s*d.Sigma, d.Mu-s*d.Sigma)
		}
	}
	return best(all, ends)
}

// bestOfCertain is [BestMeans] for means without any variance.
func bestOfCertain(arms []Values) (chances, losses []float64) {
	chances, losses = make([]float64, len(arms)), make([]float64, len(arms))
	first, equal := 0, 1
	for i, v := range arms[1:] {
		switch d := v.minus(arms[first]); {
		case d > 0:
			first, equal = i+1, 1
		case d == 0:
			equal++
		}
	}
	few := func(v Values) bool { return v.NonZero < minNonZero }
	unknown := equal == len(arms) || slices.ContainsFunc(arms, few)
	for i, v := range arms {
		switch d := arms[first].minus(v); {
		case unknown:
			chances[i], losses[i] = 1/float64(len(arms)), math.NaN()
		case d == 0:
			chances[i] = 1 / float64(equal)
		default:
			losses[i] = d
		}
	}
	return chances, losses
}

// normals returns the distributions of means, less the first of them, and reports whether they are known.
func normals(arms []Values) (all []normal, known bool) {
	deviations, freedom := 0.0, 0.0
	for _, v := range arms {
		deviations += v.deviations()
		freedom += float64(v.Participants - 1)
	}
	few := func(v Values) bool { return v.Participants < 2 }
	if slices.ContainsFunc(arms, few) || deviations == 0 {
		return nil, false
	}
	all = make([]normal, len(arms))
	for i, v := range arms {
		variance := max(v.Variance(), deviations/freedom) / float64(v.Participants)
		all[i] = normal{distuv.Normal{Mu: v.minus(arms[0]), Sigma: math.Sqrt(variance)}}
	}
	return all, true
}
