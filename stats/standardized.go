package stats

import "math"

// Standardized returns for each alternative the rate, or the mean value, that it would have had with the participants of
// all alternatives: its score in each stratum, weighted by the participants N of that stratum,
//
//	Σ N·(s/n) / Σ N
//
// Where shares changed, over time or by a bandit, only these may be compared: the rate over all participants of an
// alternative mixes times differently for each alternative. It is the estimate by inverse propensities, with n/N as the
// propensity, and imprecise where an alternative has few participants. Whether a difference is real is for the decision
// to say ([Decide]).
//
// Strata without Weights, in which no participants were drawn, are left out, and so are, for each alternative, strata in which
// it has no participants. The result is NaN if none is left.
func Standardized(strata []Stratum) []float64 {
	if len(strata) == 0 {
		return nil
	}
	all := make([]float64, len(strata[0].Arms))
	for i := range all {
		sum, total := 0.0, 0.0
		for _, s := range strata {
			if s.Weights != nil && s.Arms[i].Participants > 0 {
				n := float64(s.Participants())
				sum, total = sum+n*s.score(i), total+n
			}
		}
		all[i] = math.NaN()
		if total > 0 {
			all[i] = sum / total
		}
	}
	return all
}
