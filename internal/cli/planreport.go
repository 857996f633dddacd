package cli

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"text/tabwriter"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
)

// text tells what a test needs, what another effect would, and what to do next:
// set is the command that sets the plan.
func (p planned) text(set string) string {
	var b strings.Builder
	paragraphs(&b, p.question())
	b.WriteString("\n" + p.table() + "\n" + p.others() + "\n")
	paragraphs(&b, p.advice())
	b.WriteString(p.next(set))
	return b.String()
}

// question tells what is asked.
func (p planned) question() string {
	text := fmt.Sprintf("To find %s (%s instead of %s)", p.lift(), p.amount(p.Baseline*(1+p.signed())), p.amount(p.Baseline))
	if p.Measure == analysis.MeasureMean {
		text = fmt.Sprintf("To find %s (a mean of %s instead of %s, where values have a standard deviation of %s)",
			p.lift(), p.amount(p.Baseline*(1+p.Effect)), p.amount(p.Baseline), brief(p.SD))
	}
	return text + fmt.Sprintf(" with a chance of %s, with false alarms in at most %s of tests:", unsigned(p.Power), unsigned(p.Alpha))
}

// signed returns the effect in the direction that is planned for.
func (s situation) signed() float64 {
	if s.Measure == analysis.MeasureRate && wanted(s.Baseline, s.Effect) < s.Baseline {
		return -s.Effect
	}
	return s.Effect
}

func (s situation) lift() string { return analysis.Percent(s.signed()) }

// amount writes a rate or a mean.
func (s situation) amount(x float64) string {
	if s.Measure == analysis.MeasureRate {
		return brief(100*x) + " %"
	}
	return brief(x)
}

// brief writes a number with 3 digits, or all of a large one's before the point.
func brief(x float64) string {
	const digits = 3
	if x <= 0 {
		return "0"
	}
	after := max(0, digits-1-int(math.Floor(math.Log10(x))))
	s := decimals(x, after)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// table has the participants of each alternative.
func (p planned) table() string {
	const most = 4
	names := p.Alternatives
	if len(names) > most {
		names = nil
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "PARTICIPANTS")
	for _, name := range names {
		fmt.Fprintf(table, "\t%s", name)
	}
	fmt.Fprint(table, "\tIN ALL\tDAYS\n")
	for _, line := range []struct {
		name string
		sizes
	}{
		{"looked at any time, at most", p.AlwaysValid}, {"  on average, if it is there", p.OnAverage}, {"one look, at exactly", p.Fixed},
	} {
		fmt.Fprint(table, line.name)
		for i := range names {
			fmt.Fprintf(table, "\t%s", shownSize(line.Participants[i]))
		}
		fmt.Fprintf(table, "\t%s\t%s\n", shownSize(line.Total), shownDays(line.Days))
	}
	_ = table.Flush() // to a Builder, which never fails
	return trimLines(b.String())
}

// others is what half the effect would take, and twice.
func (p planned) others() string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "EFFECT\tANY TIME, AT MOST\tDAYS\tON AVERAGE\tDAYS\tONE LOOK\tDAYS")
	for _, o := range p.Others {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.lift(), shownSize(o.AlwaysValid.Total), shownDays(o.AlwaysValid.Days),
			shownSize(o.OnAverage.Total), shownDays(o.OnAverage.Days), shownSize(o.Fixed.Total), shownDays(o.Fixed.Days))
	}
	_ = table.Flush() // to a Builder, which never fails
	return trimLines(b.String())
}

func shownSize(n stats.Number) string {
	if !n.Known() {
		return "–"
	}
	return decimals(float64(n), 0)
}

// shownDays writes days, "–" if nothing is known of the traffic.
func shownDays(n stats.Number) string { return shownSize(n) }

func (p planned) advice() string {
	text := "Looked at any time, a test ends as soon as there is a verdict, at the latest with the first number. " +
		"One look gives no answer before its size is reached, and none after."
	if p.PerDay.Known() {
		text += fmt.Sprintf(" Days are at %s participants a day; let a test run for whole weeks, as weekdays differ.", brief(float64(p.PerDay)))
	} else {
		text += " --per-day tells the days."
	}
	return text
}

// next tells how to set the plan.
func (p planned) next(set string) string {
	if p.Experiment != "" {
		return "\nNext, set the plan:\n\n  " + set + "\n"
	}
	fields := fmt.Sprintf("Effect: %v", p.Effect)
	if p.Measure == analysis.MeasureRate {
		fields += fmt.Sprintf(", Baseline: %v", p.Baseline)
	}
	if p.Power != usualPower {
		fields += fmt.Sprintf(", Power: %v", p.Power)
	}
	if p.Alpha != usualAlpha {
		fields += fmt.Sprintf(", Alpha: %v", p.Alpha)
	}
	return fmt.Sprintf("\nNext, set the plan where the experiment is declared in Go:\n\n  Plan: store.Plan{%s, Size: %.0f}\n\n"+
		"or once it is there, from here:\n\n  %s\n", fields, float64(p.AlwaysValid.Total), set)
}

// text tells the smallest effect that can be found.
func (r found) text() string {
	var b strings.Builder
	paragraphs(&b, fmt.Sprintf("In %s at %s a day %s take part. The smallest effect, from %s, that is found with a chance of %s, "+
		"with false alarms in at most %s of tests:", counting(float64(r.Days), "day"), brief(float64(r.PerDay)),
		decimals(math.Floor(r.Participants), 0), r.amount(r.Baseline), unsigned(r.Power), unsigned(r.Alpha)))
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n  looked at any time\t%s\n  one look at the end\t%s\n", r.shown(r.AlwaysValid), r.shown(r.Fixed))
	_ = table.Flush() // to a Builder, which never fails
	b.WriteString("\n")
	paragraphs(&b, "If that is more than you expect, plan more days, fewer alternatives or a KPI nearer to what changes.")
	return b.String()
}

func (r found) shown(effect stats.Number) string {
	if !effect.Known() {
		return "none: there are too few"
	}
	return fmt.Sprintf("%s (to %s)", analysis.Percent(float64(effect)), r.amount(r.Baseline*(1+float64(effect))))
}

// amount returns a sum of powers of millionths in units.
func amount(x *big.Int, power int) float64 {
	if x == nil {
		return 0
	}
	const million = 1e6
	f, _ := new(big.Float).SetInt(x).Float64()
	return f / math.Pow(million, float64(power))
}
