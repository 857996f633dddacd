package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Plan writes what a test needs, also for other effects, and the command that sets the
// plan.
func Plan(w io.Writer, p samplesize.Plan, set string) error {
	var b strings.Builder
	paragraphs(&b, question(p))
	b.WriteString("\n" + sizes(p) + "\n" + otherEffects(p) + "\n")
	paragraphs(&b, advice(p))
	b.WriteString(nextStep(p, set))
	return write(w, b.String())
}

// question says what the numbers answer.
func question(p samplesize.Plan) string {
	s := p.Situation
	text := fmt.Sprintf("To find %s (%s instead of %s)", analysis.Percent(s.Lift()), amount(s, s.Baseline*(1+s.Lift())), amount(s, s.Baseline))
	if s.Measure == analysis.MeasureMean {
		text = fmt.Sprintf("To find %s (a mean of %s instead of %s, where values have a standard deviation of %s)",
			analysis.Percent(s.Lift()), amount(s, s.Baseline*(1+s.Effect)), amount(s, s.Baseline), brief(s.SD))
	}
	return text + fmt.Sprintf(" with a chance of %s, with false alarms in at most %s of tests:", Magnitude(s.Power), Magnitude(s.Alpha))
}

// amount writes a rate or a mean.
func amount(s samplesize.Situation, x float64) string {
	if s.Measure == analysis.MeasureRate {
		return brief(100*x) + " %"
	}
	return brief(x)
}

// sizes is the table of the participants of each alternative.
func sizes(p samplesize.Plan) string {
	const shown = 4
	names := p.Alternatives
	if len(names) > shown {
		names = nil
	}
	t := newTable(strings.Join(append([]string{"PARTICIPANTS"}, names...), "\t"), "IN ALL", "DAYS")
	for _, line := range []struct {
		name string
		size samplesize.Size
	}{
		{"looked at any time, at most", p.AlwaysValid}, {"  on average, if it is there", p.OnAverage}, {"one look, at exactly", p.Fixed},
	} {
		cells := []any{line.name}
		for i := range names {
			cells = append(cells, whole(line.size.Participants[i]))
		}
		t.row(append(cells, whole(line.size.Total), whole(line.size.Days))...)
	}
	return t.String()
}

// otherEffects is the table of the participants for half the effect and twice the
// effect.
func otherEffects(p samplesize.Plan) string {
	t := newTable("EFFECT", "ANY TIME, AT MOST", "DAYS", "ON AVERAGE", "DAYS", "ONE LOOK", "DAYS")
	for _, o := range p.Others {
		t.row(analysis.Percent(o.Lift()), whole(o.AlwaysValid.Total), whole(o.AlwaysValid.Days),
			whole(o.OnAverage.Total), whole(o.OnAverage.Days), whole(o.Fixed.Total), whole(o.Fixed.Days))
	}
	return t.String()
}

// whole writes a number without decimals, "–" if it is unknown.
func whole(n stats.Number) string {
	if !n.Known() {
		return "–"
	}
	return decimals(float64(n), 0)
}

func advice(p samplesize.Plan) string {
	text := "Looked at any time, a test ends as soon as there is a verdict, at the latest with the first number. " +
		"One look gives no answer before its size is reached, and none after."
	if p.PerDay.Known() {
		return text + fmt.Sprintf(" Days are at %s participants a day; let a test run for whole weeks, as weekdays differ.", brief(float64(p.PerDay)))
	}
	return text + " --per-day tells the days."
}

// nextStep says how to set the plan.
func nextStep(p samplesize.Plan, set string) string {
	if p.Experiment != "" {
		return "\nNext, set the plan:\n\n  " + set + "\n"
	}
	fields := fmt.Sprintf("Effect: %v", p.Effect)
	if p.Measure == analysis.MeasureRate {
		fields += fmt.Sprintf(", Baseline: %v", p.Baseline)
	}
	if p.Power != samplesize.DefaultPower {
		fields += fmt.Sprintf(", Power: %v", p.Power)
	}
	if p.Alpha != samplesize.DefaultAlpha {
		fields += fmt.Sprintf(", Alpha: %v", p.Alpha)
	}
	return fmt.Sprintf("\nNext, set the plan where the experiment is declared in Go:\n\n  Plan: store.Plan{%s, Size: %.0f}\n\n"+
		"or once it is there, from here:\n\n  %s\n", fields, float64(p.AlwaysValid.Total), set)
}

// Detectable writes the smallest effect that a test detects in the days there are.
func Detectable(w io.Writer, d samplesize.Detectable) error {
	var b strings.Builder
	s := d.Situation
	paragraphs(&b, fmt.Sprintf("In %s at %s a day %s take part. The smallest effect, from %s, that is found with a chance of %s, "+
		"with false alarms in at most %s of tests:", days(float64(d.Days)), brief(float64(d.PerDay)),
		decimals(math.Floor(d.Participants), 0), amount(s, s.Baseline), Magnitude(s.Power), Magnitude(s.Alpha)))
	t := newTable("")
	t.row("  looked at any time", effect(s, d.AlwaysValid))
	t.row("  one look at the end", effect(s, d.Fixed))
	b.WriteString(t.String() + "\n")
	paragraphs(&b, "If that is more than you expect, plan more days, fewer alternatives or a KPI nearer to what changes.")
	return write(w, b.String())
}

func effect(s samplesize.Situation, x stats.Number) string {
	if !x.Known() {
		return "none: there are too few"
	}
	return fmt.Sprintf("%s (to %s)", analysis.Percent(float64(x)), amount(s, s.Baseline*(1+float64(x))))
}

// StoredPlan writes the plan of an experiment. It has no zero fields but Baseline and
// Size.
func StoredPlan(w io.Writer, experiment, kpi string, p store.Plan) error {
	text := fmt.Sprintf("%s: by %s, an effect of %s with a chance of %s, false alarms in at most %s",
		experiment, KPI(kpi), Magnitude(p.Effect), Magnitude(p.Power), Magnitude(p.Alpha))
	if p.Baseline != 0 {
		text += ", from " + Magnitude(p.Baseline)
	}
	switch {
	case p.Analysis == store.AnalysisFixed:
		text += fmt.Sprintf(", in one look at %s participants", grouped(p.Size))
	case p.Size != 0:
		text += fmt.Sprintf(", looked at any time, with %s participants at most", grouped(p.Size))
	default:
		text += ", looked at any time"
	}
	return write(w, text+".\n")
}
