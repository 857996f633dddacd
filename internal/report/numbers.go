package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
)

// Percent writes a fraction as a percentage with up to four significant digits.
func Percent(x float64) string {
	const digits = 4
	return significant(100*x, digits) + "%"
}

// Ratio writes weights as 90:10, with up to six significant digits.
func Ratio(weights []float64) string {
	const digits = 6
	all := make([]string, len(weights))
	for i, x := range weights {
		all[i] = significant(x, digits)
	}
	return strings.Join(all, ":")
}

// significant writes a number with up to so many significant digits.
func significant(x float64, digits int) string {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64) // FormatFloat wrote it
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// Magnitude writes a fraction as a percentage without a sign, as [analysis.Percent] does.
func Magnitude(x float64) string { return strings.TrimPrefix(analysis.Percent(x), "+") }

// count writes a number and a noun, in the plural unless the number is 1.
func count[N int | int64](n N, noun string) string {
	return fmt.Sprintf("%d %s", n, plural(int64(n), noun))
}

func plural(n int64, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// days writes a number of days, rounded up.
func days(n float64) string {
	whole := int64(math.Ceil(n))
	return grouped(whole) + " " + plural(whole, "day")
}

// decimals writes a number with so many decimals, and commas.
func decimals(x float64, digits int) string {
	sign := ""
	if x < 0 {
		sign, x = "−", -x
	}
	return sign + analysis.Thousands(strconv.FormatFloat(x, 'f', digits, 64))
}

// grouped writes a number with commas.
func grouped(n int64) string { return analysis.Thousands(strconv.FormatInt(n, 10)) }

// brief writes a number with three significant digits, or all digits before the point.
func brief(x float64) string {
	const digits = 3
	if x <= 0 {
		return "0"
	}
	s := decimals(x, max(0, digits-1-int(math.Floor(math.Log10(x)))))
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// precision returns the number of decimals for the bounds of an interval: two
// significant digits of half its width.
func precision(i stats.Interval) int {
	half := float64(i.Hi-i.Lo) / 2
	if !(half > 0) {
		return 0
	}
	const limit = 6
	return max(0, min(limit, 1-int(math.Floor(math.Log10(half)))))
}

// pValue writes a p-value, empty if it is unknown.
func pValue(p stats.Number) string {
	const smallest = 1e-4
	switch {
	case !p.Known():
		return ""
	case p < smallest:
		return "< 0.0001"
	default:
		return strconv.FormatFloat(float64(p), 'g', 2, 64)
	}
}

// probability writes a probability as a percentage, empty if it is unknown.
func probability(p stats.Number) string {
	const nearlyOne = 0.9995
	switch {
	case !p.Known():
		return ""
	case p >= nearlyOne:
		return "> 99.9 %"
	case p < 1-nearlyOne:
		return "< 0.1 %"
	default:
		return strconv.FormatFloat(100*float64(p), 'f', 1, 64) + " %"
	}
}

// percentages writes shares as 25 : 75.
func percentages(shares []float64) string {
	texts := make([]string, len(shares))
	for i, x := range shares {
		texts[i] = strconv.FormatFloat(100*x, 'f', 0, 64)
	}
	return strings.Join(texts, " : ")
}
