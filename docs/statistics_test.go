package docs_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// claims are parts of a text that are made of computed numbers.
type claims struct {
	t   *testing.T
	all []string
}

func (c *claims) addf(format string, arguments ...any) {
	c.all = append(c.all, fmt.Sprintf(format, arguments...))
}

// TestStatistics computes what statistics.md says. No number may stand in it that
// is neither computed, in words that stand there once, nor known from elsewhere.
func TestStatistics(t *testing.T) {
	check(t, read(t, "statistics.md"), computed(t,
		numbers, verdicts, mistakes, looking, planning, values, several, changed,
		evidence, intervals, chances, ratios, holm, mantelHaenszel, means, sizes,
	), known)
}

// check reports what is wrong with a text.
func check(t *testing.T, text string, computed []string, known map[string][]string) {
	t.Helper()
	for _, fault := range faults(text, computed, known) {
		t.Error(fault)
	}
	// And so that this test sees what it should, some numbers are changed.
	const every = 20
	for i, at := range number.FindAllStringIndex(text, -1) {
		if i%every != 0 {
			continue
		}
		last := at[1] - 1
		changed := text[:last] + string('0'+(text[last]-'0'+1)%10) + text[at[1]:]
		if faults(changed, computed, known) == nil {
			t.Errorf("nobody would see a change of the number %s", about(text, at))
		}
	}
}

// computed returns what parts of a text say.
func computed(t *testing.T, parts ...func(*claims)) []string {
	t.Helper()
	c := &claims{t: t}
	for _, part := range parts {
		part(c)
	}
	return c.all
}

// faults returns what is wrong with a text.
func faults(text string, computed []string, known map[string][]string) (all []string) {
	d := document{text, make([]bool, len(text))}
	for _, claim := range computed {
		if n := d.holds(claim); n != 1 {
			all = append(all, fmt.Sprintf("this is said %d times, and should be once:\n%s", n, claim))
		}
	}
	for origin, texts := range known {
		for _, text := range texts {
			if d.holds(text) == 0 {
				all = append(all, fmt.Sprintf("this is known (%s) and nowhere said:\n%s", origin, text))
			}
		}
	}
	for _, at := range number.FindAllStringIndex(text, -1) {
		if !d.true[at[0]] || !d.true[at[1]-1] {
			all = append(all, "where is this number from?\n"+about(text, at))
		}
	}
	return all
}

// known are the figures that are not computed here, by their origin.
var known = map[string][]string{
	"the shop": {
		"About 8,000 visitors come in a week", "20 %, or more", "with its 8,000 visitors in a week", "planned for 20 %",
		"If blue really is 20 % better", "| 7 days |", "| 14 days |", "| 21 days |", "After 7 days", "after 7 days", "after 7 ", "after 14 days", "After 14 days",
		"After 21 days", "after 21 days", "After 33 days", "After 60 days", "after 14.", "The ±20 % is the smallest effect",
		"`engine.SetPlan(ctx, \"button\", store.Plan{Effect: 0.2})`", "`sixpack plan button --set --effect 20%`", "cannot test for 5 %", "a rate of 5 % and two alternatives",
	},
	"simulated, a look after every visitor: sixpack aa measures them": {
		"In 74 % of such tests", "40,000 visitors, a rate of 5 %", "wrong in 2.6 % of these tests", "after every single visitor: 2.6 %",
		"Who looks 20 times", "gets 25 % false alarms", "gets 52 %: it is a coin toss",
		"| usual test | 20 | 25 % |", "| usual test | after every visitor | 52 % |", "| after every visitor | 74 % |", "| after every visitor | 2.6 % |",
		"after 1.17 times the visitors", "In 44 % of the cases", "at a power of \"80 %\" the effect was found in 86–90 %",
		"1,000 to 10,000 simulated tests", "usual test, 20 looks", "in 1.7 to 4.1 % of the tests", "in 41 to 65 %",
		"| 5 %, 50 : 50, 40,000 | 52.5 % | 24.8 % | 73.9 % | 2.6 % |",
		"| 5 %, 90 : 10, 40,000 | 48.6 % | 24.6 % | 69.1 % | 2.0 % |",
		"| 5 %, 98 : 2, 40,000 | 43.8 % | 23.6 % | 58.8 % | 1.3 % |",
		"| 0.5 %, 90 : 10, 100,000 | 39.0 % | 24.2 % | 54.6 % | 1.1 % |",
		"| 50 %, 50 : 50, 10,000 | 58.4 % | 25.5 % | 81.1 % | 2.7 % |",
		"| 5 %, the rate drifts by ±80 % | 54.1 % | 24.6 % | 76.1 % | 2.5 % |",
		"| 5 %, conversions come late | 53.6 % | 28.1 % | 74.4 % | 2.8 % |",
		"| 5 %, 50 : 50, 1,000,000 | 68.3 % | 24.5 % | 87.7 % | 4.1 % |",
		"sixpack aa --rate 5% --visitors 40000 --split 50:50 --runs 1000 --seed 1",
	},
	"printed by the command that stands above them": {
		"59.8 % for the usual test and 80.6 % for the chance to be best", "wrong in 2.7 % of these tests",
	},
	"what a false alarm, an interval and a level are by default, or by definition": {
		"I cry wolf in 5 % of the cases", "is at most 5 %, at whatever moment", "stays at 5 %", "when p is 0.05 or less", "a number between 0 and 1",
		"leaves out 0", "In at least 95 of 100 tests", "leaves 0 outside", "below 0.", "take in 0 again", "counts with 0", "It is 0 at the observed lift", "is at most 0.05", "p is 0.05", "a false alarm of 5 % allowed",
		"at a chance to be best above 95 %", "best of more than 95 %", "the chance to be best is 95 %", "to-be-best-is-95-", "chance to be best is above 95 %",
		"when p is below 0.001", "0.1 is 10 %", "from each 100 visitors", "E exceeds 20 at any time, ever, in at most 1 of 20 tests",
		"with C = 1000", "has 25 participants with a value", "where 1.96 would do", "z = 1.96:", "lift with a probability of 95 %",
		"z is 1.96 for a false alarm in 5 % and 0.84 for a power of 80 %", "to find 6 % where the control has 5 %",
	},
	"the labels of Sixpack": {
		"\"No Change\", \"No Confidence\", \"95% Confidence\", \"99% Confidence\", \"99.9% Confidence\"",
	},
	"formulas": {
		"G = 2·(D(", "(1-p̂)", "((1-s/n) / (1-p̂))", "h = 2·p̂·(1-p̂)", "x = h/1, h/30, h/1000", "E = 1/3 · Σ (1+x)^(-1/2) · exp(G/2 · x/(1+x))", "p = min(1, 1/E)",
		"centre = (s/n + z²/2n) / (1 + z²/n),  half = z·√(s/n·(1-s/n)/n + z²/4n²) / (1 + z²/n)", "s + 1 and n - s + 1", "Π F_j", "(1 - Π F_j)",
		"h = 2·(", "V = Σ n·m·s/N·(1-s/N) / (N-1)", "h = Σ 2·s/N·(1-s/N)·n·m/N", "p = erfc(√(G/2))",
	},
	"papers": {
		"(Wilks 1938.)", "Robbins (1970)", "arXiv 2103.06476", "Wilson's (1927)", "arXiv 2011.03567", "Holm's method (1979)", "Mantel and Haenszel (1959)", "Fieller's (1954)", "Welch (1947)",
		"hypotheses, 1938.", "logarithm, 1970.", "inference, 1927.", "procedure, 1979.", "disease, 1959.", "involved, 1947.", "estimation, 1954.",
	},
}

// TestFields has those of the JSON by their names.
func TestFields(t *testing.T) {
	content, err := os.ReadFile("statistics.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(content), "\n| here | in JSON |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	result, err := json.Marshal(week(3))
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(table, -1)
	if len(names) == 0 {
		t.Fatal("there is no table: this test sees nothing")
	}
	for _, name := range names {
		if !strings.Contains(string(result), `"`+name[1]+`":`) {
			t.Errorf("there is no %q in %s", name[1], result)
		}
	}
}

func week(n int) sixpack.Results {
	switch n {
	case 1:
		return analyze(7, plan, halves(red7, blue7))
	case 2:
		return analyze(14, plan, halves(red14, blue14))
	default:
		return analyze(21, plan, halves(red, blue))
	}
}

// both returns the counts of an experiment as a row of a table.
func both(a, b stats.Proportion) string {
	return strings.Join([]string{count(a.Participants), count(a.Converted), count(b.Participants), count(b.Converted)}, " | ")
}

func numbers(c *claims) {
	r := week(3)
	a, b := r.Alternatives[0], r.Alternatives[1]
	for i, arms := range [][2]stats.Proportion{{red7, blue7}, {red14, blue14}, {red, blue}} {
		b := week(i + 1).Alternatives[1]
		c.addf("| %d days | %s |", 7*(i+1), both(arms[0], arms[1]))
		c.addf("| %d days | %s | %s |", 7*(i+1), lift(b.Lift), fromTo(b.LiftIn))
	}
	c.addf("red has %s, that is %s, and blue has %s, that is %s.", of(red), rate(a.Rate), of(blue), rate(b.Rate))
	c.addf("an interval: %s for red, %s for blue", rates(a.RateIn), rates(b.RateIn))
	c.addf("Blue's %s are %.0f %% more than red's %s, so the lift is %s.", rate(b.Rate), 100*b.Lift, rate(a.Rate), lift(b.Lift))
	c.addf("it goes from %s to %s", lift(b.LiftIn.Lo), lift(b.LiftIn.Hi))
	c.addf("Promise your boss %s, hope for %s", lift(b.LiftIn.Lo), lift(b.Lift))

	first := week(1).Alternatives
	c.addf("After 7 days blue's chance to be best was %.0f %%.", 100*first[1].ChanceToBeBest)
	c.addf("it was %s points for blue and %s points for red", digits(100*float64(first[1].ExpectedLoss)), digits(100*float64(first[0].ExpectedLoss)))
	c.addf("%s points are %[1]s more purchases", digits(100*float64(first[0].ExpectedLoss)))
	c.addf("After 21 days %s and %s came", count(a.Participants), count(b.Participants))
	c.addf("After 7 days p was %s, after 14 days %s, after 21 days %s.", digits(float64(first[1].P)), digits(float64(week(2).Alternatives[1].P)), digits(float64(b.P)))
	c.addf("they read %q after 7 days and %q after 14.", first[1].Legacy.Level, week(2).Alternatives[1].Legacy.Level)
}

func verdicts(c *claims) {
	say := func(v stats.State, before string, r sixpack.Results) {
		if r.Verdict.State != v {
			c.t.Errorf("%s: this is an example of %s, not of %s", before, r.Verdict.State, v)
		}
		c.addf("%s: %s", before, quoted(r.Verdict))
	}
	pair := func(a, b stats.Proportion) string { return "red " + of(a) + " and blue " + of(b) }
	lateRed, lateBlue := stats.Proportion{Participants: 18540, Converted: 927}, stats.Proportion{Participants: 18460, Converted: 1010}
	worse := stats.Proportion{Participants: 11940, Converted: 460}
	sameRed, sameBlue := stats.Proportion{Participants: 34020, Converted: 1701}, stats.Proportion{Participants: 33980, Converted: 1713}
	lostRed, lostBlue := stats.Proportion{Participants: 12400, Converted: 620}, stats.Proportion{Participants: 11600, Converted: 719}
	few, broken := stats.Proportion{Participants: 12, Converted: 1}, stats.Proportion{Participants: 10, Converted: 11}
	sized := plan
	sized.Size = 37000

	late := analyze(33, plan, halves(lateRed, lateBlue))
	say(stats.StateKeepRunning, "After 7 days, "+pair(red7, blue7), week(1))
	say(stats.StateKeepRunning, "After 33 days, "+pair(lateRed, lateBlue), late)
	c.addf("whether the %s that blue seems to have", strings.TrimPrefix(lift(late.Alternatives[1].Lift), "+"))
	say(stats.StateWinner, "After 21 days, "+pair(red, blue), week(3))
	say(stats.StateControlBest, "After 21 days, "+pair(red, worse), analyze(21, plan, halves(red, worse)))
	say(stats.StateNoPracticalDifference, "After 60 days, "+pair(sameRed, sameBlue), analyze(60, plan, halves(sameRed, sameBlue)))
	say(stats.StateInconclusive, "After 33 days, "+pair(lateRed, lateBlue)+", where "+count(sized.Size)+" participants were planned", analyze(33, sized, halves(lateRed, lateBlue)))
	say(stats.StateMismatch, "After 21 days, "+pair(lostRed, lostBlue), analyze(21, plan, halves(lostRed, lostBlue)))
	say(stats.StateNoData, "On the first day, red "+of(few)+" and nobody for blue", analyze(1, plan, halves(few, stats.Proportion{})))
	say(stats.StateInvalidCounts, "Red "+of(few)+" and blue "+of(broken)+", which only an import or a program of your own can bring about", analyze(1, plan, halves(few, broken)))

	_, young, _ := strings.Cut(analyze(3, plan, halves(red7, blue7)).Verdict.Note, "average. ")
	c.addf("It may also say: %s", young)
}

func mistakes(c *claims) {
	r := week(2)
	a, b := r.Alternatives[0], r.Alternatives[1]
	if a.RateIn.Hi >= b.RateIn.Lo || b.Standing != stats.StandingUndecided {
		c.t.Errorf("%v and %v are no intervals that do not touch, of a test that is %s", a.RateIn, b.RateIn, b.Standing)
	}
	c.addf("red's rate lies between %s and %s, blue's between %s and %s.", rate(a.RateIn.Lo), rate(a.RateIn.Hi), rate(b.RateIn.Lo), rate(b.RateIn.Hi))
	c.addf("the lift goes from %s to %s. After 7 days it was", lift(b.LiftIn.Lo), lift(b.LiftIn.Hi))

	one, other, once := stats.Wilson(red7, 0.95), stats.Wilson(blue7, 0.95), stats.Fixed(red7, blue7, 0.95)
	if one.Hi < other.Lo || once.LiftIn.Lo <= 0 {
		c.t.Errorf("%v and %v do not overlap, or the lift is not above 0 at one look but in %v", one, other, once.LiftIn)
	}
	c.addf("%s to %s and %s to %s overlap, and yet", rate(one.Lo), rate(one.Hi), rate(other.Lo), rate(other.Hi))
	c.addf("If %d of 100 visitors are lost on one side, and those were the impatient ones who never buy, that side's rate goes up by about %.0f %%", 5, 100*(1/0.95-1))
}

func looking(c *claims) {
	const z = 1.959964
	_, e := stats.AlwaysValid(red, blue, 0.05)
	root := math.Sqrt(stats.Threshold(e.H, 0.05))
	c.addf("about %.1f times as wide as that of a usual test", root/z)
	c.addf("a difference must be %.1f standard errors large", root)
}

func planning(c *claims) {
	d := analyze(1, store.Plan{}, halves(stats.Proportion{}, stats.Proportion{})).Plan
	c.addf("up or down | %.0f %% |", 100*d.Effect)
	c.addf("if it is there | %.0f %% |", 100*d.Power)
	c.addf("if there is no difference | %.0f %% |", 100*d.Alpha)
	c.addf("look once | `%s` |", d.Analysis)
	c.addf("`%s`: look at any time; `%s`: look once", store.AnalysisAlwaysValid, store.AnalysisFixed)

	for _, effect := range []float64{0.05, 0.1, 0.2, 0.5} {
		r := analyze(1, store.Plan{Effect: effect, Baseline: 0.05}, halves(stats.Proportion{}, stats.Proportion{}))
		p := stats.Design{Baseline: 0.05, Wanted: 0.05 * (1 + effect), Alpha: d.Alpha, Power: d.Power, Ratio: 1}
		once, anyTime := 2*math.Ceil(stats.SampleSize(p)), 2*math.Ceil(stats.SampleSizeAlwaysValid(p))
		if shown := float64(r.Outlook.Size); math.Abs(anyTime-shown) > 1 {
			c.t.Errorf("%v participants suffice, and the page says %v", anyTime, shown)
		}
		c.addf("| %.0f %% | %s | %s | %.0f |", 100*effect, count(once), count(anyTime), math.Ceil(anyTime/8000))
		if ratio := anyTime / once; math.Abs(ratio-2.2) >= 0.05 {
			c.t.Errorf("to see %v takes %v times as long at most, not 2.2", effect, ratio)
		}
	}
	c.addf("Plan for %.1f times as the longest run", 2.2)

	once := store.Plan{Analysis: store.AnalysisFixed, Size: 17000}
	c.addf("%s", quoted(analyze(7, once, halves(red7, blue7)).Verdict))
}

func values(c *claims) {
	revenue := plan
	revenue.KPI = "revenue"
	r := analyze(21, revenue, epoch{arms: []stats.Proportion{red, blue}, paid: []stats.Values{redPaid, bluePaid}})
	a, b := r.Alternatives[0], r.Alternatives[1]
	if r.Measure != sixpack.MeasureMean || r.Verdict.State != stats.StateKeepRunning {
		c.t.Errorf("%s by %s is no example of means of which nothing is decided", r.Verdict.State, r.Measure)
	}
	c.addf("red's %s customers paid %s euros and blue's %s paid %s.", count(a.Converted), count(a.Total), count(b.Converted), count(b.Total))
	c.addf("that is %.2f and %.2f euros, a lift of %s. Its interval goes from %s to %s, so by revenue", a.Mean, b.Mean, lift(b.Lift), lift(b.LiftIn.Lo), lift(b.LiftIn.Hi))
}

func several(c *claims) {
	r := analyze(21, plan, halves(red, blue, green))
	c.addf("with %s, it would read: %s", of(green), quoted(r.Verdict))
	c.addf("At least %s, where it was %s without green", lift(r.Alternatives[1].LiftIn.Lo), lift(week(3).Alternatives[1].LiftIn.Lo))
}

// together returns the counts of all strata.
func together(strata []stats.Pair) (a, b stats.Proportion) {
	for _, s := range strata {
		a.Participants += s.Control.Participants
		a.Converted += s.Control.Converted
		b.Participants += s.Challenger.Participants
		b.Converted += s.Challenger.Converted
	}
	return a, b
}

func changed(c *claims) {
	row := func(what string, a, b stats.Proportion) {
		c.addf("| %s | %s, %s | %s, %s |", what, of(a), rate(a.Rate()), of(b), rate(b.Rate()))
	}
	row("before the sale, 90 : 10", sale[0].Control, sale[0].Challenger)
	row("during the sale, 50 : 50", sale[1].Control, sale[1].Challenger)
	a, b := together(sale)
	row("together", a, b)
	c.addf("blue looks better by %.0f %%", 100*(b.Rate()/a.Rate()-1))

	first := epoch{weights: []float64{0.9, 0.1}, arms: []stats.Proportion{sale[0].Control, sale[0].Challenger}}
	second := epoch{weights: []float64{0.5, 0.5}, arms: []stats.Proportion{sale[1].Control, sale[1].Challenger}}
	r := analyze(21, plan, first, second)
	fits, _, _ := strings.Cut(r.Verdict.Detail, " At today's")
	c.addf("It says: **%s** %s", r.Verdict.Headline, fits)
	c.addf("all visitors together, %s and %s.", rate(r.Alternatives[0].Rate), rate(r.Alternatives[1].Rate))
}
