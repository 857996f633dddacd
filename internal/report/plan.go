package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Plan writes how many participants a test needs, also for other lifts, and the command that sets the plan.
func Plan(w io.Writer, p samplesize.Plan, set string) error {
	var b strings.Builder
	paragraphs(&b, question(p))
	b.WriteString("\n" + sizes(p) + "\n" + otherEffects(p) + "\n")
	paragraphs(&b, advice(p))
	b.WriteString(nextStep(p, set))
	return write(w, b.String())
}

// question introduces the numbers.
func question(p samplesize.Plan) string {
	s := p.Situation
	deviation := ""
	if s.Measure == analysis.MeasureMean {
		deviation = ", values with a standard deviation of " + format.Short(s.SD)
	}
	return fmt.Sprintf("To detect a lift of %s (%s instead of %s%s) %s:", format.Percent(s.Lift()),
		amount(s, s.Baseline*(1+s.Lift())), amount(s, s.Baseline), deviation, errorRates(s))
}

// errorRates writes the power and alpha of a test.
func errorRates(s samplesize.Situation) string {
	return fmt.Sprintf("with a power of %s and false alarms in at most %s of tests", format.Percent(s.Power), format.Percent(s.Alpha))
}

// amount writes a rate or a mean.
func amount(s samplesize.Situation, x float64) string {
	if s.Measure == analysis.MeasureRate {
		return format.Percent(x)
	}
	return format.Short(x)
}

// sizes is the table of the participants of each alternative.
func sizes(p samplesize.Plan) string {
	const shown = 4
	names := p.Alternatives
	if len(names) > shown {
		names = nil
	}
	t := newTable(strings.Join(append([]string{"PARTICIPANTS"}, names...), "\t"), "TOTAL", "DAYS")
	for _, line := range []struct {
		name string
		size samplesize.Size
	}{
		{"looking at any time, at most", p.AlwaysValid}, {"  typically, if the lift is real", p.OnAverage}, {"a single look, at exactly", p.Fixed},
	} {
		cells := []any{line.name}
		for i := range names {
			cells = append(cells, format.RoundUp(line.size.Participants[i]))
		}
		t.row(append(cells, format.RoundUp(line.size.Total), format.RoundUp(line.size.Days))...)
	}
	return t.String()
}

// otherEffects is the table of the participants for half the lift and for twice the lift.
func otherEffects(p samplesize.Plan) string {
	t := newTable("LIFT", "ANY TIME, AT MOST", "DAYS", "TYPICALLY", "DAYS", "SINGLE LOOK", "DAYS")
	for _, o := range p.Others {
		t.row(format.Percent(o.Lift()), format.RoundUp(o.AlwaysValid.Total), format.RoundUp(o.AlwaysValid.Days),
			format.RoundUp(o.OnAverage.Total), format.RoundUp(o.OnAverage.Days), format.RoundUp(o.Fixed.Total), format.RoundUp(o.Fixed.Days))
	}
	return t.String()
}

func advice(p samplesize.Plan) string {
	text := "If you look at any time, the test ends as soon as there is a verdict: typically with the second number, at the latest with the first. " +
		"A single look gives no result before its size is reached, and none after."
	if p.PerDay.Known() {
		return text + fmt.Sprintf(" The days assume %s participants per day. Run for whole weeks, because weekdays differ.", format.Short(float64(p.PerDay)))
	}
	return text + " Add --per-day to see days."
}

// nextStep shows how to set the plan.
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
	return fmt.Sprintf("\nNext, set the plan where your Go code declares the experiment:\n\n  Plan: store.Plan{%s, Size: %.0f}\n\n"+
		"or, once the experiment exists, with this command:\n\n  %s\n", fields, float64(p.AlwaysValid.Total), set)
}

// Detectable writes the smallest lift that a test of the given length detects.
func Detectable(w io.Writer, d samplesize.Detectable) error {
	var b strings.Builder
	s := d.Situation
	paragraphs(&b, fmt.Sprintf("In %s at %s per day, %s take part. The smallest lift, from %s, that is detected %s:",
		format.Many(d.Days, "day"), format.Short(float64(d.PerDay)),
		format.Many(int64(d.Participants), "participant"), amount(s, s.Baseline), errorRates(s)))
	t := newTable("")
	t.row("  looking at any time", effect(s, d.AlwaysValid))
	t.row("  a single look at the end", effect(s, d.Fixed))
	b.WriteString(t.String() + "\n")
	paragraphs(&b, "If you expect a smaller lift, plan more days, fewer alternatives, or a KPI closer to the change.")
	return write(w, b.String())
}

func effect(s samplesize.Situation, x stats.Number) string {
	if !x.Known() {
		return "none: too few participants"
	}
	return fmt.Sprintf("%s (to %s)", format.Lift(x), amount(s, s.Baseline*(1+float64(x))))
}

// StoredPlan writes the plan of an experiment. Only its Baseline and Size may be zero.
func StoredPlan(w io.Writer, experiment, kpi string, p store.Plan) error {
	by := analysis.KPIName(kpi)
	if p.Measure != "" {
		by = analysis.Suggestion{KPI: kpi, Measure: p.Measure}.String()
	}
	text := fmt.Sprintf("%s: by %s, an effect of %s with a power of %s and false alarms in at most %s of tests",
		experiment, by, format.Percent(p.Effect), format.Percent(p.Power), format.Percent(p.Alpha))
	if p.Baseline != 0 {
		text += ", from a rate of " + format.Percent(p.Baseline)
	}
	switch {
	case p.Analysis == store.AnalysisFixed:
		text += fmt.Sprintf(", in a single look at %s participants", format.Count(p.Size))
	case p.Size != 0:
		text += fmt.Sprintf(", looking at any time, with at most %s participants", format.Count(p.Size))
	default:
		text += ", looking at any time"
	}
	return write(w, text+".\n")
}
