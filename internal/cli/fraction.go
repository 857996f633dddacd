package cli

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// fraction is the value of a flag such as 5% or 0.05. A plain number of 1 or more is
// ambiguous and refused.
type fraction float64

// String implements [pflag.Value].
func (f *fraction) String() string {
	if *f == 0 {
		return ""
	}
	const hundred, digits = 100, 12 // so that 0.07 is not 7.000000000000001%
	return strconv.FormatFloat(hundred*float64(*f), 'g', digits, 64) + "%"
}

// Set implements [pflag.Value].
func (f *fraction) Set(s string) error {
	digits, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	digits = strings.TrimSpace(digits)
	if percent {
		digits += "e-2" // exactly, as a division is not
	}
	x, err := strconv.ParseFloat(digits, 64)
	switch {
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0):
		return errors.New("must be like 5% or 0.05")
	case x < 0:
		return errors.New("must not be negative")
	case x >= 1 && !percent:
		return errors.New("must be like 5% or 0.05; " + digits + " may be meant either way")
	}
	*f = fraction(x)
	return nil
}

// Type implements [pflag.Value].
func (*fraction) Type() string { return "percent" }
