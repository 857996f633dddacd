package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// fraction is a flag for a part of something, such as 5% or 0.05.
type fraction float64

// String implements [pflag.Value].
func (f *fraction) String() string {
	if *f == 0 {
		return ""
	}
	return percent(float64(*f))
}

// Set implements [pflag.Value].
func (f *fraction) Set(s string) error {
	number, isPercent := strings.CutSuffix(strings.TrimSpace(s), "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if isPercent {
		x /= 100
	}
	if err != nil || !(x > 0 && x < 1) {
		return errors.New("must be above 0 % and below 100 %, such as 5% or 0.05")
	}
	*f = fraction(x)
	return nil
}

// Type implements [pflag.Value].
func (*fraction) Type() string { return "PERCENT" }

// percent returns a fraction as people write it, with four digits.
func percent(x float64) string {
	const digits = 4
	return strconv.FormatFloat(roundTo(100*x, digits), 'f', -1, 64) + "%"
}

// roundTo returns x with so many significant digits.
func roundTo(x float64, digits int) float64 {
	text := strconv.FormatFloat(x, 'e', digits-1, 64)
	x, _ = strconv.ParseFloat(text, 64) // it was written by FormatFloat
	return x
}

// weights is a flag for the weights of alternatives, such as 50:50.
type weights []float64

// String implements [pflag.Value].
func (w *weights) String() string {
	var words []string
	for _, x := range *w {
		words = append(words, strconv.FormatFloat(roundTo(x, 6), 'f', -1, 64))
	}
	return strings.Join(words, ":")
}

// Set implements [pflag.Value].
func (w *weights) Set(s string) error {
	invalid := errors.New("must be the weights of two or more alternatives, all above 0, such as 50:50 or 34:33:33")
	var all weights
	for word := range strings.SplitSeq(s, ":") {
		x, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil || !(x > 0 && x < 1e9) {
			return invalid
		}
		all = append(all, x)
	}
	const most = 256
	if len(all) < 2 || len(all) > most {
		return invalid
	}
	*w = slices.Clone(all)
	return nil
}

// Type implements [pflag.Value].
func (*weights) Type() string { return "WEIGHTS" }
