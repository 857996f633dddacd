package stats_test

import (
	"flag"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/sixpack-go/sixpack/stats"
)

// check tries a property the given number of times, with the same values unless the
// flags -rapid.seed and -rapid.checks are set. Rapid has one setting for all
// properties, so the properties of a package cannot run in parallel.
func check(t *testing.T, times int, property func(*rapid.T)) {
	t.Helper()
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.checks": strconv.Itoa(times), "rapid.nofailfile": "true"} {
		f := flag.Lookup(name)
		if f.Value.String() != f.DefValue {
			continue
		}
		set := func(value string) {
			if err := f.Value.Set(value); err != nil {
				t.Fatal(err)
			}
		}
		set(value)
		t.Cleanup(func() { set(f.DefValue) })
	}
	rapid.Check(t, property)
}

// most is how many participants are tried.
const most = 1_000_000_000

var (
	// someCounts are of every size, nobody and everybody converted included.
	someCounts = countsUpTo(most)
	someAlpha  = rapid.OneOf(rapid.SampledFrom([]float64{1e-6, 0.001, 0.01, 0.05, 0.5}), rapid.Float64Range(1e-6, 0.5))
)

func countsUpTo(most int64) *rapid.Generator[stats.Proportion] {
	return rapid.Custom(func(t *rapid.T) stats.Proportion {
		n := rapid.OneOf(rapid.Int64Range(0, most), rapid.Int64Range(0, 9), rapid.Just(most)).Draw(t, "participants")
		s := rapid.Int64Range(0, n).Draw(t, "converted")
		if rapid.Bool().Draw(t, "mostly") {
			s = n - s
		}
		return stats.Proportion{Participants: n, Converted: s}
	})
}

// rolled is a faster generator of the same.
func rolled(dice *rand.Rand) stats.Proportion {
	n := int64(math.Exp(dice.Float64() * math.Log(most)))
	switch dice.IntN(16) {
	case 0:
		n = dice.Int64N(4)
	case 1:
		n = most
	}
	s := int64(dice.Float64() * float64(n+1))
	switch dice.IntN(8) {
	case 0:
		s = 0
	case 1:
		s = min(n, 1)
	case 2:
		s = int64(float64(n) * math.Exp(-15*dice.Float64()))
	case 3:
		s = n
	}
	return stats.Proportion{Participants: n, Converted: s}
}

// alike returns counts whose rate is about that of c, so that a comparison with
// c is close.
func alike(dice *rand.Rand, c, size stats.Proportion) stats.Proportion {
	n := float64(size.Participants)
	rate := c.Rate()
	s := n*rate + (12*dice.Float64()-6)*math.Sqrt(n*rate*(1-rate))
	if !(s >= 0 && s <= n) {
		return size
	}
	return stats.Proportion{Participants: size.Participants, Converted: int64(s)}
}

// comparesWell checks what is promised of a comparison at alpha.
func comparesWell(t rapid.TB, a, b stats.Proportion, alpha float64, c stats.Comparison) {
	t.Helper()
	fail := func(what string) { t.Fatalf("%s: %v against %v at %v: %+v", what, b, a, alpha, c) }
	if !(c.P >= 0 && c.P <= 1 && c.G >= 0 && c.Threshold > 0) || math.IsInf(c.G, 1) {
		fail("P, G or Threshold")
	}
	d, l := c.DifferenceIn, c.LiftIn
	if !(-1 <= d.Lo && d.Lo <= d.Hi && d.Hi <= 1 && -1 <= l.Lo && l.Lo <= l.Hi) {
		fail("no interval")
	}
	if math.IsNaN(c.Difference) != (a.Participants == 0 || b.Participants == 0) || math.IsNaN(c.Lift) != (a.Converted == 0 || b.Participants == 0) {
		fail("NaN")
	}
	if !math.IsNaN(c.Difference) && !d.Contains(c.Difference) || !math.IsNaN(c.Lift) && !l.Contains(c.Lift) {
		fail("the estimate is not in its interval")
	}
	if decided := c.P <= alpha; decided == d.Contains(0) || decided == l.Contains(0) {
		fail("P and intervals disagree")
	}
	// They agree by themselves: only a P that is alpha in all but the last digits is helped.
	for _, end := range []stats.Number{d.Lo, d.Hi, l.Lo, l.Hi} {
		if math.Abs(float64(end)) <= math.SmallestNonzeroFloat64 && math.Abs(c.G/c.Threshold-1) > 1e-9 {
			fail("an interval was made to agree")
		}
	}
}

func alwaysValid(t rapid.TB, a, b stats.Proportion, alpha float64) stats.Comparison {
	t.Helper()
	c, e := stats.AlwaysValid(a, b, alpha)
	comparesWell(t, a, b, alpha, c)
	if c.P != e.P() || !(e.H >= 0) || math.IsNaN(e.LogE) || math.IsInf(e.H, 0) || math.IsInf(e.LogE, 0) {
		t.Fatalf("%v against %v at %v: %+v, %+v", b, a, alpha, c, e)
	}
	return c
}

// TestManyPairs tries a hundred thousand, half of them close.
func TestManyPairs(t *testing.T) {
	t.Parallel()
	const seeds, pairs = 4, 25_000
	for seed := range uint64(seeds) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, 2))
			for i := range pairs {
				a, b := rolled(dice), rolled(dice)
				if i%2 == 0 {
					b = alike(dice, a, b)
				}
				alwaysValid(t, a, b, math.Exp(math.Log(1e-6)+dice.Float64()*math.Log(0.5/1e-6)))
			}
		})
	}
}

func TestAlwaysValidComparesWell(t *testing.T) {
	check(t, 3000, func(t *rapid.T) {
		alwaysValid(t, someCounts.Draw(t, "control"), someCounts.Draw(t, "challenger"), someAlpha.Draw(t, "alpha"))
	})
}

func TestFixedComparesWell(t *testing.T) {
	check(t, 3000, func(t *rapid.T) {
		a, b, confidence := someCounts.Draw(t, "control"), someCounts.Draw(t, "challenger"), 1-someAlpha.Draw(t, "alpha")
		comparesWell(t, a, b, 1-confidence, stats.Fixed(a, b, confidence))
	})
}

// someStrata are up to 40, tiny ones and such with one side absent included.
var someStrata = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stats.Pair {
	side := rapid.OneOf(countsUpTo(3), countsUpTo(1000), someCounts, rapid.Just(stats.Proportion{}))
	return stats.Pair{Control: side.Draw(t, "control"), Challenger: side.Draw(t, "challenger")}
}), 0, 40)

// stratifiesWell checks what is promised of a comparison over strata.
func stratifiesWell(t rapid.TB, strata []stats.Pair, alpha float64) {
	t.Helper()
	c, e := stats.Stratified(strata, alpha)
	fail := func(what string) { t.Fatalf("%s: %v at %v: %+v, %+v", what, strata, alpha, c, e) }
	if !(c.P >= 0 && c.P <= 1 && c.G >= 0 && c.Threshold > 0 && e.H >= 0) || math.IsNaN(e.LogE) || math.IsInf(e.LogE, 0) {
		fail("no numbers")
	}
	if l := c.LiftIn; !(-1 <= l.Lo && l.Lo <= l.Hi) || !math.IsNaN(c.Lift) && !l.Contains(c.Lift) {
		fail("no interval about the lift")
	}
	if decided := c.P <= alpha; decided == c.LiftIn.Contains(0) || decided == c.DifferenceIn.Contains(0) {
		fail("P and the intervals disagree")
	}
	if d := c.DifferenceIn; !(-1 <= d.Lo && d.Lo <= d.Hi && d.Hi <= 1) || !math.IsNaN(c.Difference) && !d.Contains(c.Difference) {
		fail("no interval about the difference")
	}
}

func TestStratifiedComparesWell(t *testing.T) {
	check(t, 5000, func(t *rapid.T) {
		stratifiesWell(t, someStrata.Draw(t, "strata"), someAlpha.Draw(t, "alpha"))
	})
}

// near reports whether numbers are equal up to rounding; both may be infinite.
func near[T ~float64](x, y T, relative, absolute float64) bool {
	return x == y || math.Abs(float64(x-y)) <= relative*math.Abs(float64(y))+absolute
}

// mirrors checks that d is c the other way round.
func mirrors(t rapid.TB, c, d stats.Comparison) {
	t.Helper()
	const digits, last = 1e-6, 1e-15 // a rate so close to 1 that 1e9 participants do not convert once is exact to so much
	inverse := func(x, y stats.Number) bool { return near(1+min(x, y), 1/(1+max(x, y)), digits, last) }
	if !near(c.P, d.P, 1e-9, 0) || !near(c.DifferenceIn.Lo, -d.DifferenceIn.Hi, digits, last) || !near(c.DifferenceIn.Hi, -d.DifferenceIn.Lo, digits, last) {
		t.Errorf("difference: %+v, but %+v the other way round", c, d)
	}
	if !inverse(c.LiftIn.Lo, d.LiftIn.Hi) || !inverse(d.LiftIn.Lo, c.LiftIn.Hi) {
		t.Errorf("lift: %+v, but %+v the other way round", c, d)
	}
	if c.Lift > -1 && d.Lift > -1 && !inverse(stats.Number(c.Lift), stats.Number(d.Lift)) {
		t.Errorf("lift: %+v, but %+v the other way round", c, d)
	}
}

func TestSwapped(t *testing.T) {
	check(t, 2000, func(t *rapid.T) {
		a, b, alpha := someCounts.Draw(t, "control"), someCounts.Draw(t, "challenger"), someAlpha.Draw(t, "alpha")
		c, _ := stats.AlwaysValid(a, b, alpha)
		d, _ := stats.AlwaysValid(b, a, alpha)
		mirrors(t, c, d)
		mirrors(t, stats.Fixed(a, b, 1-alpha), stats.Fixed(b, a, 1-alpha))
	})
}

// TestShrinks multiplies all counts: intervals come to lie in the former ones.
func TestShrinks(t *testing.T) {
	within := func(t *rapid.T, what string, inner, outer stats.Interval) {
		t.Helper()
		slack := 1e-6*(outer.Hi-outer.Lo) + 1e-15
		if !(inner.Lo >= outer.Lo-slack && inner.Hi <= outer.Hi+slack) {
			t.Fatalf("%s: %v is not in %v", what, inner, outer)
		}
	}
	check(t, 2000, func(t *rapid.T) {
		a, b := countsUpTo(most/1000).Draw(t, "control"), countsUpTo(most/1000).Draw(t, "challenger")
		times, alpha := rapid.Int64Range(2, 1000).Draw(t, "times"), rapid.Float64Range(1e-6, 0.6).Draw(t, "alpha")
		more := func(c stats.Proportion) stats.Proportion {
			return stats.Proportion{Participants: times * c.Participants, Converted: times * c.Converted}
		}
		few, _ := stats.AlwaysValid(a, b, alpha)
		many, _ := stats.AlwaysValid(more(a), more(b), alpha)
		within(t, "difference", many.DifferenceIn, few.DifferenceIn)
		within(t, "lift", many.LiftIn, few.LiftIn)
		few, many = stats.Fixed(a, b, 1-alpha), stats.Fixed(more(a), more(b), 1-alpha)
		within(t, "difference, fixed", many.DifferenceIn, few.DifferenceIn)
		within(t, "lift, fixed", many.LiftIn, few.LiftIn)
		within(t, "rate", stats.Wilson(more(a), 1-alpha), stats.Wilson(a, 1-alpha))
	})
}

// describesWell checks the description of one rate.
func describesWell(t rapid.TB, c stats.Proportion, confidence float64) {
	t.Helper()
	w := stats.Wilson(c, confidence)
	if !(0 <= w.Lo && w.Lo <= w.Hi && w.Hi <= 1) || c.Participants > 0 && !w.Contains(c.Rate()) {
		t.Errorf("Wilson(%v, %v) = %v", c, confidence, w)
	}
	if (c.Converted == 0) != (w.Lo == 0) || (c.Converted == c.Participants) != (w.Hi == 1) {
		t.Errorf("Wilson(%v, %v) = %v", c, confidence, w)
	}
	mean, i := stats.Posterior(c, stats.Uniform, confidence)
	if !(0 < mean && mean < 1 && 0 < i.Lo && i.Lo < i.Hi && i.Hi < 1) {
		t.Errorf("Posterior(%v, %v) = %v in %v", c, confidence, mean, i)
	}
}

func TestDescribesWell(t *testing.T) {
	check(t, 200, func(t *rapid.T) {
		describesWell(t, someCounts.Draw(t, "counts"), 1-someAlpha.Draw(t, "alpha"))
	})
}

// bestIsFair checks chances and losses of alternatives.
func bestIsFair(t rapid.TB, arms []stats.Proportion) {
	t.Helper()
	chances, losses := stats.Best(arms, stats.Uniform)
	sum := 0.0
	for i, c := range chances {
		sum += c
		if !(c >= 0 && c <= 1+1e-6 && losses[i] >= 0 && losses[i] <= 1) {
			t.Errorf("%v: chances are %v, losses %v", arms, chances, losses)
		}
	}
	if !near(sum, 1, 1e-6, 0) {
		t.Errorf("%v: chances are %v, which sum to 1 and %v", arms, chances, sum-1)
	}
}

func TestBestIsFair(t *testing.T) {
	check(t, 60, func(t *rapid.T) { bestIsFair(t, rapid.SliceOfN(someCounts, 2, 10).Draw(t, "arms")) })
}

// credible checks quantiles of the lift and of the difference.
func credible(t rapid.TB, a, b stats.Proportion, probability float64) {
	t.Helper()
	lift, d := stats.CredibleLift(a, b, stats.Uniform, probability), stats.CredibleDifference(a, b, stats.Uniform, probability)
	if !(-1 <= lift.Lo && lift.Lo <= lift.Median && lift.Median <= lift.Hi) || math.IsInf(float64(lift.Hi), 0) {
		t.Errorf("%v against %v at %v: lift is %v", b, a, probability, lift)
	}
	if !(-1 <= d.Lo && d.Lo <= d.Median && d.Median <= d.Hi && d.Hi <= 1) {
		t.Errorf("%v against %v at %v: difference is %v", b, a, probability, d)
	}
}

func TestCredible(t *testing.T) {
	check(t, 20, func(t *rapid.T) {
		credible(t, someCounts.Draw(t, "control"), someCounts.Draw(t, "challenger"), rapid.Float64Range(0.5, 0.999).Draw(t, "probability"))
	})
}

var someSplits = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stats.Split {
	k := rapid.IntRange(1, 6).Draw(t, "alternatives")
	return stats.Split{
		Participants: rapid.SliceOfN(rapid.Int64Range(0, most), k, k).Draw(t, "participants"),
		Weights:      rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(1e-6, 1e6), rapid.Just(0.)), k, k).Draw(t, "weights"),
	}
}), 0, 5)

// ratioIsSound checks the check of splits.
func ratioIsSound(t rapid.TB, splits []stats.Split) {
	t.Helper()
	r := stats.CheckSampleRatio(splits, stats.Concentration)
	if math.IsNaN(r.LogBayesFactor) || math.IsInf(r.LogBayesFactor, 0) || !(r.P >= 0 && r.P <= 1) || r.Freedom < 0 ||
		!(r.ChiSquared >= 0) || math.IsInf(r.ChiSquared, 0) || !(r.ChiSquaredP >= 0 && r.ChiSquaredP <= 1) {
		t.Errorf("%v: %+v", splits, r)
	}
	if r.Freedom == 0 && (r.P != 1 || r.ChiSquaredP != 1) {
		t.Errorf("nothing to compare, but %+v", r)
	}
}

func TestSampleRatioIsSound(t *testing.T) {
	check(t, 3000, func(t *rapid.T) { ratioIsSound(t, someSplits.Draw(t, "splits")) })
}

// TestPlans checks that what is planned does what it is planned for.
func TestPlans(t *testing.T) {
	rate := rapid.Float64Range(0.001, 0.9)
	check(t, 1000, func(t *rapid.T) {
		p := stats.Design{
			Baseline: rate.Draw(t, "baseline"), Wanted: rate.Draw(t, "wanted"), Alpha: rapid.Float64Range(1e-6, 0.3).Draw(t, "alpha"),
			Power: rapid.Float64Range(0.5, 0.999).Draw(t, "power"), Ratio: rapid.Float64Range(0.01, 100).Draw(t, "ratio"),
		}
		if math.Abs(p.Wanted-p.Baseline) < 1e-6 {
			t.Skip("no difference")
		}
		n := stats.SampleSize(p)
		if got := stats.Power(p, n); !near(got, p.Power, 1e-9, 0) {
			t.Errorf("%+v: the power of %v participants is %v", p, n, got)
		}
		if got := stats.SmallestEffect(p, n); p.Wanted > p.Baseline && !near(got, p.Wanted, 1e-6, 0) {
			t.Errorf("%+v: %v participants find a rate of %v", p, n, got)
		}
		if got := stats.SampleSizeAlwaysValid(p); !(got > 0) || math.IsInf(got, 1) {
			t.Errorf("%+v: always valid takes %v participants, a single look %v", p, got, n)
		}
	})
}

// TestHolm checks that adjusted values and the levels of intervals agree.
func TestHolm(t *testing.T) {
	check(t, 5000, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64Range(0, 0.1), rapid.Just(math.NaN())), 0, 9).Draw(t, "p")
		alpha := someAlpha.Draw(t, "alpha")
		adjusted, step := stats.Holm(p, alpha)
		for i := range p {
			if !(adjusted[i] <= 1 && !(adjusted[i] < p[i]) && step[i] <= alpha && step[i] >= alpha/float64(len(p))) {
				t.Errorf("Holm(%v, %v) = %v, %v", p, alpha, adjusted, step)
			}
			if (adjusted[i] <= alpha) != (p[i] <= step[i]) {
				t.Errorf("%v: %v is adjusted to %v, but the interval is at %v", p, p[i], adjusted[i], step[i])
			}
		}
	})
}
