package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// Analysis is the analysis of one experiment, with its origin.
type Analysis struct {
	analysis.Report

	Stored     bool     // the counts are from a store
	Overridden []string // flags that override the experiment's plan
	Equal      bool     // equal shares are assumed because none were given
}

// Write writes the analysis as text.
func (r Analysis) Write(w io.Writer) error { return write(w, r.String()) }

// String returns the verdict, then the numbers, then how to read them.
func (r Analysis) String() string {
	var b strings.Builder
	paragraphs(&b, r.Verdict.Headline, r.Verdict.Detail)
	b.WriteString("\n" + r.table() + "\n")
	paragraphs(&b, r.Verdict.Note, r.NotDrawnNote(), r.about(), r.suggestion(), r.ExploratoryNote(), r.AcknowledgedNote(), r.SampleRatioNote(),
		r.assumption(), r.Forecast(), r.ReadingNote(),
		r.StratifiedNote())
	return b.String()
}

func (r Analysis) table() string {
	mean := r.Measure == analysis.MeasureMean
	measure := "RATE"
	if mean {
		measure = "MEAN (APPROXIMATE)"
	}
	if r.Stratified {
		measure = "POOLED " + measure + "\tSTANDARDIZED"
	}
	if mean {
		measure = "TOTAL\t" + measure
	}
	t := newTable("ALTERNATIVE", "CONVERTED", measure, "LIFT (ESTIMATE)", "P", "BETTER", "BEST")
	for _, a := range r.Alternatives {
		lift := intervalFirst(r.Effect(a))
		if a.Control {
			lift = "control"
		}
		measured, standardized := format.Unknown, format.Rate(a.Standardized, a.RateIn)
		if a.Rate.Known() {
			measured = withInterval(format.Rate(a.Rate, a.RateIn), format.RateInterval(a.RateIn))
		}
		if mean {
			measured = format.Total(a.Total) + "\t" + withInterval(format.Value(a.Mean, a.MeanIn), format.ValueInterval(a.MeanIn))
			standardized = format.Value(a.Standardized, a.MeanIn)
		}
		if r.Stratified {
			measured += "\t" + standardized
		}
		t.row(a.Name, format.Count(a.Converted)+" of "+format.Count(a.Participants), measured, lift,
			format.PValue(a.P), format.Probability(a.ChanceToBeatControl), format.Probability(a.ChanceToBeBest))
	}
	return t.String()
}

// intervalFirst writes an interval, if it is not empty, and the estimate.
func intervalFirst(estimate, interval string) string {
	switch {
	case interval == "":
		return estimate
	case estimate == format.Unknown:
		return interval
	default:
		return interval + " (" + estimate + ")"
	}
}

// withInterval writes an estimate and its interval, which may be empty.
func withInterval(estimate, interval string) string {
	if interval == "" {
		return estimate
	}
	if estimate == format.Unknown {
		return interval
	}
	return estimate + " (" + interval + ")"
}

// about names the experiment, if it is one in a store, and the flags that override its plan.
func (r Analysis) about() string {
	if !r.Stored {
		return ""
	}
	text := fmt.Sprintf("Experiment %s, %s, by %s.", r.Experiment, State(r.Counts.Record), analysis.KPIName(r.KPI))
	if rest := slices.DeleteFunc(slices.Clone(r.Overridden), func(flag string) bool { return flag == "--kpi" }); len(rest) > 0 {
		text += fmt.Sprintf(" For this analysis only, %s overrides the plan of the experiment.", strings.Join(rest, ", "))
	}
	return text
}

// suggestion suggests another primary KPI or measure, with the command that selects it.
func (r Analysis) suggestion() string {
	s := r.Suggestion
	if !r.Stored || s == nil {
		return ""
	}
	return fmt.Sprintf("%s To change that: sixpack plan %q --set --kpi %q --measure %s", r.SuggestionNote(), r.Experiment, s.KPI, s.Measure)
}

// assumption says which shares a mismatch is about if none were given.
func (r Analysis) assumption() string {
	if !r.SampleRatio.Mismatch || !r.Equal {
		return ""
	}
	return "This assumes equal shares. If others were set, give them with --weights, such as 90:10."
}

// Experiments writes a line with the verdict of each experiment, and the command that shows more of one.
func Experiments(w io.Writer, all []analysis.Report, more string) error {
	t := newTable("EXPERIMENT", "STATE", "PARTICIPANTS", "VERDICT")
	for _, r := range all {
		t.row(r.Experiment, State(r.Counts.Record), format.Count(r.Participants), r.Verdict.Headline)
	}
	return write(w, t.String()+"\nAnalyze one of them:\n\n  "+more+"\n")
}

// State writes the state of an experiment.
func State(r store.Record) string {
	var words []string
	if r.Winner != "" {
		words = append(words, "winner "+r.Winner)
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
