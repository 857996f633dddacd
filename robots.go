package sixpack

import (
	"regexp"
	"slices"
	"strings"
)

// robots tells robots by their user agents. Sixpack's expression, and most that
// replace it, are words to choose from: to look for these takes a fiftieth of
// the time that the expression takes, which is more than all the rest of a call.
type robots struct {
	form  *regexp.Regexp
	words []string // what form looks for, in lower case; nil if it is more than words
	empty bool     // the empty user agent is one too
}

func newRobots(form *regexp.Regexp) robots {
	r := robots{form: form}
	text, folded := strings.CutPrefix(form.String(), "(?i)")
	if !folded {
		return r
	}
	for word := range strings.SplitSeq(text, "|") {
		switch {
		case word == "$^":
			r.empty = true
		case word == regexp.QuoteMeta(word) && ascii(word):
			r.words = append(r.words, strings.ToLower(word))
		default:
			return robots{form: form}
		}
	}
	return r
}

func (r *robots) match(userAgent string) bool {
	if r.words == nil || !ascii(userAgent) { // other letters have folds of their own
		return r.form.MatchString(userAgent)
	}
	userAgent = strings.ToLower(userAgent)
	contains := func(word string) bool { return strings.Contains(userAgent, word) }
	return r.empty && userAgent == "" || slices.ContainsFunc(r.words, contains)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
