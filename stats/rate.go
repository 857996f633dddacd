package stats

import "math"

// Proportion counts the participants of one alternative and those of them that
// converted. Statistics of it are accurate up to 1e9 participants, and meaningless
// unless it is [Proportion.Valid].
type Proportion struct {
	Participants int64 // each counted once
	Converted    int64 // how many of the participants converted, however often
}

// Valid tells whether the counts can be: not negative, and no more converted than
// took part.
func (c Proportion) Valid() bool { return 0 <= c.Converted && c.Converted <= c.Participants }

// Rate returns the fraction that converted, NaN without participants.
func (c Proportion) Rate() float64 {
	return float64(c.Converted) / float64(c.Participants)
}

func (c Proportion) floats() (s, n float64) { return float64(c.Converted), float64(c.Participants) }

// Wilson returns the score interval of a rate at a confidence (Wilson 1927):
//
//	(p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n)
//
// where z is the quantile of the normal distribution. It lies within [0,1] around
// the observed rate: it is [0,1] without participants, begins at 0 if nobody
// converted and ends at 1 if all did. It is NaN unless confidence is between 0 and
// 1. It is descriptive: whether two of them overlap decides nothing.
func Wilson(c Proportion, confidence float64) Interval {
	s, n := c.floats()
	p, z := s/n, normalQuantile(confidence)
	switch {
	case math.IsNaN(z):
		return interval(z, z)
	case n == 0:
		return Interval{0, 1}
	}
	scale := 1 + z*z/n
	centre := (p + z*z/(2*n)) / scale
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n)) / scale
	i := interval(min(centre-half, p), max(centre+half, p)) // rounding must not leave the rate out
	if s == 0 {
		i.Lo = 0
	}
	if s == n {
		i.Hi = 1
	}
	return i
}

// normalQuantile returns how many standard deviations hold that much of a normal
// distribution about its mean, NaN unless that is between 0 and 1.
func normalQuantile(confidence float64) float64 {
	if !inside(confidence) {
		return math.NaN()
	}
	return math.Sqrt2 * math.Erfinv(confidence)
}

// inside tells whether x is between 0 and 1, neither of them included.
func inside(x float64) bool { return 0 < x && x < 1 }

// Prior is the Beta distribution that says what is thought of a rate before
// anything is known, as if A had converted and B had not. Both are above 0; where
// they are not, results mean nothing. [Uniform] is the usual one.
type Prior struct{ A, B float64 }

// Uniform holds all rates for equally likely.
var Uniform = Prior{1, 1}

// posterior returns the parameters of the Beta distribution after counts.
func (p Prior) posterior(c Proportion) (a, b float64) {
	s, n := c.floats()
	return p.A + s, p.B + n - s
}

// Posterior returns the mean of a rate after counts, and the equal-tailed interval
// that holds it with a probability: those of Beta(A+s, B+n−s), for s of n
// converted. Without participants it is that of the prior. All are between 0 and
// 1; the interval is NaN unless probability is. The mean of a very skewed
// distribution can lie outside.
func Posterior(c Proportion, prior Prior, probability float64) (mean float64, i Interval) {
	a, b := prior.posterior(c)
	if !inside(probability) {
		return a / (a + b), interval(math.NaN(), math.NaN())
	}
	tail := (1 - probability) / 2
	return a / (a + b), interval(betaQuantile(a, b, tail), betaQuantile(a, b, 1-tail))
}
