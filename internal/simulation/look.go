package simulation

import "github.com/sixpack-go/sixpack/stats"

// A Look is the state of a test after a visitor. It belongs to the run: methods must not
// change or keep it.
type Look struct {
	Visitors int                // so far
	Arms     []stats.Proportion // control first
	Split    stats.Split        // the participants of Arms, and the weights
	DayEnds  bool               // this was the last visitor of the day
	Ends     bool               // this was the last visitor

	// Cheap statistics by which methods skip looks at which they cannot decide.
	pearson []float64 // χ² of each challenger against control
	highest float64   // of pearson
	factor  float64   // Bayes factor of the split, as in stats.CheckSampleRatio
	shares  []float64 // Split.Weights, summing to 1
	path    Path      // of the run
}

func newLook(weights []float64, path Path) *Look {
	return &Look{
		Arms:    make([]stats.Proportion, len(weights)),
		Split:   stats.Split{Participants: make([]int64, len(weights)), Weights: weights},
		pearson: make([]float64, len(weights)-1),
		factor:  1,
		shares:  stats.Shares(weights),
		path:    path,
	}
}

// arrive counts a participant.
func (l *Look) arrive(alternative int) {
	split, share := l.Split.Participants, l.shares[alternative]
	// The factor is the product of the ratios of each participant's probabilities: given the
	// participants before, and given the weights.
	l.factor *= (stats.Concentration*share + float64(split[alternative])) / ((stats.Concentration + float64(l.Visitors)) * share)
	split[alternative]++
	l.Visitors++
	l.Arms[alternative].Participants++
}

// compare computes the statistics of the current counts.
func (l *Look) compare() {
	l.highest = 0
	nA, sA := float64(l.Arms[0].Participants), float64(l.Arms[0].Converted)
	for i, c := range l.Arms[1:] {
		nB, sB := float64(c.Participants), float64(c.Converted)
		n, s := nA+nB, sA+sB
		l.pearson[i] = 0
		if below := nA * nB * s * (n - s); below > 0 {
			d := sB*nA - sA*nB
			l.pearson[i] = n * d * d / below
			l.highest = max(l.highest, l.pearson[i])
		}
	}
}
