// Package format writes numbers for people. Pages, commands and the sentences of verdicts share it, so that a number looks the
// same wherever it is shown.
package format

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/stats"
)

// Unknown stands for a number that is not known.
const Unknown = "–"

// Count writes a whole number with commas: "1,234".
func Count[T ~int | ~int64](n T) string { return thousands(strconv.FormatInt(int64(n), 10)) }

// RoundUp writes x rounded up to a whole number.
func RoundUp(x stats.Number) string {
	if !x.Known() {
		return Unknown
	}
	return Count(int64(math.Ceil(float64(x))))
}

// Many writes a number and a noun: "1 participant", "2,000 participants".
func Many[T ~int | ~int64](n T, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Count(n) + " " + thing + "s"
}

// Short writes a number with at most four significant digits, but all digits before the point.
func Short(x float64) string {
	const digits, whole = 4, 1e4
	switch {
	case x < 0:
		return "−" + Short(-x)
	case x >= whole:
		return thousands(strconv.FormatFloat(x, 'f', 0, 64))
	default:
		return thousands(significant(x, digits))
	}
}

// Percent writes a fraction that was set or assumed as a percentage with at most four significant digits: "12.5%".
func Percent(x float64) string { return Short(100*x) + "%" }

// Ratio writes weights as percentages: "75/25".
func Ratio(weights []float64) string {
	all := make([]string, len(weights))
	for i, share := range stats.Shares(weights) {
		all[i] = Short(100 * share)
	}
	return strings.Join(all, "/")
}

// Rate writes a rate as a percentage, with the digits that its interval justifies.
func Rate(x stats.Number, in stats.Interval) string {
	if !x.Known() {
		return Unknown
	}
	return decimal(100*float64(x), 100*width(in)) + "%"
}

// RateInterval writes the interval of a rate, or nothing if it is not known.
func RateInterval(in stats.Interval) string {
	if !(width(in) > 0) {
		return ""
	}
	return strings.TrimSuffix(Rate(in.Lo, in), "%") + " to " + Rate(in.Hi, in)
}

// Fraction writes part/total as a percentage.
func Fraction(part, total int64) string {
	if total <= 0 {
		return Unknown
	}
	return decimal(100*float64(part)/float64(total), oneDecimal) + "%"
}

// Share writes the share of an alternative as a percentage.
func Share(share float64) string {
	const tiny = 0.0005
	if share > 0 && share < tiny {
		return "< 0.1%"
	}
	return decimal(100*share, oneDecimal) + "%"
}

// Value writes a value of a KPI.
func Value(x stats.Number, in stats.Interval) string {
	if !x.Known() {
		return Unknown
	}
	return decimal(float64(x), valueWidth(in))
}

// Difference writes the difference of two mean values with a sign, with the digits that its interval justifies: "+0.50".
func Difference(x stats.Number, in stats.Interval) string {
	text := Value(x, in)
	if x > 0 && strings.Trim(text, "0.") != "" && x.Known() {
		return "+" + text
	}
	return text
}

// DifferenceInterval writes the interval of a difference, or nothing if it is not known.
func DifferenceInterval(in stats.Interval) string {
	if !in.Lo.Known() || !in.Hi.Known() {
		return ""
	}
	return Difference(in.Lo, in) + " to " + Difference(in.Hi, in)
}

// ValueInterval writes the interval of a value, or nothing if it is not known.
func ValueInterval(in stats.Interval) string {
	if !(width(in) > 0) {
		return ""
	}
	return Value(in.Lo, in) + " to " + Value(in.Hi, in)
}

// Total writes a sum of values.
func Total(x stats.Number) string {
	if !x.Known() {
		return Unknown
	}
	return decimal(float64(x), cents)
}

// Lift writes a lift as a percentage with a sign and two significant digits: "+40%", "−5.2%".
func Lift(x stats.Number) string {
	const negligible = 5e-5
	switch {
	case !x.Known():
		return Unknown
	case math.Abs(float64(x)) < negligible:
		return "0%"
	case x < 0:
		return "−" + Change(x)
	default:
		return "+" + Change(x)
	}
}

// Change writes a lift as [Lift] does, without its sign.
func Change(x stats.Number) string {
	const digits = 2
	return thousands(significant(math.Abs(100*float64(x)), digits)) + "%"
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
		return "> 99.9%"
	case x < 1-nearlySure:
		return "< 0.1%"
	case x > sure || x < 1-sure:
		return strconv.FormatFloat(100*x, 'f', 1, 64) + "%"
	default:
		return strconv.FormatFloat(100*x, 'f', 0, 64) + "%"
	}
}

// PValue writes a p value with two significant digits.
func PValue(p stats.Number) string {
	const smallest, digits = 1e-4, 2
	switch {
	case !p.Known():
		return Unknown
	case p < smallest:
		return "< 0.0001"
	default:
		return significant(float64(p), digits)
	}
}

// Loss writes an expected loss, in whatever unit, with two significant digits.
func Loss(x float64) string {
	const smallest, digits = 0.001, 2
	if x < smallest {
		return "less than 0.001"
	}
	return thousands(significant(x, digits))
}

// Duration writes a duration in its largest unit: minutes, hours or days.
func Duration(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return Many(d/time.Minute, "minute")
	case d < 2*day:
		return Many(d.Round(time.Hour)/time.Hour, "hour")
	default:
		return Many(d.Round(day)/day, "day")
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

// valueWidth returns the width of an interval of values, or cents unless that is less, because values may be money.
func valueWidth(in stats.Interval) float64 {
	if w := width(in); w > 0 && w < cents {
		return w
	}
	return cents
}

// decimal writes x with the decimals that an interval of this width justifies.
func decimal(x, width float64) string {
	decimals := 1
	if width > 0 {
		const maxDecimals = 5
		decimals = min(max(decimals, 1-int(math.Floor(math.Log10(width)))), maxDecimals)
	}
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	if x < 0 && strings.Trim(s, "0.") != "" {
		return "−" + thousands(s)
	}
	return thousands(s)
}

// significant writes x with at most so many significant digits, without an exponent.
func significant(x float64, digits int) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64) // cannot fail on formatted text
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// thousands puts commas between groups of three digits before the decimal point: "-12345.6" becomes "-12,345.6".
func thousands(number string) string {
	whole, _, _ := strings.Cut(number, ".")
	decimals := number[len(whole):]
	const group = 3
	for i := len(whole) - group; i > 0 && whole[i-1] >= '0'; i -= group {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + decimals
}
