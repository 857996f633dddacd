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

// check tries a property so many times, always with the same values unless the
// command line says else (-rapid.seed, -rapid.checks). Rapid has one setting for
// all properties, so that those of one package cannot run in parallel.
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

func countsUpTo(most int64) *rapid.Generator[stats.Counts] {
	return rapid.Custom(func(t *rapid.T) stats.Counts {
		n := rapid.OneOf(rapid.Int64Range(0, most), rapid.Int64Range(0, 9), rapid.Just(most)).Draw(t, "participants")
		s := rapid.Int64Range(0, n).Draw(t, "converted")
		if rapid.Bool().Draw(t, "mostly") {
			s = n - s
		}
		return stats.Counts{Participants: n, Converted: s}
	})
}

// rolled is a faster generator of the same.
func rolled(dice *rand.Rand) stats.Counts {
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
	return stats.Counts{Participants: n, Converted: s}
}

// alike returns counts whose rate is about that of c, so that a comparison with
// c is close.
func alike(dice *rand.Rand, c, size stats.Counts) stats.Counts {
	n := float64(size.Participants)
	rate := c.Rate()
	s := n*rate + (12*dice.Float64()-6)*math.Sqrt(n*rate*(1-rate))
	if !(s >= 0 && s <= n) {
		return size
	}
	return stats.Counts{Participants: size.Participants, Converted: int64(s)}
}

// comparesWell checks what is promised of a comparison at alpha.
func comparesWell(t rapid.TB, a, b stats.Counts, alpha float64, c stats.Comparison) {
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
	for _, end := range []float64{d.Lo, d.Hi, l.Lo, l.Hi} {
		if math.Abs(end) <= math.SmallestNonzeroFloat64 && math.Abs(c.G/c.Threshold-1) > 1e-9 {
			fail("an interval was made to agree")
		}
	}
}

func alwaysValid(t rapid.TB, a, b stats.Counts, alpha float64) stats.Comparison {
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
