package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

// TestBestOfHundredMillion compares with results that were computed outside Go with 30 digits,
// and with an exact result: the probability that a rate without any data is above
// another rate is 1 less the mean of the other.
func TestBestOfHundredMillion(t *testing.T) {
	const n = 100_000_000
	for _, c := range []struct {
		a, b stats.Proportion
		want float64
	}{
		{stats.Proportion{Participants: n, Converted: 5_000_000}, stats.Proportion{Participants: n, Converted: 5_003_000}, 0.834770608909200935},
		{stats.Proportion{Participants: n, Converted: 10}, stats.Proportion{Participants: n, Converted: 14}, 0.78782190354437},
		{stats.Proportion{Participants: n, Converted: 50_000_000}, stats.Proportion{Participants: n, Converted: 50_005_000}, 0.760249938036894672},
		{stats.Proportion{Participants: n, Converted: 5_000_000}, stats.Proportion{}, 1 - 5_000_001./(n+2)},
		{stats.Proportion{Participants: n, Converted: n}, stats.Proportion{}, 1. / (n + 2)},
		{stats.Proportion{Participants: n, Converted: 777}, stats.Proportion{Participants: n, Converted: 777}, 0.5},
	} {
		chances, _ := stats.Best([]stats.Proportion{c.a, c.b}, stats.Uniform)
		if !near(chances[1], c.want, 0, 1e-9) {
			t.Errorf("%v beats %v with %v, want %v", c.b, c.a, chances[1], c.want)
		}
	}
}

// TestSampleRatioOfMilliards compares with what was computed with 40 digits.
func TestSampleRatioOfMilliards(t *testing.T) {
	for _, c := range []struct {
		participants []int64
		weights      []float64
		want         float64
	}{
		{[]int64{1e9, 1e9 + 1e5}, []float64{1, 1}, -4.75473035979122269},
		{[]int64{5e8, 25e7 + 3e4, 25e7}, []float64{2, 1, 1}, -12.466375399030577},
		{[]int64{0, 1e9}, []float64{1, 999}, 1000486.5170714762},
		{[]int64{1e9, 1e9, 1e6}, []float64{1000, 1000, 1}, -14.6629021923313574},
	} {
		r := stats.CheckSampleRatio([]stats.Split{{Participants: c.participants, Weights: c.weights}}, stats.Concentration)
		if !near(r.LogBayesFactor, c.want, 1e-9, 1e-7) {
			t.Errorf("%v by %v: %v, want %v", c.participants, c.weights, r.LogBayesFactor, c.want)
		}
	}
}

// TestThresholdIsNearlyConstant compares with the table of its roots.
func TestThresholdIsNearlyConstant(t *testing.T) {
	h := []float64{1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 100_000, 1_000_000}
	for alpha, roots := range map[float64][]float64{
		0.05:  {4.20, 3.56, 3.39, 3.39, 3.33, 3.31, 3.35, 3.33, 3.31, 3.54, 3.84},
		0.001: {5.78, 4.82, 4.50, 4.47, 4.47, 4.41, 4.43, 4.45, 4.40, 4.52, 4.75},
	} {
		for i := range h {
			if got := math.Sqrt(stats.Threshold(h[i], alpha)); !near(got, roots[i], 0, 0.0051) {
				t.Errorf("√Threshold(%v, %v) = %v, want %v", h[i], alpha, got, roots[i])
			}
		}
	}
}

// TestRuleOfThumb plans 2.2 times the classical size; with the wanted effect a
// test stops after about 1.2 times that on average, and finds it with at least the
// planned power.
func TestRuleOfThumb(t *testing.T) {
	for _, p := range []stats.Design{
		{Baseline: 0.05, Wanted: 0.06}, {Baseline: 0.05, Wanted: 0.055}, {Baseline: 0.2, Wanted: 0.25}, {Baseline: 0.01, Wanted: 0.012},
	} {
		p.Alpha, p.Power, p.Ratio = 0.05, 0.8, 1
		if times := stats.SampleSizeAlwaysValid(p) / stats.SampleSize(p); times < 2.1 || times > 2.35 {
			t.Errorf("%+v takes %v times the classical size", p, times)
		}
	}
	p := stats.Design{Baseline: 0.2, Wanted: 0.25, Alpha: 0.05, Power: 0.8, Ratio: 1}
	classical, longest := stats.SampleSize(p), stats.SampleSizeAlwaysValid(p)
	dice := rand.New(rand.NewPCG(1, 2))
	const runs = 1000
	var found, early int
	var visitors float64
	for range runs {
		var a, b stats.Proportion
		for float64(a.Participants) < longest {
			a.Participants, b.Participants = a.Participants+1, b.Participants+1
			a.Converted += converts(dice, p.Baseline)
			b.Converted += converts(dice, p.Wanted)
			if a.Participants%10 == 0 && stats.P(a, b) <= p.Alpha {
				found++
				if float64(a.Participants) < classical {
					early++
				}
				break
			}
		}
		visitors += float64(a.Participants)
	}
	if found < 0.84*runs || early < 0.35*runs || early > 0.55*runs {
		t.Errorf("found %d of %d, %d before the classical size", found, runs, early)
	}
	if times := visitors / runs / classical; times < 1.05 || times > 1.3 {
		t.Errorf("stops after %v times the classical size", times)
	}
}

func converts(dice *rand.Rand, rate float64) int64 {
	if dice.Float64() < rate {
		return 1
	}
	return 0
}

// TestFalseAlarms looks after every tenth visitor of two equal alternatives.
func TestFalseAlarms(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	const runs, longest, rate, alpha = 500, 5000, 0.1, 0.05
	alarms := 0
	for range runs {
		var a, b stats.Proportion
		for a.Participants < longest {
			a.Participants, b.Participants = a.Participants+1, b.Participants+1
			a.Converted += converts(dice, rate)
			b.Converted += converts(dice, rate)
			if a.Participants%10 == 0 && stats.P(a, b) <= alpha {
				alarms++
				break
			}
		}
	}
	if alarms > alpha*runs {
		t.Errorf("%d of %d tests of equal alternatives alarmed", alarms, runs)
	}
}

// TestOutOfRange asks for what there is not.
func TestOutOfRange(t *testing.T) {
	a, b := stats.Proportion{Participants: 1000, Converted: 50}, stats.Proportion{Participants: 1000, Converted: 90}
	for _, x := range []float64{math.NaN(), math.Inf(-1), -0.5, 0, 1, 1.5, math.Inf(1)} {
		always, _ := stats.AlwaysValid(a, b, x)
		strata, _ := stats.Stratified([]stats.Pair{{Control: a, Challenger: b}}, x)
		fixed := stats.Fixed(a, b, x)
		_, posterior := stats.Posterior(a, stats.Uniform, x)
		lift, difference := stats.CredibleLift(a, b, stats.Uniform, x), stats.CredibleDifference(a, b, stats.Uniform, x)
		wilson := stats.Wilson(a, x)
		values := []float64{
			stats.Threshold(30, x), always.Threshold, strata.Threshold, fixed.Threshold,
		}
		for _, end := range []stats.Number{
			always.DifferenceIn.Lo, always.LiftIn.Hi, strata.LiftIn.Lo, strata.LiftIn.Hi, fixed.DifferenceIn.Hi, fixed.LiftIn.Lo, posterior.Lo, posterior.Hi, lift.Median, difference.Hi, wilson.Lo, wilson.Hi,
			stats.Wilson(stats.Proportion{}, x).Lo,
		} {
			values = append(values, float64(end))
		}
		plan := stats.Design{Baseline: 0.05, Wanted: 0.06, Alpha: 0.05, Power: 0.8, Ratio: 1}
		var wrong []stats.Design
		with := func(field *float64) {
			was := *field
			*field = x
			wrong = append(wrong, plan)
			*field = was
		}
		with(&plan.Alpha)
		if x != 0 && x != 1 { // these are rates, and limits of the power
			with(&plan.Power)
			with(&plan.Baseline)
			with(&plan.Wanted)
		}
		if !(x > 0) {
			with(&plan.Ratio)
			values = append(values, stats.CheckSampleRatio([]stats.Split{{Participants: []int64{9, 5}, Weights: []float64{1, 1}}}, x).P)
		}
		for _, p := range wrong {
			values = append(values, stats.SampleSize(p), stats.SampleSizeAlwaysValid(p))
		}
		for i, v := range values {
			if !math.IsNaN(v) {
				t.Errorf("%v: value %d is %v", x, i, v)
			}
		}
	}
}

// TestNothing has no data, or nothing to find.
func TestNothing(t *testing.T) {
	plan := stats.Design{Baseline: 0.05, Wanted: 0.05, Alpha: 0.05, Power: 0.8, Ratio: 1}
	if n, m := stats.SampleSize(plan), stats.SampleSizeAlwaysValid(plan); !math.IsInf(n, 1) || !math.IsInf(m, 1) {
		t.Errorf("no difference is found with %v or %v participants", n, m)
	}
	if rate := stats.SmallestEffect(plan, 2); rate != 1 {
		t.Errorf("two participants find %v", rate)
	}
	chances, _ := stats.Best(make([]stats.Proportion, 4), stats.Uniform)
	for _, c := range chances {
		if !near(c, 0.25, 0, 1e-9) {
			t.Errorf("without data chances are %v", chances)
		}
	}
	for _, n := range []int64{0, 1000} {
		for _, s := range []int64{0, n} {
			c := stats.Proportion{Participants: n, Converted: s}
			if got, e := stats.AlwaysValid(c, c, 0.05); got.P != 1 || !math.IsInf(got.Threshold, 1) || got.DifferenceIn != (stats.Interval{Lo: -1, Hi: 1}) || !math.IsInf(float64(got.LiftIn.Hi), 1) || e.H != 0 || e.LogE != 0 {
				t.Errorf("%v against the same: %+v", c, got)
			}
		}
	}
	if l := stats.LegacyOf(stats.Proportion{}, stats.Proportion{}, false); l.Rate != 0 || l.Interval != 0 || l.Level != "N/A" {
		t.Errorf("Legacy of nothing is %+v", l)
	}
}

// TestStratifiedContradictsNothing has an interval that the variance of the lift
// alone would not end where P says.
func TestStratifiedContradictsNothing(t *testing.T) {
	strata := []stats.Pair{{Control: stats.Proportion{Participants: 1000}, Challenger: stats.Proportion{Participants: 1000, Converted: 100}}}
	stratifiesWell(t, strata, 0.05)
	if c, _ := stats.Stratified(strata, 0.05); !(c.P <= 0.05 && c.LiftIn.Lo > 0 && math.IsInf(float64(c.LiftIn.Hi), 1)) {
		t.Errorf("%+v", c)
	}
}
