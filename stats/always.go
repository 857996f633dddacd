package stats

import "math"

// Comparison is a challenger beside control. The observed Difference of their
// rates and the Lift, the ratio of the rates less 1, have intervals; Lift is NaN
// if control never converted, Difference if one of them has no participants.
type Comparison struct {
	G            float64 // the statistic of "no difference"
	P            float64 // of "no difference"
	Threshold    float64 // G at which P is alpha
	Difference   float64
	DifferenceIn Interval
	Lift         float64
	LiftIn       Interval
}

// Evidence is that against "no difference": a number that exceeds 1/alpha at any
// time, ever, with a probability of at most alpha if there is none.
type Evidence struct {
	H    float64 // the information: about the conversions of one of two equal alternatives
	LogE float64 // the logarithm of the evidence
}

// P returns the p-value, min(1, 1/E).
func (e Evidence) P() float64 { return min(1, math.Exp(-e.LogE)) }

// scales are the sizes of effects over which the evidence is averaged: standard
// deviations of the log odds of √2, 0.26 and 0.045.
var scales = [...]float64{1, 30, 1000}

// logEvidence returns ln E(G,h), Robbins' normal mixture over three scales, with
// the signed root of G as its statistic:
//
//	E = ⅓·Σ (1+x)^−½·exp(½G·x/(1+x)), x = h/r for each scale r
//
// (Waudby-Smith et al., arXiv 2103.06476).
func logEvidence(g, h float64) float64 {
	if h <= 0 {
		return 0
	}
	largest := g / 2 * h / (1 + h) // of the exponents, that of r = 1
	sum := 0.0
	for _, r := range scales {
		x := h / r
		sum += math.Exp(g/2*x/(1+x)-largest) / math.Sqrt(1+x)
	}
	return largest + math.Log(sum/float64(len(scales)))
}

// Threshold returns the G at which the evidence is 1/alpha, for h > 0 and 0 <
// alpha < 1; infinity for h = 0. Its root is between 3.3 and 4 for alpha = 0.05
// once there are a few conversions.
func Threshold(h, alpha float64) float64 {
	if h <= 0 {
		return math.Inf(1)
	}
	enough := -math.Log(alpha)
	beyond := func(g float64) bool { return logEvidence(g, h) >= enough }
	// There the first scale alone is enough.
	most := 2 * (1 + h) / h * (math.Log(float64(len(scales))) + enough + 0.5*math.Log1p(h))
	_, first := bisect(0, 2*most, beyond)
	return first
}

// AlwaysValid compares a challenger with control by the G-test that may be looked
// at any time. Its P is at most alpha, ever, with a probability of at most alpha
// if there is no difference, whenever and however often one looks; and exactly
// when P is at most alpha, both intervals, at the level 1 − alpha, exclude 0. It
// assumes that shares are constant: see [Stratified].
//
// Counts must be valid. With no participants on a side, or no conversions, or
// nothing but conversions, P is 1.
func AlwaysValid(control, challenger Counts, alpha float64) (Comparison, Evidence) {
	p := newPair(control, challenger)
	g, e := p.evidence()
	return p.compare(g, e.P(), Threshold(e.H, alpha), e.P() <= alpha), e
}

// evidence returns the G statistic of "no difference" and what it is worth.
func (p pair) evidence() (g float64, e Evidence) {
	if n := p.nA + p.nB; n > 0 {
		rate := (p.sA + p.sB) / n
		e.H = 2 * rate * (1 - rate) * p.nA * p.nB / n
	}
	g = p.g()
	e.LogE = logEvidence(g, e.H)
	return g, e
}

// compare returns the comparison whose intervals are what G statistics below c
// allow. Whether they exclude 0 is already decided: a rounding error in the last
// digit must not make them say else.
func (p pair) compare(g, value, c float64, decided bool) Comparison {
	r := Comparison{G: g, P: value, Threshold: c}
	r.Difference, r.DifferenceIn = p.difference(c)
	r.Lift, r.LiftIn = p.lift(c)
	if p.nA == 0 || p.nB == 0 {
		return r
	}
	r.DifferenceIn = r.DifferenceIn.agree(decided, r.Difference > 0)
	r.LiftIn = r.LiftIn.agree(decided, r.Difference > 0)
	return r
}

// agree returns the interval with 0 outside if decided, and else inside.
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

// Fixed compares a challenger with control by the G-test for one look, at a
// number of participants that was fixed in advance: P is that of a χ² variate
// with one degree of freedom, erfc(√(G/2)), and the intervals, at a confidence
// between 0 and 1, exclude 0 exactly when P is below 1 − confidence.
func Fixed(control, challenger Counts, confidence float64) Comparison {
	p := newPair(control, challenger)
	g, z := p.g(), normalQuantile(confidence)
	return p.compare(g, math.Erfc(math.Sqrt(g/2)), z*z, g >= z*z)
}

// Stratum is what control and a challenger got while shares were constant.
type Stratum struct{ Control, Challenger Counts }

// Stratified is [AlwaysValid] where shares changed, or a bandit sets them: the
// test of Mantel and Haenszel, made always valid. Pooled counts would mislead
// when the shares and the rates of all alternatives move together. Strata in
// which one of both has no participants say nothing. G of the result is U²/V,
// and Difference is NaN.
func Stratified(strata []Stratum, alpha float64) (Comparison, Evidence) {
	t := sumUp(strata)
	r := Comparison{P: 1, Threshold: math.Inf(1), Difference: math.NaN(), DifferenceIn: Interval{-1, 1}, Lift: math.NaN(), LiftIn: Interval{-1, math.Inf(1)}}
	g, e := t.evidence()
	if t.v <= 0 {
		return r, e
	}
	r.G, r.P, r.Threshold = g, e.P(), Threshold(e.H, alpha)
	if t.down == 0 {
		return r, e
	}
	r.Lift = t.up/t.down - 1
	if t.up == 0 {
		return r, e
	}
	wide := math.Sqrt(r.Threshold * t.spread / (t.up * t.down))
	r.LiftIn = Interval{t.up/t.down*math.Exp(-wide) - 1, t.up/t.down*math.Exp(wide) - 1}
	return r, e
}

// Holm adjusts the p-values of several comparisons, so that the chance of any
// false alarm among them stays at alpha (Holm 1979). It also returns the alpha
// for the interval of each, which then excludes "no difference" exactly when the
// adjusted p-value is at most alpha.
func Holm(p []float64, alpha float64) (adjusted, step []float64) {
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
