package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// The usual settings of [SampleRatio]: Concentration is best for a thousand to a
// hundred thousand participants; below MismatchLevel the split is broken, as
// chance alone makes it in at most one of so many tests, however often it is
// checked.
const (
	Concentration = 1000
	MismatchLevel = 0.001
)

// Split is a stretch of constant weights. Both lists have an element for each
// alternative.
type Split struct {
	Participants []int64   // how many were drawn for each, not negative
	Weights      []float64 // of any scale, none more than 1e12 times another but 0
}

// Ratio is what the check of the sample ratio says. ChiSquared, Freedom and
// ChiSquaredP are Pearson's test, for information: it is for one look only.
type Ratio struct {
	LogBayesFactor float64 // of a wrong split against the right one: above 0 speaks for a wrong one
	P              float64 // min(1, 1/Bayes factor), in [0,1]: valid whenever one looks
	ChiSquared     float64 // the sum of (observed − expected)²/expected
	Freedom        int     // its degrees of freedom: over all splits, the alternatives that have a weight less 1
	ChiSquaredP    float64 // how likely chance alone makes it as large, in [0,1]
}

// Mismatch tells whether the split is broken.
func (r Ratio) Mismatch() bool { return r.P < MismatchLevel }

// SampleRatio checks whether participants came as weights say, by the Bayes
// factor of a Dirichlet–multinomial distribution about the weights with the given
// concentration, the usual one being [Concentration] (Lindon and Malek, arXiv
// 2011.03567), multiplied over splits. Only participants that were drawn may be
// given. Alternatives whose weight is not above 0 are left out, with whoever they
// got. With fewer than two left, or no participants, both P are 1. All but Freedom
// and Pearson's are NaN unless concentration is above 0 and finite.
func SampleRatio(splits []Split, concentration float64) Ratio {
	r := Ratio{P: 1, ChiSquaredP: 1}
	if !(concentration > 0) {
		concentration = math.NaN()
	}
	for _, s := range splits {
		s = s.positive()
		r.LogBayesFactor += s.logBayesFactor(concentration)
		r.ChiSquared += s.chiSquared()
		r.Freedom += max(0, len(s.Weights)-1)
	}
	r.P = min(1, math.Exp(-r.LogBayesFactor))
	if r.Freedom > 0 {
		r.ChiSquaredP = distuv.ChiSquared{K: float64(r.Freedom)}.Survival(r.ChiSquared)
	}
	return r
}

// positive returns s without alternatives of weight 0.
func (s Split) positive() (p Split) {
	for i, w := range s.Weights {
		if w > 0 {
			p.Weights, p.Participants = append(p.Weights, w), append(p.Participants, s.Participants[i])
		}
	}
	return p
}

func (s Split) totals() (weight, participants float64) {
	for i, w := range s.Weights {
		weight += w
		participants += float64(s.Participants[i])
	}
	return weight, participants
}

// logBayesFactor is a chain of Beta-binomials: one alternative against the rest,
// then one of these against their rest, and so on.
func (s Split) logBayesFactor(concentration float64) (sum float64) {
	all, _ := s.totals()
	for i := range len(s.Weights) - 1 {
		w, n := s.Weights[i], float64(s.Participants[i])
		others, rest := Split{s.Participants[i+1:], s.Weights[i+1:]}.totals()
		p, a, b := w/(w+others), concentration*w/all, concentration*others/all
		sum += betaKernel(a, b, p) - betaKernel(a+n, b+rest, p)
	}
	return sum
}

func (s Split) chiSquared() (sum float64) {
	all, n := s.totals()
	if n == 0 {
		return 0
	}
	for i, w := range s.Weights {
		expected := n * w / all
		d := float64(s.Participants[i]) - expected
		sum += d * d / expected
	}
	return sum
}
