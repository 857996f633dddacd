package stats

import "math"

// Standardized returns of each alternative the rate, or the mean value, that it
// would have had with all participants: those of the epochs, weighted by how many
// came in each whatever they got,
//
//	Σ N·(s/n) / Σ N
//
// Where shares moved, with time or by a bandit, this is what may be compared; the
// rate of all participants of an alternative mixes times unlike those of another.
// It is the estimate by inverse propensities, 1/n·N being that of a participant,
// and as such says little of what had few participants: whether a difference is
// real is the verdict's to say. Epochs without Weights, in which nobody was drawn,
// are left out, and of each alternative those in which it has no participants. It
// is NaN if none is left.
func Standardized(epochs []Stratum) []float64 {
	if len(epochs) == 0 {
		return nil
	}
	all := make([]float64, len(epochs[0].Arms))
	for i := range all {
		sum, came := 0.0, 0.0
		for _, e := range epochs {
			if e.Weights != nil && e.Arms[i].Participants > 0 {
				n := float64(participants(e))
				sum, came = sum+n*e.score(i), came+n
			}
		}
		all[i] = math.NaN()
		if came > 0 {
			all[i] = sum / came
		}
	}
	return all
}
