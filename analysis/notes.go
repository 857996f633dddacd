package analysis

import (
	"cmp"
	"fmt"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// KPIName returns the name of a KPI for a sentence.
func KPIName(kpi string) string {
	if kpi == "" {
		return "the default KPI"
	}
	return "“" + kpi + "”"
}

// ExploratoryNote warns of a KPI that is not the primary one. It is empty for the primary KPI.
func (r Report) ExploratoryNote() string {
	if r.Primary {
		return ""
	}
	name := KPIName(r.KPI)
	if r.KPI == "" {
		name = "The default KPI"
	}
	return fmt.Sprintf("%s is exploratory: the more KPIs you check, the more will look good by chance. "+
		"Base the decision on %s, which is primary.", name, KPIName(r.Counts.Record.PrimaryKPI()))
}

// UnreliableNote says why the numbers are hidden. It is empty unless the verdict is that they are unreliable.
func (r Report) UnreliableNote() string {
	const hidden = "Lifts, probabilities and rates are hidden because they would mislead."
	switch r.Verdict.State {
	case stats.StateMismatch:
		return hidden + " The daily counts may show when the problem started."
	case stats.StateInvalidCounts:
		return hidden
	default:
		return ""
	}
}

// StratifiedNote says how alternatives are compared whose shares changed. It is empty if they never did.
func (r Report) StratifiedNote() string {
	if !r.Stratified || r.UnreliableNote() != "" {
		return ""
	}
	measure := "rate"
	if r.Measure == MeasureMean {
		measure = "mean"
	}
	return "The weights changed during the test. Results are compared only between visitors who came under the same weights. " +
		"A pooled " + measure + " mixes times, differently for each alternative; " +
		"a standardized " + measure + " is what the alternative would have had with the participants of all."
}

// NotDrawnNote says how many participants enter no number because their alternative was forced or chosen. It is empty if there
// are none.
func (r Report) NotDrawnNote() string {
	if r.NotDrawn == 0 {
		return ""
	}
	var each []string
	for _, a := range r.Alternatives {
		if a.NotDrawn != 0 && len(each) < maxNames {
			each = append(each, format.Count(a.NotDrawn)+" in “"+a.Name+"”")
		}
	}
	return "Not counted here: " + format.Many(r.NotDrawn, "participant") + " whose alternative was forced or chosen, " + list(each) + "."
}

// HiddenChancesNote says why probabilities are hidden. It is empty if they are not.
func (r Report) HiddenChancesNote() string {
	if r.StratifiedNote() == "" || r.Alternatives[0].ChanceToBeBest.Known() {
		return ""
	}
	return "Probabilities and expected losses are hidden because the split changed during the test."
}

// AcknowledgedNote says that an operator acknowledged a sample-ratio mismatch. It is empty if nobody did.
func (r Report) AcknowledgedNote() string {
	at := r.SampleRatio.Acknowledged
	if at.IsZero() {
		return ""
	}
	return "A sample-ratio mismatch was acknowledged on " + at.Format(dateForm) + ". The results include the participants who came before."
}

// SampleRatioNote reports that the shares of participants are sound. It is empty if they are not, or were not checked.
func (r Report) SampleRatioNote() string {
	if !r.SampleRatio.Checked || r.SampleRatio.Mismatch {
		return ""
	}
	if !r.SampleRatio.Acknowledged.IsZero() {
		return fmt.Sprintf("No sample-ratio mismatch since: later participants came in the shares that were set (p\u00a0=\u00a0%s).",
			format.PValue(r.SampleRatio.P))
	}
	set := "the shares that were set"
	if !r.Stratified && len(r.Alternatives) <= maxNames {
		set += ", " + format.Ratio(r.Counts.Record.Shares())
	}
	return fmt.Sprintf("No sample-ratio mismatch: participants came in %s (p\u00a0=\u00a0%s).", set, format.PValue(r.SampleRatio.P))
}

// Forecast says how many participants, and about how many days, an undecided test still needs: typically and at most. It is
// empty for a decided test, and if the numbers are unknown.
func (r Report) Forecast() string {
	o, once := r.Outlook, r.Plan.Analysis == store.AnalysisFixed
	if s := r.Verdict.State; !o.Missing.Known() || s != stats.StateKeepRunning && s != stats.StateNoData {
		return ""
	}
	text := fmt.Sprintf("%s of about %s participants needed to detect %s with a power of %s", format.Count(r.Participants),
		format.RoundUp(o.Size), withArticle(format.Percent(r.Plan.Effect)+" lift"), format.Percent(r.Plan.Power))
	if r.Plan.Size > 0 {
		text = fmt.Sprintf("%s of %s planned participants", format.Count(r.Participants), format.RoundUp(o.Size))
	}
	if o.TypicalSize < o.Size {
		text += "; typically about " + format.RoundUp(o.TypicalSize) + " suffice"
	}
	if text += "."; o.Missing == 0 {
		return text
	}
	more := format.RoundUp(o.Missing) + " more needed"
	if !once {
		more = "At most " + more
	}
	if text += " " + more; !o.Days.Known() {
		return text + "."
	}
	days := span(float64(o.TypicalDays), float64(o.Days), "day", once)
	return text + "; at " + format.RoundUp(o.PerDay) + " per day, " + cmp.Or(days, "more than a year") + "."
}

// ReadingNote says how far the verdict may be trusted, and that the probabilities decide nothing. It is empty without a
// comparison.
func (r Report) ReadingNote() string {
	if r.Alternatives[0].Standing == "" {
		return ""
	}
	text := fmt.Sprintf("The verdict, p values and intervals of lifts are valid however often you look: at most %s of tests raise a false alarm.",
		format.Percent(r.Plan.Alpha))
	if r.Plan.Analysis == store.AnalysisFixed {
		text = fmt.Sprintf("This is the single look at the planned %s participants: %s of tests raise a false alarm. Looking again raises more.",
			format.Count(r.Plan.Size), format.Percent(r.Plan.Alpha))
	}
	if n := len(r.Alternatives) - 1; n > 1 {
		text += fmt.Sprintf(" That holds for the %d comparisons together.", n)
	}
	if r.Measure == MeasureMean {
		return text + " Probabilities and the approximate 95% interval of each mean, which is shown from 100 values on, " +
			"describe the data; they decide nothing."
	}
	return text + " Probabilities and the 95% interval of each rate describe the data; they decide nothing."
}
