package dashboard

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// field asks for something that an action needs.
type field struct {
	Name, Label string
	Kind        fieldKind
	Value       string
	Placeholder string // what an empty field comes to
	Hint        string
	Choices     []choice
	Problem     string // what is wrong with it
}

// fieldKind is how a field is filled in.
type fieldKind string

// The kinds.
const (
	line   fieldKind = "line"
	number fieldKind = "number"
	lines  fieldKind = "lines"
	picked fieldKind = "picked" // one of its choices
	ticked fieldKind = "ticked" // or not; its label is what one agrees to
)

// mistakes say what is wrong with what was filled in, by field; "" is all of it.
// Nothing was changed.
type mistakes map[string]string

// Error returns them all, in the order of the fields.
func (m mistakes) Error() string {
	var texts []string
	for _, field := range slices.Sorted(maps.Keys(m)) {
		texts = append(texts, m[field])
	}
	return strings.Join(texts, " ")
}

// sentence writes an error as a sentence.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }

// readNumber returns the number that a field holds, 0 if it is empty, and notes
// what is wrong with it: it must be above 0, if above says so, and at most most.
func (m mistakes) readNumber(s *subject, name string, above bool, most float64) float64 {
	text := strings.TrimSpace(strings.TrimSuffix(s.text(name), "%"))
	if text == "" {
		return 0
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsNaN(x):
		m[name] = "“" + text + "” is not a number, such as 12.5."
	case x < 0 || above && x == 0 || x > most:
		least := "0 or more"
		if above {
			least = "above 0"
		}
		m[name] = "It has to be " + least + upTo(most) + "."
	default:
		return x
	}
	return 0
}

func upTo(most float64) string {
	if most == math.MaxInt32 {
		return ""
	}
	return ", and at most " + strconv.FormatFloat(most, 'f', -1, 64)
}

// readPercent is readNumber for a percentage above 0, which it returns as a
// fraction.
func (m mistakes) readPercent(s *subject, name string, most float64) float64 {
	const hundred = 100
	return m.readNumber(s, name, true, most) / hundred
}

// percent writes a fraction as a percentage that reads back as the same.
func percent(fraction float64) string {
	const digits, hundred = 10, 100
	return strconv.FormatFloat(fraction*hundred, 'g', digits, 64)
}

// percentOrNone is percent, but nothing for 0.
func percentOrNone(fraction float64) string {
	if fraction == 0 {
		return ""
	}
	return percent(fraction)
}
