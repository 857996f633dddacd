package dashboard

import (
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
)

// functions are what templates can call.
var functions = template.FuncMap{
	"asset": asset,
	"count": count[int64],
	"whole": func(x sixpack.Number) string { return whole(x) },
	"rate":  rate,
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
func whole(x sixpack.Number) string {
	if !x.Known() {
		return unknown
	}
	return count(int64(math.Ceil(float64(x))))
}

// rate writes a fraction as a percentage, with three digits or four.
func rate(x sixpack.Number) string {
	if !x.Known() {
		return unknown
	}
	return digits(100*float64(x)) + " %"
}

// rateIn writes an interval of fractions.
func rateIn(i sixpack.Interval) string {
	if !i.Lo.Known() || !i.Hi.Known() {
		return ""
	}
	return digits(100*float64(i.Lo)) + " to " + digits(100*float64(i.Hi)) + " %"
}

// digits writes a number as short as is exact enough for a table.
func digits(x float64) string {
	const big, middle, small = 9.995, 0.9995, 0.001
	switch a := math.Abs(x); {
	case a >= 1000:
		return count(int64(math.Round(x)))
	case a >= big:
		return strconv.FormatFloat(x, 'f', 1, 64)
	case a >= middle || a < small:
		return strconv.FormatFloat(x, 'f', 2, 64)
	default:
		return strconv.FormatFloat(x, 'f', 3, 64)
	}
}

// value writes a value of a KPI.
func value(x sixpack.Number) string {
	if !x.Known() {
		return unknown
	}
	return strings.Replace(digits(float64(x)), "-", "−", 1)
}

// valueIn writes an interval of values.
func valueIn(i sixpack.Interval) string {
	if !i.Lo.Known() || !i.Hi.Known() {
		return ""
	}
	return value(i.Lo) + " to " + value(i.Hi)
}

// lift writes a fraction as a percentage with a sign.
func lift(x sixpack.Number) string {
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
func liftIn(i sixpack.Interval) string {
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
func chance(p sixpack.Number) string {
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
