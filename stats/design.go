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
// the effect exists, the test stops earlier, on average after [TypicalLength] times [SampleSize]. The result is +Inf if Wanted
// is Baseline.
func SampleSizeAlwaysValid(d Design) float64 {
	if fixed := SampleSize(d); math.IsNaN(fixed) || math.IsInf(fixed, 1) {
		return fixed
	}
	mean := (d.Baseline + d.Ratio*d.Wanted) / (1 + d.Ratio)
	_, wanted := d.spreads()
	_, power := d.quantiles()
	return smallestAnyTime(d.Alpha, power, math.Abs(d.Wanted-d.Baseline)/wanted, 2*mean*(1-mean)*d.Ratio/(1+d.Ratio))
}

// TypicalLength is the typical length of a test that is looked at any time, in sizes for a single look ([SampleSize] or
// [SampleSizeOfMeans]), if the difference is the wanted one. It is the mean for rates; for skewed values the mean is about 1.3.
const TypicalLength = 1.17

// smallestAnyTime returns the smallest n at which the wanted difference is √Threshold + power standard deviations, if n
// participants of the control make the difference effect·√n standard deviations and the information of [Evidence] h·n. At the
// threshold the evidence is 1/alpha, so the threshold itself is not needed.
func smallestAnyTime(alpha, power, effect, h float64) float64 {
	enough := func(log float64) bool {
		n := math.Exp(log)
		root := effect*math.Sqrt(n) - power
		return root > 0 && logEvidence(root*root, h*n) >= -math.Log(alpha)
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

// SampleSizeMean returns the participants of the control that a single look needs to detect a difference of means, if the
// values of both sides have the standard deviation sd:
//
//	(1+1/K)·(z_α + z_power)²·sd² / difference²
//
// with K the Ratio. It uses only Alpha, Power and Ratio. The result is +Inf for a difference of 0. It is the usual textbook
// formula. A lift usually makes values vary more, for which [SampleSizeOfMeans] allows.
func SampleSizeMean(d Design, sd, difference float64) float64 {
	zAlpha, zPower := d.quantiles()
	z := zAlpha + zPower
	if !(d.Ratio > 0) {
		z = math.NaN()
	}
	return (1 + 1/d.Ratio) * z * z * sd * sd / (difference * difference)
}

// MeanDesign is a [Design] for means per participant. A participant without a value has the value 0.
type MeanDesign struct {
	Mean  float64 // the control's, above 0
	SD    float64 // the standard deviation of the values of the control's participants, above 0
	Lift  float64 // the lift that the test is to detect, a fraction, from -1, not 0
	Alpha float64 // the false-positive rate, between 0 and 1
	Power float64 // the chance to detect Lift, between Alpha and 1
	Ratio float64 // the challenger's participants for each participant of the control, above 0
}

// effect returns the wanted difference in standard deviations, for one participant of the control. Lift multiplies all values,
// so that the challenger's have the standard deviation SD·(1+Lift). The variance of a side is at least the pooled variance, as
// in [MeansAlwaysValid]. It is NaN if a field is out of range.
func (d MeanDesign) effect() float64 {
	if !(d.Mean > 0 && d.SD > 0 && d.Lift >= -1 && d.Ratio > 0) {
		return math.NaN()
	}
	varA, varB := d.SD*d.SD, d.SD*d.SD*(1+d.Lift)*(1+d.Lift)
	pooled := (varA + d.Ratio*varB) / (1 + d.Ratio)
	return d.Mean * math.Abs(d.Lift) / math.Sqrt(max(varA, pooled)+max(varB, pooled)/d.Ratio)
}

// SampleSizeOfMeans returns the participants of the control that a single look needs, not rounded:
//
//	(z_α + z_power)²·(max(σ_A², v) + max(σ_B², v)/K) / (mean·lift)²
//
// with σ_A the SD, σ_B = σ_A·(1+lift), v the pooled variance and K the Ratio. The challenger needs Ratio times as many
// participants. The result is +Inf for a Lift of 0, and NaN if a field is out of range.
func SampleSizeOfMeans(d MeanDesign) float64 {
	zAlpha, zPower := Design{Alpha: d.Alpha, Power: d.Power}.quantiles()
	z := (zAlpha + zPower) / d.effect()
	return z * z
}

// SampleSizeOfMeansAlwaysValid returns the participants of the control after which [MeansAlwaysValid] has detected the wanted
// lift with a chance of at least Power. It is [SampleSizeOfMeans] with √Threshold in place of z_α, at the number of participants
// that it returns. The information of the threshold assumes the smallest possible number of values other than 0: of all
// values with that mean and standard deviation, mean²/(mean²+SD²) are not 0.
func SampleSizeOfMeansAlwaysValid(d MeanDesign) float64 {
	if fixed := SampleSizeOfMeans(d); math.IsNaN(fixed) || math.IsInf(fixed, 1) {
		return fixed
	}
	_, power := Design{Alpha: d.Alpha, Power: d.Power}.quantiles()
	nonZero := d.Mean * d.Mean / (d.Mean*d.Mean + d.SD*d.SD)
	return smallestAnyTime(d.Alpha, power, d.effect(), 2*nonZero*d.Ratio/(1+d.Ratio))
}

// maxLift is the largest lift that SmallestLift looks for.
const maxLift = 100

// SmallestLift returns the smallest lift, a fraction above 0, that [AlwaysValid] has detected at n participants of the control
// with a chance of at least Power; with fall, the smallest fall, below 0. It is [SampleSizeAlwaysValid] solved for Wanted, which
// it ignores. It is NaN if there is no such lift, or if a field is out of range.
func SmallestLift(d Design, n float64, fall bool) float64 {
	limit := min(maxLift, 1/d.Baseline-1)
	if fall {
		limit = -1
	}
	return smallestLift(n, limit, func(lift float64) float64 {
		d.Wanted = d.Baseline * (1 + lift)
		return SampleSizeAlwaysValid(d)
	})
}

// SmallestLiftOfMeans is [SmallestLift] for means: [SampleSizeOfMeansAlwaysValid] solved for Lift, which it ignores.
func SmallestLiftOfMeans(d MeanDesign, n float64, fall bool) float64 {
	limit := float64(maxLift)
	if fall {
		limit = -1
	}
	return smallestLift(n, limit, func(lift float64) float64 {
		d.Lift = lift
		return SampleSizeOfMeansAlwaysValid(d)
	})
}

// smallestLift returns the lift between 0 and limit that is closest to 0 and needs at most n participants.
func smallestLift(n, limit float64, size func(lift float64) float64) float64 {
	enough := func(lift float64) bool { return size(lift) <= n }
	if !enough(limit) {
		return math.NaN()
	}
	_, lift := bisect(0, limit, enough)
	return lift
}
