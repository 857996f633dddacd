package analysis

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/stats"
)

// Words put a verdict into sentences: what to do, why, and in small print what else is worth knowing.
type Words struct {
	Headline string `json:"headline"`
	Detail   string `json:"detail"`
	Note     string `json:"note"`
}

// writer writes the words of a decision.
type writer struct {
	decision stats.Decision
	question stats.Question // that decision answers
	names    []string       // of the alternatives, the control first
	// chances to be the best and losses are those of stats.Best or BestMeans; nil leaves them out.
	chances, losses []float64
	days            float64 // since the start; NaN if unknown
	daysLeft        float64 // until an effect of question.MinEffect would show; NaN if unknown
}

func (w writer) words() Words {
	w.names = quoted(w.names)
	words := w.verdict()
	if w.decision.Arms != nil {
		words.Note = joinSentences(w.chance(), w.shortRun())
	}
	return words
}

func (w writer) verdict() Words {
	switch w.decision.State {
	case stats.StateInvalidCounts:
		return Words{Headline: "Counts are broken.", Detail: w.invalidCounts()}
	case stats.StateNoData:
		return Words{Headline: w.noVisitors()}
	case stats.StateMismatch:
		return Words{Headline: "Do not trust this test.", Detail: "The split is " + w.split() + "; " +
			"chance alone does that in fewer than 1 of 1,000 tests. " +
			"Find the cause (redirects, bots, forced variants, late tracking) and start anew."}
	case stats.StateWinner:
		return w.winner()
	case stats.StateControlBest:
		return Words{Headline: "Keep " + w.names[0] + ".", Detail: w.bestOfWorse()}
	case stats.StateNoPracticalDifference:
		return Words{Headline: "No practical difference.", Detail: joinSentences(w.equivalents(), w.worse(), "Choose by cost or taste.")}
	case stats.StateInconclusive:
		return Words{Headline: "Planned size reached, not decided.", Detail: joinSentences(w.possibleDifference(), w.worse())}
	default:
		return Words{Headline: "Keep running.", Detail: w.progress()}
	}
}

// quoted returns names in quotation marks, because "Keep off" says something else, unless all of them are capital letters,
// which are plainly names.
func quoted(names []string) []string {
	letter := func(name string) bool { return len(name) == 1 && name >= "A" && name <= "Z" }
	if !slices.ContainsFunc(names, func(name string) bool { return !letter(name) }) {
		return names
	}
	marked := make([]string, len(names))
	for i, name := range names {
		marked[i] = "“" + name + "”"
	}
	return marked
}

// joinSentences joins the sentences that are not empty.
func joinSentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}

// maxNames is the number of names that a list spells out.
const maxNames = 5

// list joins names with commas and "and", and abbreviates a long list.
func list(names []string) string {
	if more := len(names) - maxNames; more > 0 {
		names = append(slices.Clone(names[:maxNames]), fmt.Sprintf("%d more", more))
	}
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func are(names []string) string {
	if len(names) == 1 {
		return "is"
	}
	return "are"
}

func (w writer) invalidCounts() string {
	for _, s := range w.question.Strata {
		for i, c := range s.Arms {
			if c.Participants < 0 || c.Converted < 0 {
				return w.names[i] + " has a count below 0."
			}
			if !c.Valid() {
				return w.names[i] + " has more conversions than visitors."
			}
		}
	}
	return ""
}

func (w writer) noVisitors() string {
	participants := make([]int64, len(w.names))
	for _, s := range w.question.Strata {
		for i, c := range s.Arms {
			participants[i] += c.Participants
		}
	}
	var empty []string
	for i, n := range participants {
		if n == 0 {
			empty = append(empty, w.names[i])
		}
	}
	if len(empty) == len(w.names) {
		return "No visitors yet."
	}
	return "No visitors yet in " + list(empty) + "."
}

// split compares the shares that the alternatives got with the expected ones, with as many digits as it takes to see the
// difference.
func (w writer) split() string {
	got, expected := shares(w.question.Strata)
	if len(got) > maxNames {
		return w.worstShare(got, expected)
	}
	digits := 0
	if !wholePercentages(expected) {
		digits = 1
	}
	set := ratios(expected, digits)
	for digits = 0; ; digits++ {
		if is := ratios(got, digits); digits == maxDigits || is != set && is != ratios(expected, digits) {
			return is + " where " + set + " was set"
		}
	}
}

// maxDigits is the number of decimals after which split gives up.
const maxDigits = 5

func wholePercentages(shares []float64) bool {
	const tolerance = 1e-4
	return !slices.ContainsFunc(shares, func(s float64) bool { return math.Abs(100*s-math.Round(100*s)) > tolerance })
}

// shares returns the fractions of participants that the alternatives got in strata with weights, and the expected fractions.
func shares(strata []stats.Stratum) (got, expected []float64) {
	n := len(strata[0].Arms)
	got, expected = make([]float64, n), make([]float64, n)
	total := 0.0
	for _, s := range strata {
		if s.Weights == nil {
			continue
		}
		weight, here := 0.0, float64(s.Participants())
		for _, w := range s.Weights {
			weight += w
		}
		total += here
		for i := range n {
			got[i] += float64(s.Arms[i].Participants)
			expected[i] += here * s.Weights[i] / weight
		}
	}
	for i := range n {
		got[i] /= total
		expected[i] /= total
	}
	return got, expected
}

func ratios(shares []float64, digits int) string {
	all := make([]string, len(shares))
	for i, s := range shares {
		all[i] = strconv.FormatFloat(100*s, 'f', digits, 64)
	}
	return strings.Join(all, " : ")
}

// worstShare describes the alternative that is farthest from its expected share.
func (w writer) worstShare(got, expected []float64) string {
	worst := 0
	for i := range got {
		if math.Abs(got[i]-expected[i]) > math.Abs(got[worst]-expected[worst]) {
			worst = i
		}
	}
	return fmt.Sprintf("wrong: %s got %.2f %% where %.2f %% was set", w.names[worst], 100*got[worst], 100*expected[worst])
}

func (w writer) winner() Words {
	control, name := w.names[0], w.names[w.decision.Leader]
	var others []string
	for i, a := range w.decision.Arms {
		if a.Standing == stats.StandingBetter && i != w.decision.Leader {
			others = append(others, w.names[i])
		}
	}
	also := ""
	if len(others) > 0 {
		also = fmt.Sprintf("%s %s better than %s too; %s leads.", list(others), are(others), control, name)
	}
	return Words{
		Headline: name + " is better than " + control + ".",
		Detail:   joinSentences(gain(w.decision.Arms[w.decision.Leader].Comparison), "You can stop now.", also),
	}
}

// gain describes the lift of a winner.
func gain(c stats.Comparison) string {
	switch {
	case !(c.LiftIn.Lo > 0): // the difference has an interval, the lift has none
		return ""
	case math.IsNaN(c.Lift) || math.IsInf(c.Lift, 0):
		return "More than " + Percent(c.LiftIn.Lo) + "."
	case c.LiftIn.Lo < negligible:
		return Percent(c.Lift) + ", and more than 0 %."
	default:
		return Percent(c.Lift) + ", and at least " + Percent(c.LiftIn.Lo) + "."
	}
}

// bestOfWorse describes the challenger that comes closest to the control if all are worse.
func (w writer) bestOfWorse() string {
	i := w.first(stats.StandingWorse)
	c := w.decision.Arms[i].Comparison
	s := w.names[i] + " is worse"
	if len(w.names) > 2 {
		s = "All others are worse. " + w.names[i] + " comes closest"
	}
	switch {
	case math.IsNaN(c.Lift) || math.IsNaN(float64(c.LiftIn.Hi)):
		return s + "."
	case -c.LiftIn.Hi < negligible:
		return s + ": " + Percent(c.Lift) + "."
	default:
		return s + ": " + Percent(c.Lift) + ", at best " + Percent(c.LiftIn.Hi) + "."
	}
}

// first returns the alternative with the best estimate among those with the given standing.
func (w writer) first(s stats.Standing) int {
	best := -1
	for i, a := range w.decision.Arms {
		if a.Standing == s && (best < 0 || ahead(a.Comparison, w.decision.Arms[best].Comparison)) {
			best = i
		}
	}
	return best
}

func ahead(a, b stats.Comparison) bool {
	if a.Lift != b.Lift && !math.IsNaN(a.Lift) && !math.IsNaN(b.Lift) {
		return a.Lift > b.Lift
	}
	return a.Difference > b.Difference
}

// equivalents describes the first few alternatives that are as good as the control.
func (w writer) equivalents() string {
	var all []string
	for i, a := range w.decision.Arms {
		if a.Standing == stats.StandingEquivalent && len(all) < maxNames {
			in := a.Comparison.LiftIn
			all = append(all, fmt.Sprintf("%s is within ±%s of %s (%s to %s).",
				w.names[i], unsignedPercent(w.question.MinEffect), w.names[0], Percent(in.Lo), Percent(in.Hi)))
		}
	}
	return joinSentences(all...)
}

// worse names the alternatives that are worse than the control, if any.
func (w writer) worse() string {
	var names []string
	for i, a := range w.decision.Arms {
		if a.Standing == stats.StandingWorse {
			names = append(names, w.names[i])
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf("%s %s worse than %s.", list(names), are(names), w.names[0])
}

const tooFewConversions = "There are too few conversions to say anything."

// unbounded reports whether any lift is possible.
func unbounded(lift stats.Interval) bool {
	return math.IsNaN(float64(lift.Lo)) || lift.Lo <= -1 && math.IsInf(float64(lift.Hi), 1)
}

// possibleDifference describes the differences that are still possible when the planned size is reached.
func (w writer) possibleDifference() string {
	i := w.first(stats.StandingUndecided)
	in, between := w.decision.Arms[i].Comparison.LiftIn, ""
	if len(w.names) > 2 {
		between = " between " + w.names[0] + " and " + w.names[i]
	}
	switch {
	case unbounded(in):
		return tooFewConversions
	case math.IsInf(float64(in.Hi), 1):
		return "If there is a difference" + between + " it is more than " + Percent(in.Lo) + "."
	default:
		return "If there is a difference" + between + " it lies between " + Percent(in.Lo) + " and " + Percent(in.Hi) + "."
	}
}

// progress describes a test that is not decided, and how long it may take.
func (w writer) progress() string {
	if w.decision.Arms == nil {
		var n int64
		for _, s := range w.question.Strata {
			n += s.Participants()
		}
		return joinSentences(fmt.Sprintf("This test is looked at once, when %s visitors have taken part; %s have so far.",
			thousands(float64(w.question.Planned)), thousands(float64(n))), w.timeLeft())
	}
	return joinSentences(w.possibleLift(), w.worse(), w.timeLeft())
}

// possibleLift describes the lifts of the leading undecided challenger that are still possible.
func (w writer) possibleLift() string {
	i := w.first(stats.StandingUndecided)
	name, c := w.names[i], w.decision.Arms[i].Comparison
	above := "anything more than " + Percent(c.LiftIn.Lo)
	switch at := name + " is at " + Percent(c.Lift); {
	case math.IsNaN(c.Lift) && unbounded(c.LiftIn):
		return tooFewConversions
	case math.IsNaN(c.Lift):
		return w.names[0] + " has no conversions yet; for " + name + " " + above + " fits the data."
	case unbounded(c.LiftIn):
		return at + ", but it is too early to say anything."
	case math.IsInf(float64(c.LiftIn.Hi), 1):
		return at + ", but " + above + " still fits the data."
	default:
		return at + ", but anything from " + Percent(c.LiftIn.Lo) + " to " + Percent(c.LiftIn.Hi) + " still fits the data."
	}
}

// timeLeft says how many days the test still needs.
func (w writer) timeLeft() string {
	const year = 365
	see := "see " + Percent(w.question.MinEffect)
	if w.question.Fixed {
		see = "get there"
	}
	switch days := math.Ceil(w.daysLeft); {
	case math.IsNaN(days):
		return ""
	case days <= 0:
		return "A difference of " + unsignedPercent(w.question.MinEffect) + " would most likely have shown by now."
	case days == 1:
		return "At today's traffic about 1 more day to " + see + "."
	case days > year:
		return "At today's traffic it takes more than a year to " + see + "."
	default:
		return "At today's traffic about " + thousands(days) + " more days to " + see + "."
	}
}

// chance names the alternative that is most likely the best, and the expected loss if it is not.
func (w writer) chance() string {
	if w.chances == nil {
		return ""
	}
	best := 0
	for i, c := range w.chances {
		if c > w.chances[best] {
			best = i
		}
	}
	s := "Chance to be best: " + w.names[best] + " " + probability(w.chances[best]) + "."
	lost, unit := w.losses[best], " on average."
	if math.IsNaN(lost) {
		return s
	}
	if w.question.Strata[0].Values == nil {
		lost, unit = 100*lost, " points on average."
	}
	return s + " If you take " + w.names[best] + " and are wrong you lose " + loss(lost) + unit
}

func (w writer) shortRun() string {
	const week = 7
	if w.days < week {
		return "This test has run for less than one full week."
	}
	return ""
}
