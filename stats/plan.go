package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Design says what a test is to find. What is computed from it is NaN if a number
// is out of its range. With several challengers, Alpha is to be divided by their number.
type Design struct {
	Baseline float64 // control's rate, in [0,1]
	Wanted   float64 // the challenger's, in [0,1], not Baseline
	Alpha    float64 // the chance of an alarm if there is no difference, between 0 and 1
	Power    float64 // the chance to find the wanted one, between Alpha and 1
	Ratio    float64 // the challenger's participants for each of control's, above 0
}

// spreads returns the square roots of the variances, for one participant of
// control, of the difference if there is none and if it is the wanted one.
func (p Design) spreads() (none, wanted float64) {
	possible := func(rate float64) bool { return 0 <= rate && rate <= 1 }
	if !possible(p.Baseline) || !possible(p.Wanted) || !(p.Ratio > 0) {
		return math.NaN(), math.NaN()
	}
	mean := (p.Baseline + p.Ratio*p.Wanted) / (1 + p.Ratio)
	return math.Sqrt((1 + 1/p.Ratio) * mean * (1 - mean)),
		math.Sqrt(p.Baseline*(1-p.Baseline) + p.Wanted*(1-p.Wanted)/p.Ratio)
}

// quantiles returns those of the normal distribution for Alpha, both tails, and
// Power, NaN if these are out of range.
func (p Design) quantiles() (alpha, power float64) {
	return normalQuantile(1 - p.Alpha), math.Sqrt2 * math.Erfinv(2*p.Power-1)
}

// SampleSize returns the participants of control that a single look needs, not
// rounded:
//
//	(z_α·√((1+1/K)·p̄(1−p̄)) + z_power·√(p₁(1−p₁) + p₂(1−p₂)/K))² / (p₂−p₁)²
//
// with K the Ratio and p̄ the mean rate: for a Ratio of 1, what R's power.prop.test
// says. The challenger needs Ratio times as many. It is +Inf if Wanted is
// Baseline.
func SampleSize(p Design) float64 {
	none, wanted := p.spreads()
	zAlpha, zPower := p.quantiles()
	x := zAlpha*none + zPower*wanted
	d := p.Wanted - p.Baseline
	return x * x / (d * d)
}

// Power returns the chance that a single look at n participants of control, n from
// 0, finds what is wanted: [SampleSize] solved for Power, which is ignored. That the
// look finds the contrary is left out.
func Power(p Design, n float64) float64 {
	none, wanted := p.spreads()
	d := math.Abs(p.Wanted - p.Baseline)
	return distuv.UnitNormal.CDF((math.Sqrt(n)*d - normalQuantile(1-p.Alpha)*none) / wanted)
}

// SmallestEffect returns the smallest rate above Baseline that a single look at n
// participants of control finds: [SampleSize] solved for Wanted, which is ignored.
// It is 1 if there is none.
func SmallestEffect(p Design, n float64) (rate float64) {
	p.Wanted = 1
	if math.IsNaN(SampleSize(p)) || math.IsNaN(n) {
		return math.NaN()
	}
	found := func(rate float64) bool {
		p.Wanted = rate
		return rate > p.Baseline && SampleSize(p) <= n
	}
	_, rate = bisect(p.Baseline, 1, found)
	return rate
}

// SampleSizeAlwaysValid returns the participants of control after which
// [AlwaysValid] has found what is wanted, with a chance of at least Power: the
// smallest n at which the wanted difference is √Threshold + z_power of its standard
// deviations. It is about 2.2 times [SampleSize] for an Alpha of 0.05 and a Power
// of 0.8, and the longest that such a test need run: when the effect is there it
// stops earlier, on average after about 1.2 times [SampleSize]. It is +Inf if Wanted
// is Baseline.
func SampleSizeAlwaysValid(p Design) float64 {
	if fixed := SampleSize(p); math.IsNaN(fixed) || math.IsInf(fixed, 1) {
		return fixed
	}
	mean := (p.Baseline + p.Ratio*p.Wanted) / (1 + p.Ratio)
	_, wanted := p.spreads()
	_, power := p.quantiles()
	d := math.Abs(p.Wanted - p.Baseline)
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
// find a difference of means, where values have a standard deviation of sd:
//
//	(1+1/K)·(z_α + z_power)²·sd² / difference²
//
// with K the Ratio. Of the plan only Alpha, Power and Ratio are used. It is +Inf for
// a difference of 0.
func SampleSizeMean(p Design, sd, difference float64) float64 {
	zAlpha, zPower := p.quantiles()
	z := zAlpha + zPower
	if !(p.Ratio > 0) {
		z = math.NaN()
	}
	return (1 + 1/p.Ratio) * z * z * sd * sd / (difference * difference)
}
