package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Counts is what one alternative got: how many participants, and how many of
// them converted, each counted once.
type Counts struct {
	Participants int64
	Converted    int64
}

// Valid tells whether the counts can be: not negative, and no more converted than
// took part.
func (c Counts) Valid() bool { return 0 <= c.Converted && c.Converted <= c.Participants }

// Rate returns the fraction that converted, NaN without participants.
func (c Counts) Rate() float64 {
	return float64(c.Converted) / float64(c.Participants)
}

func (c Counts) floats() (s, n float64) { return float64(c.Converted), float64(c.Participants) }

// Interval is a closed one.
type Interval struct{ Lo, Hi float64 }

// Contains tells whether x is in the interval.
func (i Interval) Contains(x float64) bool { return i.Lo <= x && x <= i.Hi }

// Wilson returns the score interval of a rate at a confidence between 0 and 1
// (Wilson 1927): [0,1] without participants, from 0 if nobody converted, to 1 if
// all did. It is descriptive: whether two of them overlap decides nothing.
func Wilson(c Counts, confidence float64) Interval {
	if c.Participants == 0 {
		return Interval{0, 1}
	}
	s, n := c.floats()
	p, z := s/n, normalQuantile(confidence)
	scale := 1 + z*z/n
	centre := (p + z*z/(2*n)) / scale
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n)) / scale
	i := Interval{centre - half, centre + half}
	if c.Converted == 0 {
		i.Lo = 0
	}
	if c.Converted == c.Participants {
		i.Hi = 1
	}
	return i
}

// normalQuantile returns how many standard deviations hold that much of a normal
// distribution about its mean.
func normalQuantile(confidence float64) float64 {
	return distuv.UnitNormal.Quantile((1 + confidence) / 2)
}

// Prior is a Beta distribution, what is thought of a rate before anything is
// known. [Uniform] is the usual one.
type Prior struct{ A, B float64 }

// Uniform holds all rates for equally likely.
var Uniform = Prior{1, 1}

// posterior returns the parameters of the Beta distribution after counts.
func (p Prior) posterior(c Counts) (a, b float64) {
	s, n := c.floats()
	return p.A + s, p.B + n - s
}

// Posterior returns the mean of a rate after counts, and its equal-tailed
// credible interval.
func Posterior(c Counts, prior Prior, confidence float64) (mean float64, i Interval) {
	a, b := prior.posterior(c)
	tail := (1 - confidence) / 2
	return a / (a + b), Interval{betaQuantile(a, b, tail), betaQuantile(a, b, 1-tail)}
}
