package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Plan says what a test is to find: that the challenger's rate is Wanted where
// control's is Baseline, with a chance of Power, when an alarm is false with a
// chance of Alpha. The challenger gets Ratio participants for each of control's.
// With several challengers, Alpha is to be divided by their number.
type Plan struct {
	Baseline, Wanted float64
	Alpha, Power     float64
	Ratio            float64
}

// spreads returns the square roots of the variances, for one participant of
// control, of the difference if there is none and if it is the wanted one.
func (p Plan) spreads() (none, wanted float64) {
	mean := (p.Baseline + p.Ratio*p.Wanted) / (1 + p.Ratio)
	return math.Sqrt((1 + 1/p.Ratio) * mean * (1 - mean)),
		math.Sqrt(p.Baseline*(1-p.Baseline) + p.Wanted*(1-p.Wanted)/p.Ratio)
}

// SampleSize returns the participants of control that a single look needs, as R's
// power.prop.test does for a Ratio of 1; the challenger needs Ratio times as many.
func SampleSize(p Plan) float64 {
	none, wanted := p.spreads()
	x := normalQuantile(1-p.Alpha)*none + distuv.UnitNormal.Quantile(p.Power)*wanted
	d := p.Wanted - p.Baseline
	return x * x / (d * d)
}

// Power returns the chance that a single look at n participants of control finds
// what is wanted; that it finds the contrary is left out.
func Power(p Plan, n float64) float64 {
	none, wanted := p.spreads()
	d := math.Abs(p.Wanted - p.Baseline)
	return distuv.UnitNormal.CDF((math.Sqrt(n)*d - normalQuantile(1-p.Alpha)*none) / wanted)
}

// SmallestEffect returns the smallest rate above Baseline that a single look at n
// participants of control finds; Wanted is ignored. It is 1 if none is.
func SmallestEffect(p Plan, n float64) (rate float64) {
	found := func(rate float64) bool {
		p.Wanted = rate
		return rate > p.Baseline && SampleSize(p) <= n
	}
	_, rate = bisect(p.Baseline, 1, found)
	return rate
}

// SampleSizeAlwaysValid returns the participants of control after which
// [AlwaysValid] has found what is wanted, with a chance of at least Power. When
// the effect is there the test stops earlier on average, after about 1.17 times
// [SampleSize].
func SampleSizeAlwaysValid(p Plan) float64 {
	mean := (p.Baseline + p.Ratio*p.Wanted) / (1 + p.Ratio)
	_, wanted := p.spreads()
	d, power := math.Abs(p.Wanted-p.Baseline), distuv.UnitNormal.Quantile(p.Power)
	// The threshold is where the evidence is 1/alpha: no need to look for it.
	enough := func(log float64) bool {
		n := math.Exp(log)
		h := 2 * mean * (1 - mean) * n * p.Ratio / (1 + p.Ratio)
		root := d*math.Sqrt(n)/wanted - power
		return root > 0 && logEvidence(root*root, h) >= -math.Log(p.Alpha)
	}
	const most = 100 // of the logarithm of n
	_, log := bisect(0, most, enough)
	return math.Exp(log)
}

// SampleSizeMean returns the participants of control that a single look needs to
// find a difference of means, where values have a standard deviation of sd. Of
// the plan only Alpha, Power and Ratio are used.
func SampleSizeMean(p Plan, sd, difference float64) float64 {
	z := normalQuantile(1-p.Alpha) + distuv.UnitNormal.Quantile(p.Power)
	return (1 + 1/p.Ratio) * z * z * sd * sd / (difference * difference)
}
