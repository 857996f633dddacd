// Package format writes numbers for people: counts with commas, fractions as
// percentages, with the digits that their intervals justify.
package format

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
)

// Unknown stands for a number that is not known.
const Unknown = "–"

// Count writes a whole number with commas.
func Count[T ~int | ~int64](n T) string {
	return analysis.Thousands(strconv.FormatInt(int64(n), 10))
}

// RoundUp writes x rounded up to a whole number.
func RoundUp(x stats.Number) string {
	if !x.Known() {
		return Unknown
	}
	return Count(int64(math.Ceil(float64(x))))
}

// Many writes how many of something there are: 1 participant, 2 participants.
func Many(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Count(n) + " " + thing + "s"
}

// Rate writes a rate as a percentage, with the digits that its interval justifies.
func Rate(x stats.Number, in stats.Interval) string {
	if !x.Known() {
		return Unknown
	}
	return decimal(100*float64(x), 100*width(in)) + " %"
}

// RateInterval writes the interval of a rate, or nothing if it is not known.
func RateInterval(in stats.Interval) string {
	if !(width(in) > 0) {
		return ""
	}
	return decimal(100*float64(in.Lo), 100*width(in)) + " to " + decimal(100*float64(in.Hi), 100*width(in)) + " %"
}

// Fraction writes part/total as a percentage.
func Fraction(part, total int64) string {
	if total <= 0 {
		return Unknown
	}
	return decimal(100*float64(part)/float64(total), oneDecimal) + " %"
}

// Share writes the share of an alternative as a percentage.
func Share(share float64) string {
	const tiny = 0.0005
	if share > 0 && share < tiny {
		return "< 0.1 %"
	}
	return decimal(100*share, oneDecimal) + " %"
}

// Value writes a value of a KPI.
func Value(x stats.Number, in stats.Interval) string {
	if !x.Known() {
		return Unknown
	}
	return decimal(float64(x), valueWidth(in))
}

// ValueInterval writes the interval of a value, or nothing if it is not known.
func ValueInterval(in stats.Interval) string {
	if !(width(in) > 0) {
		return ""
	}
	return decimal(float64(in.Lo), valueWidth(in)) + " to " + decimal(float64(in.Hi), valueWidth(in))
}

// Total writes a sum of values.
func Total(x stats.Number) string {
	if !x.Known() {
		return Unknown
	}
	return decimal(float64(x), cents)
}

// Lift writes a lift as a percentage with a sign.
func Lift(x stats.Number) string {
	if !x.Known() {
		return Unknown
	}
	const hundred, ten = 99.5, 9.95 // from where on x rounds to them
	percent := 100 * float64(x)
	decimals := 0
	if a := math.Abs(percent); a < ten {
		decimals = 1
	} else if a >= hundred {
		return sign(percent) + Count(int64(math.Round(a))) + " %"
	}
	s := strconv.FormatFloat(math.Abs(percent), 'f', decimals, 64)
	if s == "0.0" {
		return "0 %"
	}
	return sign(percent) + s + " %"
}

// LiftInterval writes the interval of a lift. It omits an end without a bound.
func LiftInterval(i stats.Interval) string {
	switch {
	case i.Lo.Known() && i.Hi.Known():
		return Lift(i.Lo) + " to " + Lift(i.Hi)
	case i.Lo.Known() && i.Lo > -1:
		return "more than " + Lift(i.Lo)
	case i.Hi.Known():
		return "less than " + Lift(i.Hi)
	default:
		return ""
	}
}

// Probability writes a probability as a percentage.
func Probability(p stats.Number) string {
	const nearlySure, sure = 0.999, 0.99
	switch x := float64(p); {
	case !p.Known():
		return Unknown
	case x > nearlySure:
		return "> 99.9 %"
	case x < 1-nearlySure:
		return "< 0.1 %"
	case x > sure || x < 1-sure:
		return strconv.FormatFloat(100*x, 'f', 1, 64) + " %"
	default:
		return strconv.FormatFloat(100*x, 'f', 0, 64) + " %"
	}
}

// Short writes a number with at most four digits.
func Short(x float64) string {
	const digits = 4
	return strconv.FormatFloat(x, 'g', digits, 64)
}

// Duration writes a duration in its largest unit: minutes, hours or days.
func Duration(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return Many(int64(d/time.Minute), "minute")
	case d < 2*day:
		return Many(int64(d.Round(time.Hour)/time.Hour), "hour")
	default:
		return Many(int64(d.Round(day)/day), "day")
	}
}

// width returns hi − lo, or NaN if one of them is not known.
func width(in stats.Interval) float64 {
	if !in.Lo.Known() || !in.Hi.Known() {
		return math.NaN()
	}
	return float64(in.Hi - in.Lo)
}

// The widths of intervals whose ends have one decimal and two.
const (
	oneDecimal = 10
	cents      = 0.9
)

// valueWidth returns the width of an interval of values, or cents if that is less,
// because values may be money.
func valueWidth(in stats.Interval) float64 { return min(width(in), cents) }

// decimal writes x with the decimals that an interval of this width justifies.
func decimal(x, width float64) string {
	decimals := 1
	if width > 0 {
		const maxDecimals = 5
		decimals = min(max(decimals, 1-int(math.Floor(math.Log10(width)))), maxDecimals)
	}
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	if x < 0 && strings.Trim(s, "0.") != "" {
		return "−" + analysis.Thousands(s)
	}
	return analysis.Thousands(s)
}

func sign(x float64) string {
	if x < 0 {
		return "−"
	}
	return "+"
}
