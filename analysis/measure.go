package analysis

import (
	"fmt"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// MeasureOf returns the measure of a KPI: the one that its plan or its first conversion fixed, see [store.Record.MeasureOf].
// A KPI of an earlier release is compared by its mean value if it has values.
func MeasureOf(counts store.Counts, kpi string) Measure {
	if m := counts.Record.MeasureOf(kpi); m != "" {
		return m
	}
	if _, values := conversionsOf(counts, kpi); values != 0 {
		return MeasureMean
	}
	return MeasureRate
}

// conversionsOf returns the number of participants that converted for a KPI, and of those whose total value is not 0.
func conversionsOf(counts store.Counts, kpi string) (converted, values int64) {
	for _, a := range counts.Alternatives {
		_, did := drawn(a, kpi)
		converted, values = converted+did.Converted, values+did.NonZero
	}
	return converted, values
}

// Suggestion is a KPI and a measure by which there is far more data than by those in use. A plan with them makes the experiment
// be judged by them.
type Suggestion struct {
	KPI         string  `json:"kpi"`
	Measure     Measure `json:"measure"`
	Conversions int64   `json:"conversions"` // participants that converted for KPI, with a value if Measure is the mean
}

// suggestion returns what would be a better choice than the primary KPI and its measure, nil if they are fine. What the plan
// names is fine as soon as there is any data for it. A fixed analysis cannot be changed any more.
func (b *builder) suggestion() *Suggestion {
	const enough, far = 20, 10
	if !b.Primary || b.question.Fixed {
		return nil
	}
	mine, values := conversionsOf(b.Counts, b.KPI)
	plan := b.Counts.Record.Plan
	best := Suggestion{Conversions: max(enough, far*mine) - 1}
	for _, kpi := range b.Counts.Record.KPIs {
		if n, _ := conversionsOf(b.Counts, kpi); kpi != b.KPI && n > best.Conversions && !(plan.NamesKPI() && mine > 0) {
			best = Suggestion{KPI: kpi, Measure: MeasureOf(b.Counts, kpi), Conversions: n}
		}
	}
	switch {
	case best.Measure != "":
	case b.Measure == MeasureRate && plan.Measure == "" && values >= enough && 2*values >= mine:
		best = Suggestion{b.KPI, MeasureMean, values}
	case b.Measure == MeasureMean && mine >= enough && far*values <= mine && !(plan.Measure != "" && values > 0):
		best = Suggestion{b.KPI, MeasureRate, mine}
	default:
		return nil
	}
	return &best
}

// SuggestionNote says that another KPI or measure has far more data. It is empty without a Suggestion.
func (r Report) SuggestionNote() string {
	s := r.Suggestion
	if s == nil {
		return ""
	}
	mine, values := conversionsOf(r.Counts, r.KPI)
	switch {
	case s.KPI != r.KPI:
		return fmt.Sprintf("The experiment is judged by %s, which has %s. %s came for %s.",
			KPIName(r.KPI), format.Many(mine, "conversion"), format.Many(s.Conversions, "conversion"), KPIName(s.KPI))
	case s.Measure == MeasureMean:
		return fmt.Sprintf("The experiment is judged by the conversion rate of %s, but %s of %s have a value.",
			KPIName(r.KPI), format.Count(values), format.Many(mine, "conversion"))
	default:
		return fmt.Sprintf("The experiment is judged by the mean value of %s, but only %s of %s have a value.",
			KPIName(r.KPI), format.Count(values), format.Many(mine, "conversion"))
	}
}

// String describes s for a button or a command: the KPI and its measure.
func (s Suggestion) String() string {
	if s.Measure == MeasureMean {
		return "the mean value of " + KPIName(s.KPI)
	}
	return "the conversion rate of " + KPIName(s.KPI)
}
