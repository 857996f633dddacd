package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Design describes a planned test of a challenger against the control. Functions of it return NaN if a field is out of range.
// With several challengers, divide Alpha by their number.
type Design struct {
	Baseline float64 // the control's rate, in [0,1]
	Wanted   float64 // the challenger's rate that the test is to detect, in [0,1], not Baseline
	Alpha    float64 // the false-positive rate, between 0 and 1
	Power    float64 // the chance to detect Wanted, between Alpha and 1
	Ratio    float64 // the challenger's participants for each participant of the control, above 0
}

// spreads returns the square roots of the variance of the difference, for one participant of the control: if there is no
// difference, and if it is the wanted one.
func (d Design) spreads() (none, wanted float64) {
	possible := func(rate float64) bool { return 0 <= rate && rate <= 1 }
	if !possible(d.Baseline) || !possible(d.Wanted) || !(d.Ratio > 0) {
		return math.NaN(), math.NaN()
	}
	mean := (d.Baseline + d.Ratio*d.Wanted) / (1 + d.Ratio)
	return math.Sqrt((1 + 1/d.Ratio) * mean * (1 - mean)),
		math.Sqrt(d.Baseline*(1-d.Baseline) + d.Wanted*(1-d.Wanted)/d.Ratio)
}

// quantiles returns the quantiles of the normal distribution for Alpha, two-sided, and for Power; NaN if these are out of
// range.
func (d Design) quantiles() (alpha, power float64) {
	return normalQuantile(1 - d.Alpha), math.Sqrt2 * math.Erfinv(2*d.Power-1)
}

// SampleSize returns the participants of the control that a single look needs, not rounded:
//
//	(z_α·√((1+1/K)·p̄(1−p̄)) + z_power·√(p₁(1−p₁) + p₂(1−p₂)/K))² / (p₂−p₁)²
//
// with K the Ratio and p̄ the mean rate. For a Ratio of 1 it agrees with R's power.prop.test. The challenger needs Ratio times
// as many participants. The result is +Inf if Wanted is Baseline.
func SampleSize(d Design) float64 {
	none, wanted := d.spreads()
	zAlpha, zPower := d.quantiles()
	x := zAlpha*none + zPower*wanted
	difference := d.Wanted - d.Baseline
	return x * x / (difference * difference)
}

// Power returns the chance that a single look at n participants of the control, n from 0, detects the wanted difference. It is
// [SampleSize] solved for Power, which it ignores. The chance to detect the opposite difference is left out.
func Power(d Design, n float64) float64 {
	none, wanted := d.spreads()
	difference := math.Abs(d.Wanted - d.Baseline)
	return distuv.UnitNormal.CDF((math.Sqrt(n)*difference - normalQuantile(1-d.Alpha)*none) / wanted)
}

// SmallestEffect returns the smallest rate above Baseline that a single look at n participants of the control detects. It is
// [SampleSize] solved for Wanted, which it ignores. The result is 1 if there is no such rate.
func SmallestEffect(d Design, n float64) (rate float64) {
	d.Wanted = 1
	if math.IsNaN(SampleSize(d)) || math.IsNaN(n) {
		return math.NaN()
	}
	detected := func(rate float64) bool {
		d.Wanted = rate
		return rate > d.Baseline && SampleSize(d) <= n
	}
	_, rate = bisect(d.Baseline, 1, detected)
	return rate
}

// SampleSizeAlwaysValid returns the participants of the control after which [AlwaysValid] has detected the wanted difference,
// with a chance of at least Power: the smallest n at which the wanted difference is √Threshold + z_power standard deviations.
// It is about 2.2 times [SampleSize] for an Alpha of 0.05 and a Power of 0.8, and the longest that such a test needs to run: if
// the effect exists, the test stops earlier, on average after about 1.2 times [SampleSize]. The result is +Inf if Wanted is
// Baseline.
func SampleSizeAlwaysValid(d Design) float64 {
	if fixed := SampleSize(d); math.IsNaN(fixed) || math.IsInf(fixed, 1) {
		return fixed
	}
	mean := (d.Baseline + d.Ratio*d.Wanted) / (1 + d.Ratio)
	_, wanted := d.spreads()
	_, power := d.quantiles()
	difference := math.Abs(d.Wanted - d.Baseline)
	// At the threshold the evidence is 1/alpha, so the threshold itself is not needed.
	enough := func(log float64) bool {
		n := math.Exp(log)
		h := 2 * mean * (1 - mean) * n * d.Ratio / (1 + d.Ratio)
		root := difference*math.Sqrt(n)/wanted - power
		return root > 0 && logEvidence(root*root, h) >= -math.Log(d.Alpha)
	}
	const maxLog = 100 // of n
	_, log := bisect(0, maxLog, enough)
	return math.Exp(log)
}

// Allocation returns the whole numbers of participants of all alternatives, in the order of their weights, if the control, the
// first one, needs at least a number of participants that is not rounded. Rounding errors do not add a participant.
func Allocation(control float64, weights []float64) []float64 {
	const slightlyLess = 1 - 1e-12
	all := make([]float64, len(weights))
	for i, w := range weights {
		all[i] = math.Ceil(control * w / weights[0] * slightlyLess)
	}
	return all
}

// SampleSizeMean returns the participants of the control that a single look needs to detect a difference of means, if values
// have the standard deviation sd:
//
//	(1+1/K)·(z_α + z_power)²·sd² / difference²
//
// with K the Ratio. It uses only Alpha, Power and Ratio. The result is +Inf for a difference of 0.
func SampleSizeMean(d Design, sd, difference float64) float64 {
	zAlpha, zPower := d.quantiles()
	z := zAlpha + zPower
	if !(d.Ratio > 0) {
		z = math.NaN()
	}
	return (1 + 1/d.Ratio) * z * z * sd * sd / (difference * difference)
}
