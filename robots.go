package sixpack

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// DefaultRobots is the regular expression by which Sixpack recognizes robots. It is
// searched in the user agent, ignoring case.
const DefaultRobots = `$^|trivial|facebook|MetaURI|butterfly|google|amazon|goldfire|sleuth|xenu|msnbot|` +
	`SiteUptime|Slurp|WordPress|ZIBB|ZyBorg|pingdom|bot|yahoo|slurp|java|fetch|spider|url|crawl|oneriot|` +
	`abby|commentreader|twiceler`

var defaultRobots = regexp.MustCompile("(?i)" + DefaultRobots) //nolint:gocritic // $^ is from Sixpack, and matches only the empty string

// robots recognizes robots by their user agents. Sixpack's expression, and most expressions
// that replace it, are alternatives of words. Searching for the words takes a fiftieth of
// the time of the expression, which would take longer than the rest of a call.
type robots struct {
	form  *regexp.Regexp
	words []string // the alternatives of form, in lower case; nil if they are not all words
	empty bool     // form matches the empty user agent
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
	if r.words == nil || !ascii(userAgent) { // other letters have other case foldings
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

// excluded returns why the visitor of a call is not counted, empty for one who is.
func (e *Engine) excluded(c *call) Reason {
	if c.hasAgent && e.robots.match(c.userAgent) {
		return ReasonRobot
	}
	contains := func(p netip.Prefix) bool { return p.Contains(c.address) }
	if c.address.IsValid() && slices.ContainsFunc(e.config.Ignored, contains) {
		return ReasonIgnored
	}
	return ""
}
