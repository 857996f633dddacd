package dashboard

import (
	"context"
	"math"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

// Fields of the form that plans.
const (
	kpiField      = "kpi"
	effectField   = "effect"
	baselineField = "baseline"
	powerField    = "power"
	alphaField    = "alpha"
	sizeField     = "size"
	analysisField = "analysis"
)

var setPlan = action{
	Name: store.ActionPlan, Title: "Plan", Button: "Save the plan", done: "The plan is saved.",
	explain: func(*subject) []string {
		return []string{
			"The plan says what the verdict is about. What is left empty takes what is shown.",
			"Plan before you look: a plan that is made to fit what was seen finds what is not there.",
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
			{Name: kpiField, Label: "KPI", Kind: line, Value: s.value(kpiField, p.KPI), Placeholder: kpiName(s.PrimaryKPI()), Hint: "The one by which the experiment is judged."},
			{
				Name: effectField, Label: "Smallest effect worth finding, in percent", Kind: number, Value: s.value(effectField, percentOrEmpty(p.Effect)),
				Placeholder: percent(defaults.Effect), Hint: "A lift of the control's rate: 10 is from 5 % to 5.5 %.",
			},
			{
				Name: baselineField, Label: "Rate of the control, in percent", Kind: number, Value: s.value(baselineField, percentOrEmpty(p.Baseline)),
				Placeholder: "as it turns out", Hint: "As you expect it, to tell how long it may take.",
			},
			{Name: powerField, Label: "Chance to find such an effect, in percent", Kind: number, Value: s.value(powerField, percentOrEmpty(p.Power)), Placeholder: percent(defaults.Power)},
			{Name: alphaField, Label: "Chance of a false alarm, in percent", Kind: number, Value: s.value(alphaField, percentOrEmpty(p.Alpha)), Placeholder: percent(defaults.Alpha)},
			{
				Name: sizeField, Label: "Participants", Kind: number, Value: s.value(sizeField, size), Placeholder: "as many as it takes",
				Hint: "Of all alternatives together.",
			},
			{
				Name: analysisField, Label: "Analysis", Kind: picked, Value: analysis, Choices: []choice{
					{"", "at any time, as often as you like", analysis == "" || analysis == string(store.AnalysisAlwaysValid)},
					{string(store.AnalysisFixed), "once, when all participants are there", analysis == string(store.AnalysisFixed)},
				},
				Hint: "Looking once needs fewer participants, but tells nothing before. It has to be planned before anybody takes part.",
			},
		}
	},
	do: func(ctx context.Context, s *subject) error {
		const maxEffect, sure, maxAlpha = 10_000, 99.99, 50
		wrong := formError{}
		p := store.Plan{
			KPI:      s.text(kpiField),
			Effect:   wrong.readPercent(s, effectField, maxEffect),
			Baseline: wrong.readPercent(s, baselineField, sure),
			Power:    wrong.readPercent(s, powerField, sure),
			Alpha:    wrong.readPercent(s, alphaField, maxAlpha),
			Size:     wrong.readSize(s),
			Analysis: store.Analysis(s.form.Get(analysisField)),
		}
		if p.Analysis == store.AnalysisFixed && p.Size == 0 && wrong[sizeField] == "" {
			wrong[sizeField] = "Say at how many participants you will look."
		}
		if len(wrong) > 0 {
			return wrong
		}
		return s.engine.SetPlan(ctx, s.Name, p)
	},
}

// readSize returns the number of participants in a plan.
func (m formError) readSize(s *subject) int64 {
	const maxSize = 1e12
	x := m.readNumber(s, sizeField, true, maxSize)
	if x != math.Trunc(x) {
		m[sizeField] = "It has to be a whole number."
	}
	return int64(x)
}
