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

// Split is a stretch of constant weights: how many participants each alternative
// got, and its weight, positive and of any scale.
type Split struct {
	Participants []int64
	Weights      []float64
}

// Ratio is what the check of the sample ratio says. ChiSquared, Freedom and
// ChiSquaredP are Pearson's test, for information: it is for one look only.
type Ratio struct {
	LogBayesFactor float64 // of a wrong split against the right one
	P              float64 // min(1, 1/Bayes factor): valid whenever one looks
	ChiSquared     float64
	Freedom        int
	ChiSquaredP    float64
}

// Mismatch tells whether the split is broken.
func (r Ratio) Mismatch() bool { return r.P < MismatchLevel }

// SampleRatio checks whether participants came as weights say, by the Bayes
// factor of a Dirichlet–multinomial distribution about the weights with the given
// concentration (Lindon and Malek, arXiv 2011.03567), multiplied over splits.
// Only participants that were drawn may be given. Alternatives of weight 0 are
// left out.
func SampleRatio(splits []Split, concentration float64) Ratio {
	r := Ratio{P: 1, ChiSquaredP: 1}
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
	all, rest := s.totals()
	left := all
	for i := range len(s.Weights) - 1 {
		w, n := s.Weights[i], float64(s.Participants[i])
		p, a, b := w/left, concentration*w/all, concentration*(left-w)/all
		sum += betaKernel(a, b, p) - betaKernel(a+n, b+rest-n, p)
		left -= w
		rest -= n
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
