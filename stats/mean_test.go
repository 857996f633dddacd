package stats_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

// shopping returns what so many participants spend: a share of them something,
// skewed, with that mean.
func shopping(dice *rand.Rand, participants int, share, mean float64) (v stats.Values) {
	v.Participants = int64(participants)
	for range participants {
		if dice.Float64() < share {
			x := mean * dice.ExpFloat64() * dice.ExpFloat64()
			v.Sum += x
			v.Squares += x * x
			v.NonZero++
		}
	}
	return v
}

// TestMeansAgreeWithIntervals tries random shops: P is at most alpha exactly when
// the interval of the difference excludes 0, and so does the interval of the lift,
// if there is one.
func TestMeansAgreeWithIntervals(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 8))
	decided := 0
	for range 3000 {
		var strata []stats.ValuePair
		for range 1 + dice.IntN(3) {
			share := dice.Float64() * 0.4
			strata = append(strata, stats.ValuePair{
				Control:    shopping(dice, dice.IntN(1000), share, 20),
				Challenger: shopping(dice, dice.IntN(1000), share, 20+20*dice.Float64()),
			})
		}
		c, _ := stats.MeansStratified(strata, 0.05)
		if math.IsNaN(c.P) {
			continue
		}
		found := c.P <= 0.05
		if found == c.DifferenceIn.Contains(0) || !c.DifferenceIn.Contains(c.Difference) {
			t.Errorf("%+v: %+v", strata, c)
		}
		if !math.IsNaN(float64(c.LiftIn.Lo)) && (found == c.LiftIn.Contains(0) || !c.LiftIn.Contains(c.Lift)) {
			t.Errorf("%+v: %+v", strata, c)
		}
		if found {
			decided++
		}
	}
	if decided < 100 {
		t.Errorf("%d decided: this test tries too little", decided)
	}
}

// TestDriftDoesNotMisleadMeans has a shop whose customers come to spend three
// times as much just when most of them get the challenger, which is as good as
// control: pooled it looks far better, stratified it does not.
func TestDriftDoesNotMisleadMeans(t *testing.T) {
	dice := rand.New(rand.NewPCG(9, 10))
	const runs = 200
	pooled, stratified := 0, 0
	for range runs {
		before := stats.ValuePair{Control: shopping(dice, 1800, 0.2, 10), Challenger: shopping(dice, 200, 0.2, 10)}
		after := stats.ValuePair{Control: shopping(dice, 200, 0.2, 30), Challenger: shopping(dice, 1800, 0.2, 30)}
		if c, _ := stats.MeansAlwaysValid(sum(before.Control, after.Control), sum(before.Challenger, after.Challenger), 0.05); c.P <= 0.05 {
			pooled++
		}
		if c, _ := stats.MeansStratified([]stats.ValuePair{before, after}, 0.05); c.P <= 0.05 {
			stratified++
		}
	}
	if pooled < runs*9/10 || stratified > runs/50 {
		t.Errorf("of %d runs the pooled test alarms in %d, the stratified one in %d", runs, pooled, stratified)
	}
}

func sum(a, b stats.Values) stats.Values {
	return stats.Values{
		Participants: a.Participants + b.Participants, Sum: a.Sum + b.Sum, Squares: a.Squares + b.Squares, NonZero: a.NonZero + b.NonZero,
	}
}

// TestBestMeans agrees with draws from the same normal distributions, and knows
// when there is nothing to say.
func TestBestMeans(t *testing.T) {
	dice := rand.New(rand.NewPCG(11, 12))
	arms := []stats.Values{shopping(dice, 3000, 0.3, 20), shopping(dice, 2000, 0.3, 22), shopping(dice, 1000, 0.3, 21)}
	chances, losses := stats.BestMeans(arms)
	const draws = 400_000
	best, lost := make([]float64, len(arms)), make([]float64, len(arms))
	var pooled, freedom float64
	for _, v := range arms {
		pooled += v.Variance() * float64(v.Participants-1)
		freedom += float64(v.Participants - 1)
	}
	x := make([]float64, len(arms))
	for range draws {
		top := 0
		for i, v := range arms {
			x[i] = v.Mean() + dice.NormFloat64()*math.Sqrt(max(v.Variance(), pooled/freedom)/float64(v.Participants))
			if x[i] > x[top] {
				top = i
			}
		}
		best[top] += 1.0 / draws
		for i := range x {
			lost[i] += (x[top] - x[i]) / draws
		}
	}
	total := 0.0
	for i := range arms {
		total += chances[i]
		if math.Abs(chances[i]-best[i]) > 0.005 || math.Abs(losses[i]-lost[i]) > 0.01*(1+lost[i]) {
			t.Errorf("alternative %d is the best with %v and loses %v, drawn %v and %v", i, chances[i], losses[i], best[i], lost[i])
		}
	}
	if math.Abs(total-1) > 1e-9 {
		t.Errorf("the chances sum to %v", total)
	}
	for _, arms := range [][]stats.Values{{{}, {}}, {{Participants: 5}, {Participants: 7}}, {arms[0], {Participants: 1, Sum: 3, Squares: 9, NonZero: 1}}} {
		if chances, losses := stats.BestMeans(arms); chances[0] != 0.5 || chances[1] != 0.5 || !math.IsNaN(losses[0]) {
			t.Errorf("of %+v the chances are %v, the losses %v", arms, chances, losses)
		}
	}
}

// TestVarianceByStratum has a spread that is ten times as large in the second stratum, whose control has few participants.
func TestVarianceByStratum(t *testing.T) {
	values := func(n int64, mean, sd float64) stats.Values {
		x := float64(n)
		return stats.Values{Participants: n, NonZero: n, Sum: x * mean, Squares: x*mean*mean + (x-1)*sd*sd}
	}
	strata := []stats.ValuePair{
		{Control: values(9000, 100, 3), Challenger: values(1000, 100, 5)},
		{Control: values(1000, 300, 30), Challenger: values(9000, 301, 40)},
	}
	c, _ := stats.MeansStratified(strata, 0.05)
	const w = 900.
	first := (8999*9. + 999*25) / 9998
	second := (999*900. + 8999*1600) / 9998
	varA := (w*w*first/9000 + w*w*second/1000) / (4 * w * w)
	varB := (w*w*25/1000 + w*w*1600/9000) / (4 * w * w)
	if want := math.Sqrt(varA + varB); math.Abs(c.StandardErr-want) > 1e-6*want || math.Abs(c.Difference-0.5) > 1e-9 {
		t.Errorf("the difference is %v with a standard error of %v, want 0.5 and %v", c.Difference, c.StandardErr, want)
	}
}

// TestSingleLookTakesTheLargerVariance compares a few alternatives with a large variance with many of a small one.
func TestSingleLookTakesTheLargerVariance(t *testing.T) {
	a := stats.Values{Participants: 18_000, NonZero: 900, Sum: 18_000, Squares: 900 * 5000}
	b := stats.Values{Participants: 2000, NonZero: 100, Sum: 1000, Squares: 100 * 900}
	q := stats.Question{Alpha: 0.05, MinEffect: 0.05, Fixed: true, Strata: []stats.Stratum{{
		Arms: []stats.Proportion{{Participants: 18_000, Converted: 900}, {Participants: 2000, Converted: 100}}, Values: []stats.Values{a, b},
	}}}
	own, _, _ := stats.Welch(a, b, 0.95)
	d := stats.Decide(q).Arms[1]
	pooled := (a.Variance()*17_999 + b.Variance()*1999) / 19_998
	want := math.Sqrt(a.Variance()/18_000 + pooled/2000)
	if !(own.P <= 0.05) || d.Standing != stats.StandingUndecided || math.Abs(d.Comparison.StandardErr-want) > 1e-9 {
		t.Errorf("%+v, want a standard error of %v; Welch has %+v", d, want, own)
	}
}

// TestExactMeans has means of any size, sign and scale: the comparison depends on differences only, and no number contradicts
// another.
func TestExactMeans(t *testing.T) {
	dice := rand.New(rand.NewPCG(13, 14))
	for range 2000 {
		n := []int64{25 + dice.Int64N(500), 25 + dice.Int64N(500)}
		deviations := make([][]int64, 2)
		spread := dice.Int64N(4) // 0: no variance
		for i := range deviations {
			for range n[i] {
				deviations[i] = append(deviations[i], int64(i)*dice.Int64N(2)*spread/2+dice.Int64N(1+spread)+int64(i))
			}
		}
		at := func(mean int64) []stats.Values {
			all := make([]stats.Values, 2)
			for i, list := range deviations {
				sum, squares := new(big.Int), new(big.Int)
				for _, d := range list {
					x := new(big.Int).Add(big.NewInt(mean), big.NewInt(d))
					sum.Add(sum, x)
					squares.Add(squares, x.Mul(x, x))
				}
				all[i] = stats.ExactValues(n[i], n[i], sum, squares, 100)
			}
			return all
		}
		base := at(100)
		want, _ := stats.MeansAlwaysValid(base[0], base[1], 0.05)
		wantChances, _ := stats.BestMeans(base)
		for _, mean := range []int64{-1e14, -100, 1e8, 1e14} {
			v := at(mean)
			c, e := stats.MeansAlwaysValid(v[0], v[1], 0.05)
			chances, losses := stats.BestMeans(v)
			if c.P != want.P || c.G != want.G || c.Difference != want.Difference || c.DifferenceIn != want.DifferenceIn || chances[1] != wantChances[1] {
				t.Fatalf("around %v: %+v, %v\nwant %+v, %v", mean, c, chances, want, wantChances)
			}
			if c.P != e.P() || c.P <= 0.05 == c.DifferenceIn.Contains(0) || chances[0] > 1 || chances[1] > 1 || losses[0] < 0 {
				t.Fatalf("around %v: %+v, chances %v, losses %v", mean, c, chances, losses)
			}
			if (mean < 0) == c.LiftIn.Lo.Known() || mean > 0 && c.P <= 0.05 == c.LiftIn.Contains(0) {
				t.Fatalf("around %v: %+v", mean, c)
			}
		}
	}
}
