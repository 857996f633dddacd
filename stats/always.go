package stats

import (
	"math"
	"slices"
)

// Comparison compares a challenger with the control by their rates, or by their means per participant.
//
// If the data set no bound, an interval of rates is as wide as possible: [-1,1] for the difference and [-1,+Inf] for the lift,
// for example if one of the two has no participants. The interval of the lift begins at -1 if the challenger never converted,
// and ends at +Inf if the control never did. Intervals of means are NaN instead.
type Comparison struct {
	G            float64  // the statistic of "no difference", from 0
	P            float64  // the p-value of "no difference", in [0,1]; NaN if there are too few values
	Threshold    float64  // the G at which P is alpha, above 0; +Inf if nothing can be decided
	Difference   float64  // observed, challenger minus control; NaN if one of the two has no participants
	DifferenceIn Interval // around Difference
	Lift         float64  // the observed ratio minus 1; NaN also if the control has no conversions or values
	LiftIn       Interval // around Lift, from -1
	StandardErr  float64  // of the difference of means; 0 for rates, whose intervals do not need it
}

// Ahead reports whether c estimates a larger lift than o, or a larger difference if either lift is unknown. An unknown difference
// is behind all others.
func (c Comparison) Ahead(o Comparison) bool {
	if c.Lift != o.Lift && !math.IsNaN(c.Lift) && !math.IsNaN(o.Lift) {
		return c.Lift > o.Lift
	}
	return c.Difference > o.Difference || math.IsNaN(o.Difference) && !math.IsNaN(c.Difference)
}

// Evidence is the evidence E against "no difference". If there is no difference, E ever exceeds 1/alpha with a probability of
// at most alpha, however often you look.
type Evidence struct {
	// H is the information, 2·p̂(1−p̂)·nA·nB/(nA+nB) with p̂ the rate of both together: about the conversions of one of two
	// equal alternatives. It is 0 without participants on a side, and if nobody or everybody converted.
	H float64
	// LogE is the natural logarithm of E, 0 if H is 0. It is finite, except that means which differ without any variance have
	// infinite evidence.
	LogE float64
}

// P returns the p-value, min(1, 1/E). It is 0 if that is below 1e-323, the smallest float64.
func (e Evidence) P() float64 { return min(1, math.Exp(-e.LogE)) }

// scales are the sizes of effects over which the evidence is averaged: standard deviations of the log odds of √2, 0.26 and
// 0.045.
var scales = [...]float64{1, 30, 1000}

// logEvidence returns ln E(G,h), Robbins' normal mixture over three scales, with the signed root of G as its statistic:
//
//	E = ⅓·Σ (1+x)^−½·exp(½G·x/(1+x)), x = h/r for each scale r
//
// (Waudby-Smith et al., arXiv 2103.06476).
func logEvidence(g, h float64) float64 {
	switch {
	case h <= 0:
		return 0
	case math.IsInf(g, 1):
		return g
	}
	largest := g / 2 * h / (1 + h) // exponent, at r = 1
	sum := 0.0
	for _, r := range scales {
		x := h / r
		sum += math.Exp(g/2*x/(1+x)-largest) / math.Sqrt(1+x)
	}
	return largest + math.Log(sum/float64(len(scales)))
}

// Threshold returns the G at which the evidence is 1/alpha, given the information h of [Evidence]. It is +Inf for h = 0, and NaN
// unless alpha is between 0 and 1. For an alpha of 0.05 its root is between 3.3 and 3.9 for an h from 10 to a million, and
// larger for a smaller h.
func Threshold(h, alpha float64) float64 {
	switch {
	case !inside(alpha) || math.IsNaN(h):
		return math.NaN()
	case h <= 0:
		return math.Inf(1)
	}
	enough := -math.Log(alpha)
	beyond := func(g float64) bool { return logEvidence(g, h) >= enough }
	// At this G the first scale alone is enough.
	upper := 2 * (1 + h) / h * (math.Log(float64(len(scales))) + enough + 0.5*math.Log1p(h))
	_, first := bisect(0, 2*upper, beyond)
	return first
}

// look is the time of looks at a test.
type look bool

const (
	anyTime look = false
	once    look = true // at a number of participants that was planned in advance
)

// p returns the p-value of a statistic.
func (l look) p(g float64, e Evidence) float64 {
	if l == once {
		return math.Erfc(math.Sqrt(g / 2))
	}
	return e.P()
}

// threshold returns the statistic whose p-value is alpha.
func (l look) threshold(h, alpha float64) float64 {
	if l == once {
		z := normalQuantile(1 - alpha)
		return z * z
	}
	return Threshold(h, alpha)
}

// AlwaysValid compares a challenger with the control by a G-test that is valid at any time. If there is no difference, P is ever
// at most alpha with a probability of at most alpha, whenever and however often you look. Both intervals, at the level
// 1 − alpha, exclude 0 exactly if P is at most alpha. The test assumes that the shares are constant; otherwise use
// [Stratified].
//
// The evidence is Robbins' normal mixture of the G statistic over three sizes of effect (Waudby-Smith et al., arXiv
// 2103.06476), P is the inverse of the evidence, at most 1, and an interval holds the values whose G statistic is below
// Threshold. If all counts are multiplied, the new intervals lie within the former ones, for an alpha up to 0.6.
//
// The counts must be valid. Without participants on a side, and if nobody or everybody converted, P is 1 and the intervals are
// as wide as possible. Unless alpha is between 0 and 1, Threshold and the intervals are NaN.
func AlwaysValid(control, challenger Proportion, alpha float64) (Comparison, Evidence) {
	p := newPair(control, challenger)
	g, e := p.evidence()
	return p.compare(g, e.P(), Threshold(e.H, alpha), e.P() <= alpha), e
}

// evidence returns the G statistic of "no difference" and its evidence.
func (p pair) evidence() (g float64, e Evidence) {
	if n := p.nA + p.nB; n > 0 {
		rate := (p.sA + p.sB) / n
		e.H = 2 * rate * (1 - rate) * p.nA * p.nB / n
	}
	g = p.g()
	e.LogE = logEvidence(g, e.H)
	return g, e
}

// compare returns a comparison whose intervals hold the values with a G statistic below c. Whether they exclude 0 is already
// decided: a rounding error in the last digit must not contradict it.
func (p pair) compare(g, value, c float64, decided bool) Comparison {
	r := Comparison{G: g, P: value, Threshold: c}
	r.Difference, r.DifferenceIn = p.difference(c)
	r.Lift, r.LiftIn = p.lift(c)
	switch {
	case math.IsNaN(c):
		r.DifferenceIn, r.LiftIn = interval(c, c), interval(c, c)
		return r
	case p.nA == 0 || p.nB == 0:
		return r
	}
	r.DifferenceIn = r.DifferenceIn.agree(decided, r.Difference > 0)
	r.LiftIn = r.LiftIn.agree(decided, r.Difference > 0)
	return r
}

// agree returns i, adjusted to exclude 0 if decided and to include it otherwise.
func (i Interval) agree(decided, above bool) Interval {
	switch {
	case !decided:
		return Interval{min(i.Lo, 0), max(i.Hi, 0)}
	case above && i.Lo <= 0:
		i.Lo = math.SmallestNonzeroFloat64
	case !above && i.Hi >= 0:
		i.Hi = -math.SmallestNonzeroFloat64
	}
	return i
}

// Fixed compares a challenger with the control by the G-test for a single look, at a number of participants that was planned in
// advance. P is the probability that a χ² variate with one degree of freedom exceeds G, erfc(√(G/2)), Threshold is its
// quantile, and the intervals exclude 0 exactly if P is at most 1 − confidence. The counts must be valid. Unless confidence is
// between 0 and 1, Threshold and the intervals are NaN.
func Fixed(control, challenger Proportion, confidence float64) Comparison {
	p := newPair(control, challenger)
	g, z := p.g(), normalQuantile(confidence)
	value := math.Erfc(math.Sqrt(g / 2))
	return p.compare(g, value, z*z, value <= 1-confidence)
}

// Pair holds the counts of the control and a challenger while the shares were constant. Both must be valid.
type Pair struct{ Control, Challenger Proportion }

// Stratified is [AlwaysValid] for shares that changed, or that a bandit sets: the test of Mantel and Haenszel, made always valid.
// Pooled counts would mislead if the shares and the rates of all alternatives change together. Strata in which one of the
// two has no participants are ignored; without any other stratum P is 1.
//
// G is U²/V, with U the conversions of the challenger minus the expected ones, and V the variance of U, both summed over
// strata. Difference and Lift are the estimates of Mantel and Haenszel. DifferenceIn follows from V, and LiftIn from the
// variance of the ratio's logarithm by Greenland and Robins (1985). This is not quite the variance behind G, so an interval of
// the lift that would contradict P is cut off, or extended, at 0: both intervals exclude 0 exactly if P is at most alpha.
// Unless alpha is between 0 and 1, Threshold and the intervals are NaN.
func Stratified(strata []Pair, alpha float64) (Comparison, Evidence) {
	return stratified(strata, anyTime, alpha)
}

func stratified(strata []Pair, l look, alpha float64) (Comparison, Evidence) {
	t := sumUp(strata)
	g, e := t.evidence()
	r := Comparison{
		P: 1, Threshold: math.Inf(1), Lift: math.NaN(), LiftIn: interval(-1, math.Inf(1)),
		Difference: max(-1, min(1, (t.up-t.down)/t.weight)), DifferenceIn: Interval{-1, 1},
	}
	if t.down > 0 {
		r.Lift = t.up/t.down - 1
	}
	if t.v <= 0 {
		return r, e
	}
	r.G, r.P, r.Threshold = g, l.p(g, e), l.threshold(e.H, alpha)
	half := math.Sqrt(r.Threshold*t.v) / t.weight
	r.DifferenceIn = interval(max(-1, r.Difference-half), min(1, r.Difference+half))
	if t.up > 0 && t.down > 0 || math.IsNaN(r.Threshold) {
		wide := math.Sqrt(r.Threshold * t.spread / (t.up * t.down))
		r.LiftIn = interval(t.up/t.down*math.Exp(-wide)-1, t.up/t.down*math.Exp(wide)-1)
	}
	r.DifferenceIn = r.DifferenceIn.agree(r.P <= alpha, t.up > t.down)
	r.LiftIn = r.LiftIn.agree(r.P <= alpha, t.up > t.down)
	return r, e
}

// Holm adjusts the p-values of several comparisons so that the chance of any false positive among them stays at alpha, however
// the comparisons depend on each other (Holm 1979). It also returns for each the alpha of its interval, which then excludes
// "no difference" exactly if the adjusted p-value is at most alpha.
//
// The p-values are in [0,1]; NaN, the p-value of a comparison with too little data, counts as 1. Adjusted p-values are in [0,1]
// too, and never smaller than the original ones. Equal ones are taken in order. Alpha is between 0 and 1.
func Holm(p []float64, alpha float64) (adjusted, step []float64) {
	p = slices.Clone(p)
	for i := range p {
		if math.IsNaN(p[i]) {
			p[i] = 1
		}
	}
	adjusted, step = make([]float64, len(p)), make([]float64, len(p))
	highest, frozen := 0.0, math.NaN()
	for j, i := range ascending(p) {
		left := float64(len(p) - j)
		highest = max(highest, min(1, left*p[i]))
		adjusted[i] = highest
		step[i] = alpha / left
		if !math.IsNaN(frozen) {
			step[i] = frozen
		} else if p[i] > step[i] {
			frozen = step[i]
		}
	}
	return adjusted, step
}
