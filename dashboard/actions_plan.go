package dashboard

import (
	"context"
	"math"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

// Fields of the form of the plan.
const (
	kpiField      = "kpi"
	measureField  = "measure"
	effectField   = "effect"
	baselineField = "baseline"
	powerField    = "power"
	alphaField    = "alpha"
	sizeField     = "size"
	analysisField = "analysis"
	switchField   = "switch" // changes only the KPI and the measure
)

var setPlan = action{
	Name: store.ActionPlan, Title: "Plan", Button: "Save plan", done: "Plan saved.",
	explain: func(*subject) []string {
		return []string{
			"The plan defines what counts as a result. Empty fields use the defaults shown.",
			"Set the plan before looking at results; a plan fitted to the data produces false findings.",
		}
	},
	fields: func(s *subject) []field {
		p := s.Plan
		size := ""
		if p.Size != 0 {
			size = strconv.FormatInt(p.Size, 10)
		}
		analysis := s.value(analysisField, string(p.Analysis))
		defaults := s.report.Plan // the plan with its defaults
		return []field{
			{Name: kpiField, Label: "KPI", Kind: line, Value: s.value(kpiField, p.KPI), Placeholder: kpiName(s.PrimaryKPI()), Hint: "The primary KPI. The verdict is based on it."},
			{
				Name: measureField, Label: "Measure", Kind: picked, Value: s.value(measureField, string(p.Measure)), Choices: []choice{
					{"", "As the first conversion: the rate or, with a value, the mean"},
					{string(store.MeasureRate), "Conversion rate"},
					{string(store.MeasureMean), "Mean value per participant"},
				},
				Hint: "The number by which alternatives are compared.",
			},
			{
				Name: effectField, Label: "Smallest effect worth detecting, in percent", Kind: number, Value: s.value(effectField, percentOrEmpty(p.Effect)),
				Placeholder: percent(defaults.Effect), Hint: "A lift relative to the control’s conversion rate: 10 means from 5% to 5.5%.",
			},
			{
				Name: baselineField, Label: "Control’s conversion rate, in percent", Kind: number, Value: s.value(baselineField, percentOrEmpty(p.Baseline)),
				Placeholder: "measured", Hint: "The rate you expect. It is used to estimate how long the test takes.",
			},
			{
				Name: powerField, Label: "Power, in percent", Kind: number, Value: s.value(powerField, percentOrEmpty(p.Power)), Placeholder: percent(defaults.Power),
				Hint: "The probability of detecting this effect if it exists.",
			},
			{
				Name: alphaField, Label: "False-positive rate (alpha), in percent", Kind: number, Value: s.value(alphaField, percentOrEmpty(p.Alpha)), Placeholder: percent(defaults.Alpha),
				Hint: "The probability of a verdict for one alternative although there is no difference.",
			},
			{
				Name: sizeField, Label: "Participants", Kind: number, Value: s.value(sizeField, size), Placeholder: "as needed",
				Hint: "The total of all alternatives.",
			},
			{
				Name: analysisField, Label: "Analysis", Kind: picked, Value: analysis, Choices: []choice{
					{"", "At any time, as often as you like"},
					{string(store.AnalysisFixed), "Once, when all participants have come"},
				},
				Hint: "A single look needs fewer participants but gives no result before the end. Plan it before the first participant.",
			},
		}
	},
	do: func(ctx context.Context, s *subject) error {
		const maxEffect, sure, maxAlpha = 10_000, 99.99, 50
		wrong := formError{}
		p := store.Plan{
			KPI:      s.text(kpiField),
			Measure:  store.Measure(s.form.Get(measureField)),
			Effect:   wrong.readPercent(s, effectField, maxEffect),
			Baseline: wrong.readPercent(s, baselineField, sure),
			Power:    wrong.readPercent(s, powerField, sure),
			Alpha:    wrong.readPercent(s, alphaField, maxAlpha),
			Size:     wrong.readSize(s),
			Analysis: store.Analysis(s.form.Get(analysisField)),
		}
		if p.Analysis == store.AnalysisFixed && p.Size == 0 && wrong[sizeField] == "" {
			wrong[sizeField] = "Enter the number of participants after which you will look at the results."
		}
		if len(wrong) > 0 {
			return wrong
		}
		if p.KPI == "" && p.Measure != "" && !s.Plan.NamesKPI() {
			p.KPI = s.PrimaryKPI()
		}
		if s.form.Has(switchField) { // the button of a suggestion sends nothing else
			p = s.Plan
			p.KPI, p.Measure = s.text(kpiField), store.Measure(s.form.Get(measureField))
		}
		return s.engine.SetPlan(ctx, s.Name, p)
	},
}

// readSize returns the number of participants in a plan.
func (m formError) readSize(s *subject) int64 {
	const maxSize = 1e12
	x := m.readNumber(s, sizeField, true, maxSize)
	if x != math.Trunc(x) {
		m[sizeField] = "Enter a whole number."
	}
	return int64(x)
}
