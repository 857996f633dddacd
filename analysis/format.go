package analysis

import (
	"math"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/stats"
)

// negligible is the smallest fraction that is not written as "0 %".
const negligible = 5e-5

// Percent formats a fraction as a percentage with a sign and 2 significant digits: "+40 %" or "−5 %".
func Percent[T float64 | stats.Number](x T) string {
	switch s := unsignedPercent(math.Abs(float64(x))); {
	case s == "0 %":
		return s
	case x < 0:
		return "−" + s
	default:
		return "+" + s
	}
}

func unsignedPercent(x float64) string {
	if x < negligible {
		return "0 %"
	}
	return thousands(significant(100*x)) + " %"
}

// probability formats a probability as a percentage, with more digits near 0 and 1.
func probability(p float64) string {
	const nearly, fine = 0.999, 0.99
	switch {
	case p > nearly:
		return "more than 99.9 %"
	case p > fine:
		return strconv.FormatFloat(100*p, 'f', 1, 64) + " %"
	case p > 1-nearly:
		return strconv.FormatFloat(significant(100*p), 'f', -1, 64) + " %"
	default:
		return "less than 0.1 %"
	}
}

// loss formats an expected loss with 2 significant digits.
func loss(x float64) string {
	const smallest = 0.001
	if x < smallest {
		return "less than 0.001"
	}
	return thousands(significant(x))
}

// significant rounds to 2 significant digits.
func significant(x float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 1, 64), 64) // cannot fail on formatted text
	return rounded
}

func thousands(x float64) string { return Thousands(strconv.FormatFloat(x, 'f', -1, 64)) }

// Thousands puts commas between groups of three digits before the decimal point of a number: "-12345.6" becomes "-12,345.6".
func Thousands(number string) string {
	whole, _, _ := strings.Cut(number, ".")
	decimals := number[len(whole):]
	const group = 3
	for i := len(whole) - group; i > 0 && whole[i-1] >= '0'; i -= group {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + decimals
}
