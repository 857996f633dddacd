package dashboard

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// field is a field of the form of an action.
type field struct {
	Name, Label string
	Kind        fieldKind
	Value       string
	Placeholder string // meaning of an empty field
	Hint        string
	Choices     []choice
	Problem     string // with the value; empty if it is valid
}

// fieldKind is the kind of control of a field.
type fieldKind string

// The kinds of fields.
const (
	line   fieldKind = "line"
	number fieldKind = "number"
	lines  fieldKind = "lines"
	picked fieldKind = "picked" // a select box
	ticked fieldKind = "ticked" // a checkbox
)

// formError holds the problems of a form by field. The key "" is for the whole form.
type formError map[string]string

func (m formError) Error() string { return fmt.Sprintf("invalid form: %v", map[string]string(m)) }

// readNumber returns the number in a field, or 0 if it is empty. It adds an error if the
// number is negative, above limit, or 0 while above is set.
func (m formError) readNumber(s *subject, name string, above bool, limit float64) float64 {
	text := strings.TrimSpace(strings.TrimSuffix(s.text(name), "%"))
	if text == "" {
		return 0
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(x):
		m[name] = quoted(text) + " is not a number. Enter one such as 12.5."
	case x < 0 || above && x == 0 || x > limit:
		m[name] = "Enter a number " + either(above, "above 0", "of 0 or more") +
			either(limit == math.MaxInt32, "", " and at most "+strconv.FormatFloat(limit, 'f', -1, 64)) + "."
	default:
		return x
	}
	return 0
}

// readPercent returns the percentage in a field, which must be above 0, as a fraction.
func (m formError) readPercent(s *subject, name string, limit float64) float64 {
	const hundred = 100
	return m.readNumber(s, name, true, limit) / hundred
}

// percent writes a fraction in percent, precisely enough to parse to the same fraction.
func percent(fraction float64) string {
	const digits, hundred = 10, 100
	return strconv.FormatFloat(fraction*hundred, 'g', digits, 64)
}

// percentOrEmpty writes a fraction as percent does, and 0 as an empty string.
func percentOrEmpty(fraction float64) string { return either(fraction == 0, "", percent(fraction)) }
