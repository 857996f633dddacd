package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Analysis is the analysis of one experiment, and what its reader has to know of it.
type Analysis struct {
	analysis.Report

	Stored     bool     // the counts are those of an experiment in a store
	Overridden []string // flags that replaced parts of the experiment's plan
	Equal      bool     // equal shares were assumed, as none were given
}

// Write writes the analysis as text.
func (r Analysis) Write(w io.Writer) error { return write(w, r.String()) }

// String returns what to do and why, then the numbers, then how to read them.
func (r Analysis) String() string {
	var b strings.Builder
	paragraphs(&b, r.Verdict.Headline, r.Verdict.Detail)
	b.WriteString("\n" + r.table() + "\n")
	paragraphs(&b, r.Verdict.Note, r.about(), r.ratio(), r.needed(), r.reading())
	return b.String()
}

func (r Analysis) table() string {
	measure := "RATE"
	if r.Measure == analysis.MeasureMean {
		measure = "TOTAL\tMEAN"
	}
	t := newTable("ALTERNATIVE", "CONVERTED", measure, "LIFT", "P", "BETTER", "BEST")
	for _, a := range r.Alternatives {
		lift := liftOf(a)
		if a.Control {
			lift = "control"
		}
		t.row(a.Name, grouped(a.Converted)+" of "+grouped(a.Participants), r.measured(a), lift,
			pValue(a.P), probability(a.ChanceToBeatControl), probability(a.ChanceToBeBest))
	}
	return t.String()
}

// measured writes the rate, or the total and the mean, with the interval.
func (r Analysis) measured(a analysis.Alternative) string {
	if r.Measure == analysis.MeasureMean {
		digits := precision(a.MeanIn)
		return fmt.Sprintf("%s\t%s (%s–%s)", decimals(float64(a.Total), 2), decimals(float64(a.Mean), digits),
			decimals(float64(a.MeanIn.Lo), digits), decimals(float64(a.MeanIn.Hi), digits))
	}
	if !a.RateIn.Lo.Known() || !a.Rate.Known() {
		return ""
	}
	in := stats.Interval{Lo: 100 * a.RateIn.Lo, Hi: 100 * a.RateIn.Hi}
	digits := precision(in)
	return fmt.Sprintf("%s %% (%s–%s)", decimals(100*float64(a.Rate), digits),
		decimals(float64(in.Lo), digits), decimals(float64(in.Hi), digits))
}

// liftOf writes a lift with its interval.
func liftOf(a analysis.Alternative) string {
	lo, hi := a.LiftIn.Lo, a.LiftIn.Hi
	in := ""
	switch {
	case lo.Known() && hi.Known():
		in = fmt.Sprintf("(%s to %s)", strings.TrimSuffix(analysis.Percent(float64(lo)), " %"), analysis.Percent(float64(hi)))
	case lo > -1: // and there is no upper bound
		in = fmt.Sprintf("(more than %s)", analysis.Percent(float64(lo)))
	}
	if !a.Lift.Known() {
		return strings.Trim(in, "()")
	}
	return strings.TrimSpace(analysis.Percent(float64(a.Lift)) + " " + in)
}

// about says what was analyzed, if it is an experiment in a store.
func (r Analysis) about() string {
	if !r.Stored {
		return ""
	}
	text := fmt.Sprintf("Experiment %s, %s, by %s.", r.Experiment, State(r.Counts.Record), KPI(r.Report.KPI))
	if !r.Primary {
		text += fmt.Sprintf(" That is for exploring: the primary one is %s. The more KPIs one looks at, the more look good by chance.",
			KPI(r.Counts.Record.PrimaryKPI()))
	}
	if rest := slices.DeleteFunc(slices.Clone(r.Overridden), func(flag string) bool { return flag == "--kpi" }); len(rest) > 0 {
		text += fmt.Sprintf(" For this look only, %s went before the experiment's plan.", strings.Join(rest, ", "))
	}
	return text
}

// ratio says that participants came in the intended shares. If they did not, that is
// the verdict.
func (r Analysis) ratio() string {
	const shown = 5
	switch {
	case r.SampleRatio.Mismatch && r.Equal:
		return "That supposes equal shares. If others were set, say so with --weights, such as 90:10."
	case !r.SampleRatio.Checked || r.SampleRatio.Mismatch:
		return ""
	}
	were := "the shares that were set"
	if n := len(r.Alternatives); !r.Stratified && n <= shown {
		were += ", " + shares(r.Counts.Record.Shares())
	}
	return fmt.Sprintf("The sample ratio is sound: participants came in %s (p\u00a0%s).", were, pValue(r.SampleRatio.P))
}

// shares writes weights as percentages with up to three significant digits.
func shares(weights []float64) string {
	sum := 0.0
	for _, x := range weights {
		sum += x
	}
	all := make([]string, len(weights))
	for i, x := range weights {
		const digits = 3
		all[i] = strconv.FormatFloat(100*x/sum, 'g', digits, 64)
	}
	return strings.Join(all, " : ")
}

// needed says what an undecided experiment still needs.
func (r Analysis) needed() string {
	o, s := r.Outlook, r.Verdict.State
	if !o.Missing.Known() || s != stats.StateKeepRunning && s != stats.StateNoData {
		return ""
	}
	size := grouped(int64(o.Size))
	what := fmt.Sprintf("To find %s with a chance of %s it takes at most %s participants in all",
		analysis.Percent(r.Plan.Effect), Magnitude(r.Plan.Power), size)
	if r.Plan.Size > 0 {
		what = fmt.Sprintf("Planned are %s participants in all", size)
	}
	if o.Missing == 0 {
		return what + ": they are there."
	}
	what += fmt.Sprintf(": %s more", grouped(int64(o.Missing)))
	if !o.Days.Known() {
		return what + "."
	}
	return what + fmt.Sprintf(", about %s at %s a day.", days(float64(o.Days)), grouped(int64(math.Round(float64(o.PerDay)))))
}

// reading says how to read the numbers.
func (r Analysis) reading() string {
	if r.Alternatives[0].Standing == "" {
		return ""
	}
	text := fmt.Sprintf("Verdict, p and the lifts' intervals may be looked at any time, as often as you like: a false alarm comes in at most %s of tests.",
		Magnitude(r.Plan.Alpha))
	if r.Plan.Analysis == store.AnalysisFixed {
		text = fmt.Sprintf("This is one look, at the %s participants that were fixed beforehand: a false alarm comes in %s of tests. To look again is to have more of them.",
			grouped(r.Plan.Size), Magnitude(r.Plan.Alpha))
	}
	if n := len(r.Alternatives) - 1; n > 1 {
		text += fmt.Sprintf(" That holds for the %d comparisons together.", n)
	}
	if r.Stratified {
		text += " Shares have changed: alternatives are compared within each stretch of equal ones, so that a lift may differ from the ratio of rates."
	}
	return text + fmt.Sprintf(" The chances, to be better than %s and to be best, and the intervals of each alternative by itself (95 %%) "+
		"describe and decide nothing.", r.Alternatives[0].Name)
}

// Experiments writes a line with the verdict of each experiment. It ends with the
// command that tells more of one.
func Experiments(w io.Writer, all []analysis.Report, more string) error {
	t := newTable("EXPERIMENT", "STATE", "PARTICIPANTS", "VERDICT")
	for _, r := range all {
		t.row(r.Experiment, State(r.Counts.Record), grouped(r.Participants), r.Verdict.Headline)
	}
	return write(w, t.String()+"\nMore about one:\n\n  "+more+"\n")
}

// State writes the state of an experiment: running, or whatever is not.
func State(r store.Record) string {
	var words []string
	if r.Winner != "" {
		words = append(words, "won by "+r.Winner)
	}
	if r.Paused {
		words = append(words, "paused")
	}
	if r.Archived {
		words = append(words, "archived")
	}
	if words == nil {
		return "running"
	}
	return strings.Join(words, ", ")
}

// KPI writes the name of a KPI.
func KPI(kpi string) string {
	if kpi == "" {
		return "the default KPI"
	}
	return kpi
}
