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
// does. Until all alternatives have two participants and some values differ, all chances are equal and all losses NaN.
func BestMeans(arms []Values) (chances, losses []float64) {
	all, known := normals(arms)
	if !known {
		chances, losses = make([]float64, len(arms)), make([]float64, len(arms))
		for i := range arms {
			chances[i], losses[i] = 1/float64(len(arms)), math.NaN()
		}
		return chances, losses
	}
	var ends []float64
	for _, d := range all {
		for _, s := range spots {
			ends = append(ends, d.Mu+s*d.Sigma, d.Mu-s*d.Sigma)
		}
	}
	return best(all, ends)
}

// normals returns the distributions of means, and reports whether they are known.
func normals(arms []Values) (all []normal, known bool) {
	var pooled side
	for _, v := range arms {
		pooled.deviations += v.deviations()
		pooled.freedom += float64(v.Participants - 1)
	}
	few := func(v Values) bool { return v.Participants < 2 }
	if slices.ContainsFunc(arms, few) || pooled.variance() == 0 {
		return nil, false
	}
	all = make([]normal, len(arms))
	for i, v := range arms {
		variance := max(v.Variance(), pooled.variance()) / float64(v.Participants)
		all[i] = normal{distuv.Normal{Mu: v.Mean(), Sigma: math.Sqrt(variance)}}
	}
	return all, true
}
