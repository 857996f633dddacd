package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Values sums up a KPI with values over the participants of one alternative. A participant without a value has the value 0.
type Values struct {
	Participants int64
	Sum          float64 // of the participants' values
	Squares      float64 // sum of the squared values
	NonZero      int64   // number of values other than 0
}

// Mean returns the mean value per participant, NaN without participants.
func (v Values) Mean() float64 { return v.Sum / float64(v.Participants) }

// Variance returns the variance of the participants' values, 0 with fewer than two participants.
func (v Values) Variance() float64 {
	if v.Participants < 2 {
		return 0
	}
	return v.deviations() / float64(v.Participants-1)
}

// deviations returns the sum of squared deviations from the mean.
func (v Values) deviations() float64 { return max(0, math.FMA(-v.Sum, v.Mean(), v.Squares)) }

// Interval returns the interval of the mean at a confidence level between 0 and 1, by Student's t; NaN with fewer than two
// participants. It is descriptive.
func (v Values) Interval(confidence float64) Interval {
	if v.Participants < 2 {
		return interval(math.NaN(), math.NaN())
	}
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(v.Participants - 1)}
	half := student.Quantile((1+confidence)/2) * math.Sqrt(v.Variance()/float64(v.Participants))
	return interval(v.Mean()-half, v.Mean()+half)
}

// ValuePair is a [Pair] of a KPI with values.
type ValuePair struct{ Control, Challenger Values }

// Welch compares means by Welch's t-test, for a single look at a number of participants that was planned in advance. G of the
// result is the square of the statistic t; df are the degrees of freedom (Satterthwaite). The interval of the lift is
// Fieller's, with the same critical value, so that it excludes 0 exactly if the interval of the difference does. Both sides
// need two participants.
func Welch(control, challenger Values, confidence float64) (c Comparison, t, df float64) {
	m := means{
		a: control.Mean(), b: challenger.Mean(),
		varA: control.Variance() / float64(control.Participants), varB: challenger.Variance() / float64(challenger.Participants),
	}
	t = m.difference() / m.standardError()
	df = (m.varA + m.varB) * (m.varA + m.varB) /
		(m.varA*m.varA/float64(control.Participants-1) + m.varB*m.varB/float64(challenger.Participants-1))
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	critical := student.Quantile((1 + confidence) / 2)
	c = m.within(critical * critical)
	c.G, c.P = t*t, 2*student.CDF(-math.Abs(t))
	return c, t, df
}

// minNonZero is the number of values other than 0 that [MeansAlwaysValid] needs on each side.
const minNonZero = 25

// MeansAlwaysValid is [AlwaysValid] for means. The variance of each side is at least the pooled variance: with skewed values and
// unequal shares the test would otherwise have too many false positives. P and the intervals are NaN until both sides have 25
// values other than 0. The interval of the lift is Fieller's; it is NaN unless the control's mean is clearly above 0.
func MeansAlwaysValid(control, challenger Values, alpha float64) (Comparison, Evidence) {
	return stratifiedMeans([]ValuePair{{control, challenger}}, anyTime, alpha)
}

// MeansStratified is [MeansAlwaysValid] for shares that changed, or that a bandit sets. It weights the means of the strata by
// nA·nB/(nA+nB) and pools variances within strata. Strata in which one of the two has no participants are ignored.
func MeansStratified(strata []ValuePair, alpha float64) (Comparison, Evidence) {
	return stratifiedMeans(strata, anyTime, alpha)
}

// means holds two means, and the variances of their estimates.
type means struct{ a, b, varA, varB float64 }

func (m means) difference() float64    { return m.b - m.a }
func (m means) standardError() float64 { return math.Sqrt(m.varA + m.varB) }

// square returns the statistic of "no difference".
func (m means) square() float64 {
	if m.varA+m.varB == 0 {
		return 0
	}
	return m.difference() * m.difference() / (m.varA + m.varB)
}

func stratifiedMeans(strata []ValuePair, l look, alpha float64) (Comparison, Evidence) {
	m, e, enough := pool(strata)
	if !enough {
		return m.alone(), e
	}
	e.LogE = logEvidence(m.square(), e.H)
	c := m.within(l.threshold(e.H, alpha))
	c.G, c.P = m.square(), l.p(m.square(), e)
	return c, e
}

// pool combines strata, and reports whether there are enough values to compare.
func pool(strata []ValuePair) (m means, e Evidence, enough bool) {
	var a, b side
	var weight float64
	for _, x := range strata {
		nA, nB := float64(x.Control.Participants), float64(x.Challenger.Participants)
		if nA == 0 || nB == 0 {
			continue
		}
		n := nA + nB
		w := nA * nB / n
		weight += w
		a.add(x.Control, w)
		b.add(x.Challenger, w)
		e.H += 2 * float64(x.Control.NonZero+x.Challenger.NonZero) * nA * nB / (n * n)
	}
	pooled := (a.deviations + b.deviations) / max(1, a.freedom+b.freedom)
	m = means{
		a: a.mean / weight, varA: max(a.variance(), pooled) * a.spread / (weight * weight),
		b: b.mean / weight, varB: max(b.variance(), pooled) * b.spread / (weight * weight),
	}
	return m, e, a.nonZero >= minNonZero && b.nonZero >= minNonZero
}

// side sums up one side over strata.
type side struct {
	mean       float64 // Σ w·mean
	spread     float64 // Σ w²/n
	deviations float64
	freedom    float64
	nonZero    int64
}

func (s *side) add(v Values, w float64) {
	s.mean += w * v.Mean()
	s.spread += w * w / float64(v.Participants)
	s.deviations += v.deviations()
	s.freedom += float64(v.Participants - 1)
	s.nonZero += v.NonZero
}

func (s *side) variance() float64 { return s.deviations / max(1, s.freedom) }

// alone returns a comparison without P and intervals.
func (m means) alone() Comparison {
	nan := math.NaN()
	c := Comparison{
		G: nan, P: nan, Threshold: nan, Difference: m.difference(), DifferenceIn: interval(nan, nan), Lift: nan, LiftIn: interval(nan, nan),
		StandardErr: m.standardError(),
	}
	if m.a > 0 {
		c.Lift = m.b/m.a - 1
	}
	return c
}

// within returns a comparison whose intervals hold the values with a squared statistic below c.
func (m means) within(c float64) Comparison {
	r := m.alone()
	r.Threshold = c
	half := math.Sqrt(c) * m.standardError()
	r.DifferenceIn = interval(r.Difference-half, r.Difference+half)
	scale := m.a*m.a - c*m.varA
	if m.a <= 0 || scale <= 0 {
		return r
	}
	root := math.Sqrt(max(0, m.a*m.a*m.b*m.b-scale*(m.b*m.b-c*m.varB)))
	r.LiftIn = interval((m.a*m.b-root)/scale-1, (m.a*m.b+root)/scale-1)
	return r
}

// Products holds the sums over N participants of two values x and y, of their squares, and of their products.
type Products struct {
	N                float64
	X, Y, XX, YY, XY float64
}

// RatioOfSums returns y per x, such as revenue per order, and its variance by the delta method. It is useful from about 100
// participants with an x above 0.
func RatioOfSums(p Products) (ratio, variance float64) {
	x, y := p.X/p.N, p.Y/p.N
	covariance := func(products, a, b float64) float64 { return (products - p.N*a*b) / (p.N - 1) }
	ratio = y / x
	spread := covariance(p.YY, y, y) - 2*ratio*covariance(p.XY, x, y) + ratio*ratio*covariance(p.XX, x, x)
	return ratio, spread / (x * x * p.N)
}
