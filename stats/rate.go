package stats

import "math"

// Proportion counts the participants of one alternative and how many of them converted. Statistics of it are accurate up to 1e9
// participants, and undefined unless it is [Proportion.Valid].
type Proportion struct {
	Participants int64 // each counted once
	Converted    int64 // how many of the participants converted, however often
}

// Valid reports whether the counts are possible: not negative, and no more converted than participants.
func (c Proportion) Valid() bool { return 0 <= c.Converted && c.Converted <= c.Participants }

// Rate returns the fraction of participants that converted, NaN without participants.
func (c Proportion) Rate() float64 {
	return float64(c.Converted) / float64(c.Participants)
}

func (c Proportion) floats() (s, n float64) { return float64(c.Converted), float64(c.Participants) }

// Wilson returns the score interval of a rate at a confidence level (Wilson 1927):
//
//	(p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n)
//
// where z is the quantile of the normal distribution. It lies within [0,1] around the observed rate: it is [0,1] without
// participants, begins at 0 if nobody converted and ends at 1 if everybody did. It is NaN unless confidence is between 0 and 1.
// It is descriptive: whether two such intervals overlap decides nothing.
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
	center := (p + z*z/(2*n)) / scale
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n)) / scale
	i := interval(min(center-half, p), max(center+half, p)) // rounding must not leave the rate out
	if s == 0 {
		i.Lo = 0
	}
	if s == n {
		i.Hi = 1
	}
	return i
}

// normalQuantile returns the number of standard deviations around the mean that hold the fraction confidence of a normal
// distribution, NaN unless confidence is between 0 and 1.
func normalQuantile(confidence float64) float64 {
	if !inside(confidence) {
		return math.NaN()
	}
	return math.Sqrt2 * math.Erfinv(confidence)
}

// inside reports whether x is in (0,1).
func inside(x float64) bool { return 0 < x && x < 1 }

// Prior is the Beta distribution of a rate before anything is observed, as if A participants had converted and B had not. Both
// must be above 0. [Uniform] is the usual one.
type Prior struct{ A, B float64 }

// Uniform is the prior under which all rates are equally likely.
var Uniform = Prior{1, 1}

// posterior returns the parameters of the Beta distribution given the counts.
func (p Prior) posterior(c Proportion) (a, b float64) {
	s, n := c.floats()
	return p.A + s, p.B + n - s
}

// Posterior returns the mean of a rate given the counts, and the equal-tailed interval that holds the rate with the given
// probability: of Beta(A+s, B+n−s), for s of n participants converted, and of the prior without participants. All are between 0
// and 1. The interval is NaN unless probability is between 0 and 1. The mean of a very skewed distribution can lie outside the
// interval.
func Posterior(c Proportion, prior Prior, probability float64) (mean float64, i Interval) {
	a, b := prior.posterior(c)
	if !inside(probability) {
		return a / (a + b), interval(math.NaN(), math.NaN())
	}
	tail := (1 - probability) / 2
	return a / (a + b), interval(betaQuantile(a, b, tail), betaQuantile(a, b, 1-tail))
}
