package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// The usual settings of [CheckSampleRatio]. Concentration is best for a thousand to a hundred thousand participants. A P below
// MismatchLevel is a sample-ratio mismatch: chance alone causes that in at most 1 of 1,000 tests, however often you check.
const (
	Concentration = 1000
	MismatchLevel = 0.001
)

// Split is a period of constant weights. Both lists have an element for each alternative.
type Split struct {
	Participants []int64   // how many were drawn for each, not negative
	Weights      []float64 // of any scale, none more than 1e12 times another but 0
}

// Ratio is the result of a check of the sample ratio. ChiSquared, Freedom and ChiSquaredP are Pearson's test, for information:
// it is valid for a single look only.
type Ratio struct {
	LogBayesFactor float64 // of a wrong split against the right one; positive speaks for a wrong one
	P              float64 // min(1, 1/Bayes factor), in [0,1]; valid at any time
	ChiSquared     float64 // the sum of (observed − expected)²/expected
	Freedom        int     // degrees of freedom: the alternatives with a positive weight minus 1, summed over splits
	ChiSquaredP    float64 // the probability that chance alone makes ChiSquared as large, in [0,1]
}

// Mismatch reports whether there is a sample-ratio mismatch.
func (r Ratio) Mismatch() bool { return r.P < MismatchLevel }

// CheckSampleRatio checks whether participants arrived in the shares that the weights set. It uses the Bayes factor of a
// Dirichlet–multinomial distribution around the weights with the given concentration, usually [Concentration], multiplied over
// splits (Lindon and Malek, arXiv 2011.03567).
//
// Splits must count only participants whose alternative was drawn. Alternatives without a positive weight are left out,
// together with their participants. With fewer than two alternatives left, or without participants, both P are 1. Unless
// concentration is positive and finite, LogBayesFactor and P are NaN.
func CheckSampleRatio(splits []Split, concentration float64) Ratio {
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

// CheckSampleRatioOverTime is [CheckSampleRatio], with [Concentration], for weights that changed, such as the
// weights of a bandit. The splits must be in the order of time.
//
// A short split cannot show a small fault by itself. So the Bayes factor is the mean of two: the one of [CheckSampleRatio], and
// the one of a tilt that is common to all splits, which multiplies the odds of one alternative by the same factor. The second
// takes the place of the first only from the second split on, given what the first split says about tilts. So with one split the
// result is the one of CheckSampleRatio, and the mean remains a martingale: P is valid at any time, also if the weights depend
// on the participants before.
func CheckSampleRatioOverTime(splits []Split) Ratio {
	r := CheckSampleRatio(splits, Concentration)
	if len(splits) < 2 {
		return r
	}
	first := splits[:1]
	tilted := first[0].positive().logBayesFactor(Concentration) + logTilt(splits) - logTilt(first)
	r.LogBayesFactor = logMean([]float64{r.LogBayesFactor, tilted}, []float64{1, 1})
	r.P = min(1, math.Exp(-r.LogBayesFactor))
	return r
}

// logTilt returns the logarithm of the Bayes factor of a common tilt against the right splits: the mean over all alternatives
// and tilts. A tilt multiplies the odds of one alternative by e^±θ, with θ a power of ½. The most likely θ is 1/16, which makes
// 51.6 to 48.4 of 50 to 50.
func logTilt(splits []Split) float64 {
	const largest, likely, smallest = 1, 4, 9 // exponents of ½
	var logs, weights []float64
	for i := range splits[0].Weights {
		own, draws := drawsOf(splits, i)
		for k := largest; k <= smallest; k++ {
			tilt, distance := math.Ldexp(1, -k), float64(k-likely)
			weight := 1 / (1 + distance*distance)
			logs = append(logs, logTilted(own, draws, tilt), logTilted(own, draws, -tilt))
			weights = append(weights, weight, weight)
		}
	}
	return logMean(logs, weights)
}

// draws are the participants of all alternatives in a split, of which one alternative was to get a share.
type draws struct{ share, participants float64 }

// drawsOf returns how many participants an alternative got over all splits in which it had a weight, and these splits.
func drawsOf(splits []Split, alternative int) (own float64, all []draws) {
	all = make([]draws, 0, len(splits))
	for _, s := range splits {
		w := s.Weights[alternative]
		if !(w > 0) {
			continue
		}
		own += float64(s.Participants[alternative])
		weight, n := 0.0, 0.0
		for i, other := range s.Weights {
			if other > 0 {
				weight += other
				n += float64(s.Participants[i])
			}
		}
		all = append(all, draws{w / weight, n})
	}
	return own, all
}

// logTilted returns the logarithm of the likelihood ratio of a tilt against none.
func logTilted(own float64, all []draws, tilt float64) float64 {
	log, more := tilt*own, math.Expm1(tilt)
	for _, d := range all {
		log -= d.participants * math.Log1p(d.share*more)
	}
	return log
}

// logMean returns the logarithm of the weighted mean of numbers that are given by their logarithms.
func logMean(logs, weights []float64) float64 {
	largest, sum, all := slices.Max(logs), 0.0, 0.0
	for i, log := range logs {
		sum += weights[i] * math.Exp(log-largest)
		all += weights[i]
	}
	return largest + math.Log(sum/all)
}

// positive returns s without the alternatives of weight 0.
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

// logBayesFactor is computed as a chain of Beta-binomials: the first alternative against the rest, then the second against the
// remaining ones, and so on.
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
