package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Values is what one alternative got of a KPI with values: the participants, the
// sums of their values and of the squares of these, and how many are not zero.
// A participant without a value counts with 0.
type Values struct {
	Participants int64
	Sum          float64
	Squares      float64
	NonZero      int64
}

// Mean returns that per participant, NaN without any.
func (v Values) Mean() float64 { return v.Sum / float64(v.Participants) }

// Variance returns that of the participants' values, 0 with fewer than two.
func (v Values) Variance() float64 {
	if v.Participants < 2 {
		return 0
	}
	return v.deviations() / float64(v.Participants-1)
}

// deviations returns the sum of squared deviations from the mean.
func (v Values) deviations() float64 { return max(0, math.FMA(-v.Sum, v.Mean(), v.Squares)) }

// Means is a challenger's mean beside control's, with intervals. Lift and LiftIn
// are NaN where control's mean is not surely above 0.
type Means struct {
	P            float64 // of "no difference"; NaN if there is too little to say
	Difference   float64
	StandardErr  float64 // of Difference
	DifferenceIn Interval
	Lift         float64
	LiftIn       Interval
}

// Welch compares means by Welch's t-test, for one look at a number of
// participants that was fixed in advance; t and df are its statistic and degrees
// of freedom (Satterthwaite). The lift's interval is Fieller's, with the same
// critical value, so that it excludes 0 exactly when the difference's does.
func Welch(control, challenger Values, confidence float64) (m Means, t, df float64) {
	a, b := control.Variance()/float64(control.Participants), challenger.Variance()/float64(challenger.Participants)
	m = means(control, challenger, a+b)
	t = m.Difference / m.StandardErr
	df = (a + b) * (a + b) / (a*a/float64(control.Participants-1) + b*b/float64(challenger.Participants-1))
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	m.P = 2 * student.CDF(-math.Abs(t))
	critical := student.Quantile((1 + confidence) / 2)
	m.within(control.Mean(), challenger.Mean(), a, b, critical)
	return m, t, df
}

// enoughValues is how many values other than zero [MeansAlwaysValid] needs of
// either side.
const enoughValues = 25

// MeansAlwaysValid is [AlwaysValid] for means. The variance of each side is no
// smaller than the pooled one: with skewed values and unequal shares the test
// would else alarm too often. P and the intervals are NaN until both sides have
// 25 values other than zero.
func MeansAlwaysValid(control, challenger Values, alpha float64) (Means, Evidence) {
	nA, nB := float64(control.Participants), float64(challenger.Participants)
	pooled := (control.deviations() + challenger.deviations()) / max(1, nA+nB-2)
	a, b := max(control.Variance(), pooled)/nA, max(challenger.Variance(), pooled)/nB
	m := means(control, challenger, a+b)
	e := Evidence{H: 2 * float64(control.NonZero+challenger.NonZero) * nA * nB / ((nA + nB) * (nA + nB))}
	if control.NonZero < enoughValues || challenger.NonZero < enoughValues {
		return m, e
	}
	z2 := 0.0
	if a+b > 0 {
		z2 = m.Difference * m.Difference / (a + b)
	}
	e.LogE = logEvidence(z2, e.H)
	m.P = e.P()
	m.within(control.Mean(), challenger.Mean(), a, b, math.Sqrt(Threshold(e.H, alpha)))
	return m, e
}

// means returns what can be said without a test.
func means(control, challenger Values, variance float64) Means {
	nan := math.NaN()
	m := Means{
		P: nan, Difference: challenger.Mean() - control.Mean(), StandardErr: math.Sqrt(variance),
		DifferenceIn: Interval{nan, nan}, Lift: nan, LiftIn: Interval{nan, nan},
	}
	if control.Mean() > 0 {
		m.Lift = challenger.Mean()/control.Mean() - 1
	}
	return m
}

// within sets the intervals to so many standard errors, given the means and the
// squares of their standard errors.
func (m *Means) within(meanA, meanB, a, b, errors float64) {
	half := errors * m.StandardErr
	m.DifferenceIn = Interval{m.Difference - half, m.Difference + half}
	c := errors * errors
	scale := meanA*meanA - c*a
	if meanA <= 0 || scale <= 0 {
		return
	}
	root := math.Sqrt(max(0, meanA*meanA*meanB*meanB-scale*(meanB*meanB-c*b)))
	m.LiftIn = Interval{(meanA*meanB-root)/scale - 1, (meanA*meanB+root)/scale - 1}
}

// Products are the sums of two values x and y of each of n participants, of their
// squares and of their products.
type Products struct {
	N                float64
	X, Y, XX, YY, XY float64
}

// RatioOfSums returns y per x, such as revenue per order, and the variance of
// that, by the delta method. It takes at least 100 participants with an x above
// 0 to be of use.
func RatioOfSums(p Products) (ratio, variance float64) {
	x, y := p.X/p.N, p.Y/p.N
	covariance := func(products, a, b float64) float64 { return (products - p.N*a*b) / (p.N - 1) }
	ratio = y / x
	spread := covariance(p.YY, y, y) - 2*ratio*covariance(p.XY, x, y) + ratio*ratio*covariance(p.XX, x, x)
	return ratio, spread / (x * x * p.N)
}
