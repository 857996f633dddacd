package stats

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Words are a verdict as people read it: what to do, why, and in small print what
// is worth knowing beside it.
type Words struct {
	Headline string `json:"headline"`
	Detail   string `json:"detail"`
	Note     string `json:"note"`
}

// Telling is what a verdict's words need beside it.
type Telling struct {
	Question Question // that the verdict answers
	Names    []string // of the alternatives, control first
	// Chances to be best and Losses are those of [Best] or [BestMeans]; nil
	// leaves them out.
	Chances, Losses []float64
	Days            float64 // since the start; NaN if unknown
	DaysLeft        float64 // until an effect of Question.MinEffect would show; NaN if unknown
}

// Words puts a verdict into words.
func (v Decision) Words(t Telling) Words {
	t.Names = inSentences(t.Names)
	w := v.tell(t)
	if v.Arms != nil {
		w.Note = t.note()
	}
	return w
}

func (v Decision) tell(t Telling) Words {
	switch v.State {
	case StateInvalidCounts:
		return Words{Headline: "Counts are broken.", Detail: t.broken()}
	case StateNoData:
		return Words{Headline: t.empty()}
	case StateMismatch:
		return Words{Headline: "Do not trust this test.", Detail: "The split is " + t.split() + "; " +
			"chance alone does that in fewer than 1 of 1,000 tests. " +
			"Find the cause (redirects, bots, forced variants, late tracking) and start anew."}
	case StateWinner:
		return v.winner(t)
	case StateControlBest:
		return Words{Headline: "Keep " + t.Names[0] + ".", Detail: v.worst(t)}
	case StateNoPracticalDifference:
		return Words{Headline: "No practical difference.", Detail: sentences(
			v.each(t, StandingEquivalent, t.within), v.all(t, StandingWorse, "worse"), "Choose by cost or taste.")}
	case StateInconclusive:
		return Words{Headline: "Planned size reached, not decided.", Detail: sentences(v.between(t), v.all(t, StandingWorse, "worse"))}
	default:
		return Words{Headline: "Keep running.", Detail: v.goOn(t)}
	}
}

// inSentences returns names as they stand in sentences: quoted, because "Keep off"
// says something else, unless all are capital letters, which are plainly names.
func inSentences(names []string) []string {
	letter := func(name string) bool { return len(name) == 1 && name >= "A" && name <= "Z" }
	if !slices.ContainsFunc(names, func(name string) bool { return !letter(name) }) {
		return names
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "“" + name + "”"
	}
	return quoted
}

// sentences puts those that are not empty one after the other.
func sentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}

func (t Telling) broken() string {
	for _, e := range t.Question.Epochs {
		for i, c := range e.Arms {
			if c.Participants < 0 || c.Converted < 0 {
				return t.Names[i] + " has a count below 0."
			}
			if !c.Valid() {
				return t.Names[i] + " has more conversions than visitors."
			}
		}
	}
	return ""
}

func (t Telling) empty() string {
	var names []string
	total := t.Question.total()
	for i, c := range total.Arms {
		if c.Participants == 0 {
			names = append(names, t.Names[i])
		}
	}
	if len(names) == len(total.Arms) {
		return "No visitors yet."
	}
	return "No visitors yet in " + list(names) + "."
}

// most is how many names are listed.
const most = 5

// list joins names.
func list(names []string) string {
	if more := len(names) - most; more > 0 {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("%d more", more))
	}
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// split says how participants came, where they were drawn, and how they should
// have.
func (t Telling) split() string {
	got, expected := t.Question.shares()
	if len(got) > most {
		return t.worstShare(got, expected)
	}
	set := ratios(expected, 0)
	if rounded(expected) {
		set = ratios(expected, 1)
	}
	for digits := 0; ; digits++ {
		if is := ratios(got, digits); digits == most || is != set && is != ratios(expected, digits) {
			return is + " where " + set + " was set"
		}
	}
}

// rounded tells whether shares are no whole percentages.
func rounded(shares []float64) bool {
	const nearly = 1e-4
	return slices.ContainsFunc(shares, func(s float64) bool { return math.Abs(100*s-math.Round(100*s)) > nearly })
}

// shares returns the fractions of participants that alternatives got, in epochs
// with weights, and those that were expected.
func (q Question) shares() (got, expected []float64) {
	n := len(q.Epochs[0].Arms)
	got, expected = make([]float64, n), make([]float64, n)
	sum := 0.0
	for _, e := range q.Epochs {
		if e.Weights == nil {
			continue
		}
		weight, here := 0.0, float64(participants(e))
		for _, w := range e.Weights {
			weight += w
		}
		sum += here
		for i := range n {
			got[i] += float64(e.Arms[i].Participants)
			expected[i] += here * e.Weights[i] / weight
		}
	}
	for i := range n {
		got[i] /= sum
		expected[i] /= sum
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

// worstShare is about the alternative that is farthest from its share.
func (t Telling) worstShare(got, expected []float64) string {
	worst := 0
	for i := range got {
		if math.Abs(got[i]-expected[i]) > math.Abs(got[worst]-expected[worst]) {
			worst = i
		}
	}
	return fmt.Sprintf("wrong: %s got %.2f %% where %.2f %% was set", t.Names[worst], 100*got[worst], 100*expected[worst])
}

func (v Decision) winner(t Telling) Words {
	name, c := t.Names[v.Leader], v.Arms[v.Leader].Comparison
	w := Words{Headline: name + " is better than " + t.Names[0] + "."}
	least := ""
	switch {
	case math.IsNaN(c.LiftIn.Lo) || c.LiftIn.Lo <= 0: // the difference has an interval, the lift has none
	case math.IsNaN(c.Lift) || math.IsInf(c.Lift, 0):
		least = "More than " + Percent(c.LiftIn.Lo) + "."
	case c.LiftIn.Lo < tiny:
		least = Percent(c.Lift) + ", and more than 0 %."
	default:
		least = Percent(c.Lift) + ", and at least " + Percent(c.LiftIn.Lo) + "."
	}
	var also []string
	for i, a := range v.Arms {
		if a.Standing == StandingBetter && i != v.Leader {
			also = append(also, t.Names[i])
		}
	}
	others := ""
	if len(also) > 0 {
		others = fmt.Sprintf("%s %s better than %s too; %s leads.", list(also), are(also), t.Names[0], name)
	}
	w.Detail = sentences(least, "You can stop now.", others)
	return w
}

func are(names []string) string {
	if len(names) == 1 {
		return "is"
	}
	return "are"
}

// worst is about the challenger that comes closest to control.
func (v Decision) worst(t Telling) string {
	i := v.foremost(StandingWorse)
	c := v.Arms[i].Comparison
	s := t.Names[i] + " is worse"
	if len(v.Arms) > 2 {
		s = "All others are worse. " + t.Names[i] + " comes closest"
	}
	switch {
	case math.IsNaN(c.Lift) || math.IsNaN(c.LiftIn.Hi):
		return s + "."
	case -c.LiftIn.Hi < tiny:
		return s + ": " + Percent(c.Lift) + "."
	default:
		return s + ": " + Percent(c.Lift) + ", at best " + Percent(c.LiftIn.Hi) + "."
	}
}

// foremost returns the alternative with that standing whose estimate is best.
func (v Decision) foremost(s Standing) int {
	best := -1
	for i, a := range v.Arms {
		if a.Standing == s && (best < 0 || ahead(a.Comparison, v.Arms[best].Comparison)) {
			best = i
		}
	}
	return best
}

func ahead(a, b Comparison) bool {
	if a.Lift != b.Lift && !math.IsNaN(a.Lift) && !math.IsNaN(b.Lift) {
		return a.Lift > b.Lift
	}
	return a.Difference > b.Difference
}

// each says something of the first few alternatives with that standing.
func (v Decision) each(t Telling, s Standing, say func(name string, c Comparison) string) string {
	var all []string
	for i, a := range v.Arms {
		if a.Standing == s && len(all) < most {
			all = append(all, say(t.Names[i], a.Comparison))
		}
	}
	return sentences(all...)
}

// all says of the alternatives with that standing what they are.
func (v Decision) all(t Telling, s Standing, what string) string {
	var names []string
	for i, a := range v.Arms {
		if a.Standing == s {
			names = append(names, t.Names[i])
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf("%s %s %s than %s.", list(names), are(names), what, t.Names[0])
}

func (t Telling) within(name string, c Comparison) string {
	return fmt.Sprintf("%s is within ±%s of %s (%s to %s).",
		name, unsigned(t.Question.MinEffect), t.Names[0], Percent(c.LiftIn.Lo), Percent(c.LiftIn.Hi))
}

// between says where the difference lies that was not found.
func (v Decision) between(t Telling) string {
	i := v.foremost(StandingUndecided)
	c, of := v.Arms[i].Comparison, ""
	if len(v.Arms) > 2 {
		of = " between " + t.Names[0] + " and " + t.Names[i]
	}
	switch {
	case math.IsNaN(c.LiftIn.Lo) || c.LiftIn.Lo <= -1 && math.IsInf(c.LiftIn.Hi, 1):
		return "There are too few conversions to say anything."
	case math.IsInf(c.LiftIn.Hi, 1):
		return "If there is a difference" + of + " it is more than " + Percent(c.LiftIn.Lo) + "."
	default:
		return "If there is a difference" + of + " it lies between " + Percent(c.LiftIn.Lo) + " and " + Percent(c.LiftIn.Hi) + "."
	}
}

// goOn says what is known so far, and how long it may take.
func (v Decision) goOn(t Telling) string {
	if v.Arms == nil {
		return sentences(fmt.Sprintf("This test is looked at once, when %s visitors have taken part; %s have so far.",
			thousands(float64(t.Question.Planned)), thousands(float64(participants(t.Question.total())))), t.left())
	}
	i := v.foremost(StandingUndecided)
	return sentences(fits(t.Names[0], t.Names[i], v.Arms[i].Comparison), v.all(t, StandingWorse, "worse"), t.left())
}

// fits says what lifts fit the data.
func fits(control, name string, c Comparison) string {
	unbounded := math.IsNaN(c.LiftIn.Lo) || c.LiftIn.Lo <= -1 && math.IsInf(c.LiftIn.Hi, 1)
	above := "anything more than " + Percent(c.LiftIn.Lo)
	switch at := name + " is at " + Percent(c.Lift); {
	case math.IsNaN(c.Lift) && unbounded:
		return "There are too few conversions to say anything."
	case math.IsNaN(c.Lift):
		return control + " has no conversions yet; for " + name + " " + above + " fits the data."
	case unbounded:
		return at + ", but it is too early to say anything."
	case math.IsInf(c.LiftIn.Hi, 1):
		return at + ", but " + above + " still fits the data."
	default:
		return at + ", but anything from " + Percent(c.LiftIn.Lo) + " to " + Percent(c.LiftIn.Hi) + " still fits the data."
	}
}

// left says how many days are left.
func (t Telling) left() string {
	const year = 365
	see := "see " + Percent(t.Question.MinEffect)
	if t.Question.Fixed {
		see = "get there"
	}
	switch days := math.Ceil(t.DaysLeft); {
	case math.IsNaN(days):
		return ""
	case days <= 0:
		return "A difference of " + unsigned(t.Question.MinEffect) + " would most likely have shown by now."
	case days == 1:
		return "At today's traffic about 1 more day to " + see + "."
	case days > year:
		return "At today's traffic it takes more than a year to " + see + "."
	default:
		return "At today's traffic about " + thousands(days) + " more days to " + see + "."
	}
}

// note tells of chances, and of a short run.
func (t Telling) note() string {
	const week = 7
	young := ""
	if t.Days < week {
		young = "This test has run for less than one full week."
	}
	return sentences(t.odds(), young)
}

func (t Telling) odds() string {
	if t.Chances == nil {
		return ""
	}
	best := 0
	for i, c := range t.Chances {
		if c > t.Chances[best] {
			best = i
		}
	}
	s := "Chance to be best: " + t.Names[best] + " " + chance(t.Chances[best]) + "."
	loss := t.Losses[best]
	if math.IsNaN(loss) {
		return s
	}
	points := " on average."
	if t.Question.Epochs[0].Values == nil {
		loss, points = 100*loss, " points on average."
	}
	return s + " If you take " + t.Names[best] + " and are wrong you lose " + small(loss) + points
}

// tiny is what is written as 0 %.
const tiny = 5e-5

// Percent writes a fraction as words do: as a percentage with a sign and 2
// significant digits, "+40 %" or "−5 %".
func Percent(x float64) string {
	switch s := unsigned(math.Abs(x)); {
	case s == "0 %":
		return s
	case x < 0:
		return "−" + s
	default:
		return "+" + s
	}
}

func unsigned(x float64) string {
	if x < tiny {
		return "0 %"
	}
	return thousands(significant(100*x)) + " %"
}

// chance writes a probability.
func chance(p float64) string {
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

// small writes a loss with 2 significant digits, or as less than what matters.
func small(x float64) string {
	const least = 0.001
	if x < least {
		return "less than 0.001"
	}
	return thousands(significant(x))
}

// significant rounds to 2 significant digits.
func significant(x float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 1, 64), 64) // of what was just written
	return rounded
}

// thousands writes a number with commas.
func thousands(x float64) string {
	whole, decimals, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	const group = 3
	for i := len(whole) - group; i > 0; i -= group {
		whole = whole[:i] + "," + whole[i:]
	}
	if decimals != "" {
		whole += "." + decimals
	}
	return whole
}
