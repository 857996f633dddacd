package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// ValuePair is a [Pair] of a KPI with values.
type ValuePair struct{ Control, Challenger Values }

// Welch compares means by Welch's t-test, for a single look at a number of participants that was planned in advance. G of the
// result is the square of the statistic t; df are the degrees of freedom (Satterthwaite). The interval of the lift is
// Fieller's, with the same critical value. Both intervals exclude 0 exactly if P is at most 1 − confidence. Both sides need two
// participants. If no values differ within a side, t is infinite unless the means are equal.
//
// With skewed values and unequal shares it has too many false positives. [Decide] uses it with variances of at least the pooled
// variance.
func Welch(control, challenger Values, confidence float64) (c Comparison, t, df float64) {
	m := means{
		a: control.Mean(), b: challenger.Mean(), difference: challenger.minus(control),
		varA: control.Variance() / float64(control.Participants), varB: challenger.Variance() / float64(challenger.Participants),
	}
	return m.welch(control.Participants, challenger.Participants, confidence)
}

// means holds two means, their difference b − a, and the variances of their estimates.
type means struct{ a, b, difference, varA, varB float64 }

// welch compares means of so many participants, whose estimates have the variances of m.
func (m means) welch(nA, nB int64, confidence float64) (c Comparison, t, df float64) {
	fA, fB := float64(nA-1), float64(nB-1)
	df = fA + fB
	if v := m.varA + m.varB; v > 0 {
		df = v * v / (m.varA*m.varA/fA + m.varB*m.varB/fB)
	}
	t = math.Copysign(math.Sqrt(m.square()), m.difference)
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	p := min(1, 2*student.CDF(-math.Abs(t)))
	if math.IsInf(t, 0) {
		p = 0
	}
	critical := student.Quantile((1 + confidence) / 2)
	return m.within(critical*critical, p, p <= 1-confidence), t, df
}

// minNonZero is the number of values other than 0 that [MeansAlwaysValid] needs on each side.
const minNonZero = 25

// MeansAlwaysValid is [AlwaysValid] for means. The variance of each side is at least the pooled variance: with skewed values and
// unequal shares the test would otherwise have too many false positives. P and the intervals are NaN until both sides have 25
// values other than 0. From then on P is 0, and LogE infinite, if the means differ although no values differ within a side. The
// interval of the lift is Fieller's; it is NaN unless the control's mean is clearly above 0. Both intervals exclude 0 exactly if
// P is at most alpha.
func MeansAlwaysValid(control, challenger Values, alpha float64) (Comparison, Evidence) {
	return stratifiedMeans([]ValuePair{{control, challenger}}, anyTime, alpha)
}

// MeansStratified is [MeansAlwaysValid] for shares that changed, or that a bandit sets. It weights the differences of the means
// of the strata by w = nA·nB/(nA+nB). The variance of each side is
//
//	Σ w²·max(s², v)/n / (Σ w)²
//
// with s² the variance of its values in the stratum and v the pooled one of both sides: one variance for all strata would
// mislead if the shares and the spread of the values change together. Strata in which one of the two has no participants are
// ignored.
func MeansStratified(strata []ValuePair, alpha float64) (Comparison, Evidence) {
	return stratifiedMeans(strata, anyTime, alpha)
}

func (m means) standardError() float64 { return math.Sqrt(m.varA + m.varB) }

// square returns the statistic of "no difference". It is infinite if nothing but the difference varies.
func (m means) square() float64 {
	if m.difference == 0 {
		return 0
	}
	return m.difference * m.difference / (m.varA + m.varB)
}

func stratifiedMeans(strata []ValuePair, l look, alpha float64) (Comparison, Evidence) {
	m, e, enough := pool(strata)
	switch {
	case !enough:
		return m.alone(), e
	case l == once && len(strata) == 1:
		c, _, _ := m.welch(strata[0].Control.Participants, strata[0].Challenger.Participants, 1-alpha)
		return c, e
	}
	e.LogE = logEvidence(m.square(), e.H)
	p := l.p(m.square(), e)
	return m.within(l.threshold(e.H, alpha), p, p <= alpha), e
}

// pool combines strata, and reports whether there are enough values to compare.
func pool(strata []ValuePair) (m means, e Evidence, enough bool) {
	var weight float64
	var nonZeroA, nonZeroB int64
	for _, x := range strata {
		nA, nB := float64(x.Control.Participants), float64(x.Challenger.Participants)
		if nA == 0 || nB == 0 {
			continue
		}
		n := nA + nB
		w := nA * nB / n
		pooled := x.variance()
		weight += w
		m.a += w * x.Control.Mean()
		m.b += w * x.Challenger.Mean()
		m.difference += w * x.Challenger.minus(x.Control)
		m.varA += w * w * max(x.Control.Variance(), pooled) / nA
		m.varB += w * w * max(x.Challenger.Variance(), pooled) / nB
		nonZeroA += x.Control.NonZero
		nonZeroB += x.Challenger.NonZero
		e.H += 2 * float64(x.Control.NonZero+x.Challenger.NonZero) * nA * nB / (n * n)
	}
	m = means{
		a: m.a / weight, b: m.b / weight, difference: m.difference / weight,
		varA: m.varA / (weight * weight), varB: m.varB / (weight * weight),
	}
	return m, e, nonZeroA >= minNonZero && nonZeroB >= minNonZero
}

// variance returns the pooled variance within both sides. A single participant on each side has none: the variance of the two
// values together estimates it as well, if there is no difference.
func (x ValuePair) variance() float64 {
	if freedom := x.Control.Participants + x.Challenger.Participants - 2; freedom > 0 {
		return (x.Control.deviations() + x.Challenger.deviations()) / float64(freedom)
	}
	d := x.Challenger.minus(x.Control)
	return d * d / 2
}

// alone returns a comparison without P and intervals.
func (m means) alone() Comparison {
	nan := math.NaN()
	c := Comparison{
		G: nan, P: nan, Threshold: nan, Difference: m.difference, DifferenceIn: interval(nan, nan), Lift: nan, LiftIn: interval(nan, nan),
		StandardErr: m.standardError(),
	}
	if m.a > 0 {
		c.Lift = m.difference / m.a
	}
	return c
}

// within returns a comparison whose intervals hold the values with a squared statistic below c. Whether they exclude 0 is already
// decided: a rounding error in the last digit must not contradict it.
func (m means) within(c, p float64, decided bool) Comparison {
	r := m.alone()
	r.G, r.P, r.Threshold = m.square(), p, c
	half := math.Sqrt(c) * m.standardError()
	r.DifferenceIn = interval(r.Difference-half, r.Difference+half).agree(decided, r.Difference > 0)
	scale := m.a*m.a - c*m.varA
	if !(m.a > 0 && scale > 0) {
		return r
	}
	// Fieller's interval (a·b ± root)/scale − 1, without its cancellations.
	root := math.Sqrt(max(0, c*(m.a*m.a*m.varB+m.b*m.b*m.varA-c*m.varA*m.varB)))
	center := m.a*m.difference + c*m.varA
	r.LiftIn = interval((center-root)/scale, (center+root)/scale).agree(decided, r.Difference > 0)
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
