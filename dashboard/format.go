package dashboard

import (
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/stats"
)

// functions are what templates can call.
var functions = template.FuncMap{
	"asset": asset,
	"count": count[int64],
	"whole": whole,
	"day":   func(t time.Time) string { return t.Format("2 January 2006") },
}

// unknown is what stands where nothing can be said.
const unknown = "–"

// count writes a number with commas.
func count[T ~int | ~int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	const group = 3
	for i := len(s) - group; i > 0 && s[i-1] != '-'; i -= group {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// whole writes a number that need not be an integer as one.
func whole(x stats.Number) string {
	if !x.Known() {
		return unknown
	}
	return count(int64(math.Ceil(float64(x))))
}

// rate writes a fraction as a percentage, with the decimals that its interval
// leaves any sense in.
func rate(x stats.Number, in stats.Interval) string {
	if !x.Known() {
		return unknown
	}
	return precise(100*float64(x), 100*width(in)) + " %"
}

// rateIn writes an interval of fractions.
func rateIn(in stats.Interval) string {
	if !(width(in) > 0) {
		return ""
	}
	return precise(100*float64(in.Lo), 100*width(in)) + " to " + precise(100*float64(in.Hi), 100*width(in)) + " %"
}

// width returns that of an interval, NaN if it has none.
func width(in stats.Interval) float64 {
	if !in.Lo.Known() || !in.Hi.Known() {
		return math.NaN()
	}
	return float64(in.Hi - in.Lo)
}

// precise writes the number that something as wide is about.
func precise(x, wide float64) string {
	decimals := 1
	if wide > 0 {
		const most = 5
		decimals = min(max(decimals, 1-int(math.Floor(math.Log10(wide)))), most)
	}
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, rest, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return s // beyond all counts
	}
	if x < 0 && strings.Trim(s, "0.") != "" {
		return "−" + count(n) + "." + rest
	}
	return count(n) + "." + rest
}

// percentage writes which part of all some are.
func percentage(some, all int64) string {
	if all <= 0 {
		return unknown
	}
	const fine = 10
	return precise(100*float64(some)/float64(all), fine) + " %"
}

// value writes a value of a KPI.
func value(x stats.Number, in stats.Interval) string {
	if !x.Known() {
		return unknown
	}
	return precise(float64(x), valueWidth(in))
}

// valueIn writes an interval of values.
func valueIn(in stats.Interval) string {
	if !(width(in) > 0) {
		return ""
	}
	return precise(float64(in.Lo), valueWidth(in)) + " to " + precise(float64(in.Hi), valueWidth(in))
}

// cents is the width of an interval that is written with two decimals.
const cents = 0.9

// valueWidth is the width of an interval of values, or less, so that what may be
// money has cents.
func valueWidth(in stats.Interval) float64 { return min(width(in), cents) }

// total writes a sum of values.
func total(x stats.Number) string {
	if !x.Known() {
		return unknown
	}
	return precise(float64(x), cents)
}

// lift writes a fraction as a percentage with a sign.
func lift(x stats.Number) string {
	if !x.Known() {
		return unknown
	}
	const hundred, fine = 99.5, 9.95
	percent := 100 * float64(x)
	decimals := 0
	if a := math.Abs(percent); a < fine {
		decimals = 1
	} else if a >= hundred {
		return sign(percent) + count(int64(math.Round(a))) + " %"
	}
	s := strconv.FormatFloat(math.Abs(percent), 'f', decimals, 64)
	if s == "0.0" {
		return "0 %"
	}
	return sign(percent) + s + " %"
}

func sign(x float64) string {
	if x < 0 {
		return "−"
	}
	return "+"
}

// liftIn writes an interval of lifts. An end without a bound is left out.
func liftIn(i stats.Interval) string {
	switch {
	case i.Lo.Known() && i.Hi.Known():
		return lift(i.Lo) + " to " + lift(i.Hi)
	case i.Lo.Known() && i.Lo > -1:
		return "more than " + lift(i.Lo)
	case i.Hi.Known():
		return "less than " + lift(i.Hi)
	default:
		return ""
	}
}

// chance writes a probability.
func chance(p stats.Number) string {
	const nearly, fine = 0.999, 0.99
	switch x := float64(p); {
	case !p.Known():
		return unknown
	case x > nearly:
		return "> 99.9 %"
	case x < 1-nearly:
		return "< 0.1 %"
	case x > fine || x < 1-fine:
		return strconv.FormatFloat(100*x, 'f', 1, 64) + " %"
	default:
		return strconv.FormatFloat(100*x, 'f', 0, 64) + " %"
	}
}
