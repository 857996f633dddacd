package analysis

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Words are the sentences of a verdict: what to do, why, and in small print what else is worth knowing.
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
	days            float64   // since the start; NaN if unknown
	daysLeft        float64   // at most, until a lift of question.MinEffect is detected; NaN if unknown
	typicalDays     float64   // the same, typically
	final           time.Time // when the only look was made; zero if there was none
	mismatch        store.Mismatch
	since           time.Time // when the mismatch was noticed; zero if just now
}

func (w writer) words() Words {
	w.names = quoted(w.names)
	const week = 7
	words := w.verdict()
	if w.decision.Arms == nil {
		return words
	}
	words.Note = joinSentences(w.onlyLook(), w.chance())
	if w.decision.State == stats.StateWinner {
		words.Note = joinSentences(words.Note, "When a test has just been decided, its estimate tends to be too high: plan with the lower end.")
	}
	if w.days < week {
		words.Note = joinSentences(words.Note, "This test has run for less than one full week.")
	}
	return words
}

func (w writer) verdict() Words {
	switch w.decision.State {
	case stats.StateInvalidCounts:
		return Words{Headline: "Invalid counts.", Detail: w.invalidCounts()}
	case stats.StateNoData:
		return Words{Headline: w.noParticipants()}
	case stats.StateMismatch:
		return Words{Headline: "Do not trust this test.", Detail: w.split() + "; " +
			"chance alone does that in fewer than 1 of 1,000 tests. " +
			"Find the cause (redirects, bots, forced visits, late tracking) and restart the experiment."}
	case stats.StateWinner:
		return w.winner()
	case stats.StateControlBest:
		return Words{Headline: "Keep " + w.names[0] + ".", Detail: w.bestOfWorse()}
	case stats.StateNoPracticalDifference:
		return Words{Headline: "No practical difference.", Detail: joinSentences(w.equivalents(), w.worse(), "Choose by cost or preference.")}
	case stats.StateInconclusive:
		return Words{Headline: "Planned size reached without a decision.", Detail: joinSentences(w.possibleDifference(), w.worse())}
	default:
		return Words{Headline: "Keep running.", Detail: w.progress()}
	}
}

// quoted returns names in quotation marks, because "Keep off" could be misread, unless all of them are capital letters.
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
				return w.names[i] + " has a negative count."
			}
			if !c.Valid() {
				return w.names[i] + " has more conversions than participants."
			}
		}
	}
	return ""
}

func (w writer) noParticipants() string {
	var empty []string
	expected := 0
	for i, name := range w.names {
		weighted := func(s stats.Stratum) bool { return len(s.Weights) == 0 || s.Weights[i] > 0 }
		came := func(s stats.Stratum) bool { return s.Arms[i].Participants != 0 }
		if slices.ContainsFunc(w.question.Strata, weighted) || i == 0 {
			expected++
			if !slices.ContainsFunc(w.question.Strata, came) {
				empty = append(empty, name)
			}
		}
	}
	if len(empty) == expected {
		return "No participants yet."
	}
	return "No participants yet in " + list(empty) + "."
}

// onlyLook says that the verdict is final, and from when it is.
func (w writer) onlyLook() string {
	if w.final.IsZero() {
		return ""
	}
	var n int64
	for _, s := range w.question.Strata {
		n += s.Participants()
	}
	return fmt.Sprintf("This verdict is final: it was made on %s, at %s participants.", w.final.Format(dateForm), format.Count(n))
}

// dateForm is the form of dates in sentences.
const dateForm = "2 January 2006"

// split says how the shares of participants differ from the expected shares, or did when that was noticed.
func (w writer) split() string {
	if w.since.IsZero() {
		return "The split is " + w.difference(shares(w.question.Strata))
	}
	return "On " + w.since.Format(dateForm) + ", the split was " + w.difference(w.mismatch.Shares, w.mismatch.Expected)
}

// difference compares shares with the expected ones, with as many digits as show the difference.
func (w writer) difference(got, expected []float64) string {
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
	for _, s := range strata {
		if s.Weights == nil {
			continue
		}
		for i, share := range stats.Shares(s.Weights) {
			got[i] += float64(s.Arms[i].Participants)
			expected[i] += float64(s.Participants()) * share
		}
	}
	return stats.Shares(got), stats.Shares(expected)
}

func ratios(shares []float64, digits int) string {
	all := make([]string, len(shares))
	for i, s := range shares {
		all[i] = strconv.FormatFloat(100*s, 'f', digits, 64)
	}
	return strings.Join(all, "/")
}

// worstShare describes the alternative that is farthest from its expected share.
func (w writer) worstShare(got, expected []float64) string {
	worst := 0
	for i := range got {
		if math.Abs(got[i]-expected[i]) > math.Abs(got[worst]-expected[worst]) {
			worst = i
		}
	}
	return fmt.Sprintf("wrong: %s got %.2f%% where %.2f%% was set", w.names[worst], 100*got[worst], 100*expected[worst])
}

func (w writer) winner() Words {
	control, name := w.names[0], w.names[w.decision.Leader]
	others := slices.DeleteFunc(w.named(stats.StandingBetter), func(other string) bool { return other == name })
	also := ""
	if len(others) > 0 {
		also = fmt.Sprintf("%s %s better than %s too; %s leads.", list(others), are(others), control, name)
	}
	return Words{
		Headline: name + " is better than " + control + ".",
		Detail:   joinSentences(w.gain(w.decision.Arms[w.decision.Leader].Comparison), "You can end the test.", also),
	}
}

// gain describes the effect of a winner: its interval first, because the estimate flatters.
func (w writer) gain(c stats.Comparison) string {
	e := w.effect(c)
	switch {
	case !(e.in.Lo > 0): // rounded
		return ""
	case !e.in.Hi.Known() || !e.estimate.Known():
		return "Up more than " + e.size(e.in.Lo) + e.unit + "."
	default:
		return "Up " + e.between(e.in.Lo, e.in.Hi) + "."
	}
}

// effect is a difference from the control in words: a lift, or units per participant if there is no lift because the control's
// mean is not clearly above 0, or if the mean is so large that lifts are rounded to nothing.
type effect struct {
	estimate stats.Number
	in       stats.Interval
	unit     string                                         // what follows numbers, such as " per participant"
	format   func(x stats.Number, in stats.Interval) string // with a sign
}

// between describes an effect whose direction is known, from its smaller end to its larger one, and the estimate.
func (e effect) between(least, most stats.Number) string {
	ends := "between " + e.size(least) + " and " + e.size(most)
	switch {
	case e.size(least) == e.size(most): // no values differ
		return e.size(most) + e.unit
	case e.isNone(least):
		ends = "by at most " + e.size(most)
	}
	return ends + e.unit + "; the estimate is " + e.size(e.estimate)
}

func (w writer) effect(c stats.Comparison) effect {
	return effectOf(w.question.Strata[0].Values != nil, stats.Number(c.Lift), c.LiftIn, stats.Number(c.Difference), c.DifferenceIn)
}

// none is a lift that is rounded to nothing.
const none = "0%"

func effectOf(values bool, lift stats.Number, liftIn stats.Interval, difference stats.Number, differenceIn stats.Interval) effect {
	negligible := format.Lift(liftIn.Lo) == none && format.Lift(liftIn.Hi) == none
	if values && differenceIn.Lo.Known() && (!liftIn.Lo.Known() || negligible && difference != 0) {
		return effect{difference, differenceIn, " per participant", format.Difference}
	}
	return effect{lift, liftIn, "", func(x stats.Number, _ stats.Interval) string { return format.Lift(x) }}
}

// Effect writes the difference of an alternative from the control, and its interval, which is empty if it is unknown: as a lift,
// or in units per participant if there is no lift, or if lifts are rounded to nothing.
func (r Report) Effect(a Alternative) (estimate, interval string) {
	e := effectOf(r.Measure == MeasureMean, a.Lift, a.LiftIn, a.Difference, a.DifferenceIn)
	if e.unit == "" {
		return format.Lift(a.Lift), format.LiftInterval(a.LiftIn)
	}
	return e.with(e.estimate), format.DifferenceInterval(e.in) + e.unit
}

// with writes a number with its sign.
func (e effect) with(x stats.Number) string { return e.format(x, e.in) }

// size writes a number without its sign.
func (e effect) size(x stats.Number) string { return strings.TrimLeft(e.with(x), "+−") }

// isNone reports whether a number is rounded to nothing.
func (e effect) isNone(x stats.Number) bool { return e.with(x) == e.with(0) }

// possible describes the effects in the interval, to follow "is" or "be". It is empty if any effect is possible.
func (e effect) possible(between, from string) string {
	switch {
	case math.IsNaN(float64(e.in.Lo)) || e.in.Lo <= -1 && math.IsInf(float64(e.in.Hi), 1):
		return ""
	case math.IsInf(float64(e.in.Hi), 1):
		return "more than " + e.with(e.in.Lo)
	default:
		return fmt.Sprintf("%s %s %s %s%s", between, e.with(e.in.Lo), from, e.with(e.in.Hi), e.unit)
	}
}

// bestOfWorse describes the challenger that comes closest to the control if all are worse.
func (w writer) bestOfWorse() string {
	i := w.first(stats.StandingWorse)
	e := w.effect(w.decision.Arms[i].Comparison)
	s := w.names[i] + " is worse"
	if len(w.names) > 2 {
		s = "All others are worse. " + w.names[i] + " comes closest"
	}
	if !e.estimate.Known() || !e.in.Hi.Known() {
		return s + "."
	}
	return s + ": down " + e.between(e.in.Hi, e.in.Lo) + "."
}

// first returns the alternative with the best estimate among those with the given standing.
func (w writer) first(s stats.Standing) int {
	best := -1
	for i, a := range w.decision.Arms {
		if a.Standing == s && (best < 0 || a.Comparison.Ahead(w.decision.Arms[best].Comparison)) {
			best = i
		}
	}
	return best
}

// equivalents describes the first few alternatives that are as good as the control.
func (w writer) equivalents() string {
	var all []string
	for i, a := range w.decision.Arms {
		if a.Standing == stats.StandingEquivalent && len(all) < maxNames {
			in := a.Comparison.LiftIn
			all = append(all, fmt.Sprintf("%s is within ±%s of %s (%s to %s).",
				w.names[i], format.Percent(w.question.MinEffect), w.names[0], format.Lift(in.Lo), format.Lift(in.Hi)))
		}
	}
	return joinSentences(all...)
}

// worse names the alternatives that are worse than the control, if any.
func (w writer) worse() string {
	names := w.named(stats.StandingWorse)
	if names == nil {
		return ""
	}
	return fmt.Sprintf("%s %s worse than %s.", list(names), are(names), w.names[0])
}

// named returns the names of the alternatives with the given standing.
func (w writer) named(standing stats.Standing) (names []string) {
	for i, a := range w.decision.Arms {
		if a.Standing == standing {
			names = append(names, w.names[i])
		}
	}
	return names
}

const tooFewConversions = "There are too few conversions to draw a conclusion."

// possibleDifference describes the differences that are still possible when the planned size is reached.
func (w writer) possibleDifference() string {
	i, which := w.first(stats.StandingUndecided), ""
	if len(w.names) > 2 {
		which = " between " + w.names[0] + " and " + w.names[i]
	}
	in := w.effect(w.decision.Arms[i].Comparison).possible("between", "and")
	if in == "" {
		return tooFewConversions
	}
	return "If there is a difference" + which + ", it is " + in + "."
}

// progress describes a test that is not decided, and how long it may take.
func (w writer) progress() string {
	if w.decision.Arms == nil {
		var n int64
		for _, s := range w.question.Strata {
			n += s.Participants()
		}
		return joinSentences(fmt.Sprintf("This test is evaluated once, at %s participants; %s so far.",
			format.Count(w.question.Planned), format.Count(n)), w.timeLeft())
	}
	return joinSentences(w.possibleLift(), w.worse(), w.timeLeft())
}

// possibleLift describes the lifts of the leading undecided challenger that are still possible.
func (w writer) possibleLift() string {
	i := w.first(stats.StandingUndecided)
	name, e := w.names[i], w.effect(w.decision.Arms[i].Comparison)
	in := e.possible("anywhere from", "to")
	switch {
	case !e.estimate.Known() && in == "":
		return tooFewConversions
	case !e.estimate.Known():
		return w.names[0] + " has no conversions yet; the true effect of " + name + " could be " + in + "."
	case in == "":
		return name + " is at " + e.with(e.estimate) + ", but there are too few conversions to draw a conclusion."
	default:
		return "The true effect of " + name + " could be " + in + "; the estimate is " + e.with(e.estimate) + "."
	}
}

// timeLeft says how many days the test still needs.
func (w writer) timeLeft() string {
	lift := withArticle(format.Percent(w.question.MinEffect) + " lift")
	reach, reaching := "detect "+lift, "Detecting "+lift
	if w.question.Fixed {
		reach, reaching = "reach that number", "Reaching that number"
	}
	switch {
	case math.IsNaN(w.daysLeft):
		return ""
	case w.daysLeft <= 0:
		return "A lift of " + format.Percent(w.question.MinEffect) + " would most likely have been detected by now."
	}
	span := span(w.typicalDays, w.daysLeft, "more day", w.question.Fixed)
	if span == "" {
		return reaching + " would take more than a year at the current traffic."
	}
	if strings.Contains(span, ",") {
		span += ","
	}
	return strings.ToUpper(span[:1]) + span[1:] + " to " + reach + " at the current traffic."
}

// span writes how many days a test takes: typically and at most, or, if it is evaluated once, about how many. It leaves out the
// typical number if that is unknown, over or the same, and is empty if all are more than a year.
func span(typical, most float64, unit string, once bool) string {
	const year = 365
	typical, most = math.Ceil(typical), math.Ceil(most)
	long := most > year
	switch between := typical > 0 && typical <= year && typical < most; {
	case once && !long:
		return "about " + format.Many(int64(most), unit)
	case between && !once && long:
		return "typically about " + format.Many(int64(typical), unit) + ", possibly more than a year"
	case between && !once:
		return "typically about " + format.Many(int64(typical), unit) + ", at most " + format.Count(int64(most))
	case !long:
		return "at most " + format.Many(int64(most), unit)
	default:
		return ""
	}
}

// withArticle puts "a" or "an" before a percentage.
func withArticle(percentage string) string {
	if strings.HasPrefix(percentage, "8") || strings.HasPrefix(percentage, "11%") || strings.HasPrefix(percentage, "18%") {
		return "an " + percentage
	}
	return "a " + percentage
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
	name, p := w.names[best], w.chances[best]
	text := "Probability of being best: " + name + ", " + strings.Replace(format.Probability(stats.Number(p)), ">", "over", 1) + "."
	if lost := w.losses[best]; !math.IsNaN(lost) {
		unit := "per participant"
		if w.question.Strata[0].Values == nil {
			lost, unit = 100*lost, "percentage points"
		}
		text += fmt.Sprintf(" Expected loss if you choose %s: %s %s.", name, format.Loss(lost), unit)
	}
	const high = 0.95
	if w.decision.State == stats.StateKeepRunning && p >= high {
		text += " The probability describes today's data; it is not corrected for repeated looks."
	}
	return text
}
