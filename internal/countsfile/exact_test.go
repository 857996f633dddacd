package countsfile_test

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/stats"
)

// ofFile analyzes a CSV file in testdata.
func ofFile(t *testing.T, name string) analysis.Report {
	t.Helper()
	c, err := countsfile.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return analyze(c)
}

// TestLargeMeansKeepTheirDigits compares values of a variance near 1 around large means with the same values around 1000.
func TestLargeMeansKeepTheirDigits(t *testing.T) {
	want := ofFile(t, "large-mean-shifted.csv").Alternatives[1]
	r := ofFile(t, "large-mean.csv")
	got := r.Alternatives[1]
	if !strings.HasPrefix(r.Verdict.Detail, "Up between 4.79 and 5.21 per participant") {
		t.Errorf("it says %q", r.Verdict.Detail)
	}
	check := func(name string, b analysis.Alternative) {
		if b.P != want.P || !(b.P < 0.05) || b.Standing != want.Standing || b.Difference != want.Difference || b.DifferenceIn != want.DifferenceIn ||
			b.ChanceToBeatControl != want.ChanceToBeatControl || b.LiftIn.Contains(0) {
			t.Errorf("%s: %+v\nwant %+v", name, b, want)
		}
	}
	check("large-mean.csv", got)
	for _, mean := range []int64{1e6, 1e9, 1e12} {
		content := "alternative,participants,conversions,sum,squares\n" + around(mean, "a", 0, 500) + around(mean, "b", 2500, 13_000)
		check(fmt.Sprint("around ", mean), analyzed(t, content).Alternatives[1])
	}
}

// around returns a line with 500 values, given the sums of their deviations from a number and of the squared deviations.
func around(x int64, name string, deviations, squared int64) string {
	const n = 500
	squares := big.NewInt(x)
	squares.Mul(squares, squares).Mul(squares, big.NewInt(n))
	cross := new(big.Int).Mul(big.NewInt(2*x), big.NewInt(deviations))
	squares.Add(squares, cross).Add(squares, big.NewInt(squared))
	return fmt.Sprintf("%s,%d,%d,%d,%s\n", name, n, n, n*x+deviations, squares)
}

// TestZeroVariance decides between prices that never vary, whether or not a float64 holds them exactly.
func TestZeroVariance(t *testing.T) {
	for _, name := range []string{"zero-variance-10-20.csv", "zero-variance-19.99-29.99.csv"} {
		r := ofFile(t, name)
		b := r.Alternatives[1]
		if r.Verdict.State != stats.StateWinner || b.P != 0 || b.DifferenceIn.Contains(0) || b.LiftIn.Contains(0) || b.ChanceToBeBest != 1 {
			t.Errorf("%s: %+v; %+v", name, r.Verdict, b)
		}
	}
	if detail := ofFile(t, "zero-variance-10-20.csv").Verdict.Detail; !strings.HasPrefix(detail, "Up 100%. ") {
		t.Errorf("it says %q", detail)
	}
	const header = "alternative,participants,conversions,sum,squares\n"
	for content, state := range map[string]stats.State{
		"a,500,500,9995,199800.05\nb,500,500,9995,199800.05\n": stats.StateNoPracticalDifference,
		"a,24,24,240,2400\nb,24,24,480,9600\n":                 stats.StateKeepRunning, // too few values
		"a,25,25,250,2500\nb,25,25,500,10000\n":                stats.StateWinner,
	} {
		if r := analyzed(t, header+content); r.Verdict.State != state {
			t.Errorf("%s: %+v, %+v", content, r.Verdict, r.Alternatives[1])
		}
	}
}

// TestNegativeMeans tells the difference in units, because a lift over a negative mean has no meaning.
func TestNegativeMeans(t *testing.T) {
	r := ofFile(t, "negative-mean.csv")
	b := r.Alternatives[1]
	text := r.Verdict.Headline + " " + r.Verdict.Detail
	if b.Lift.Known() || b.LiftIn.Lo.Known() || !b.DifferenceIn.Lo.Known() || math.Abs(float64(b.Difference)+0.4995) > 1e-9 {
		t.Errorf("%+v", b)
	}
	if !strings.Contains(text, "per participant") || strings.Contains(text, "too few") {
		t.Errorf("it says %q", text)
	}
}
