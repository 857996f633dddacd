package dashboard

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/internal/api"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// Fields of the form that starts a ramp. Each known KPI has a field for its guardrail;
// two more fields are for other KPIs.
const (
	stepsField = "steps"
	holdField  = "hold"
	fallsField = "falls"
	risesField = "rises"
)

func guardField(kpi string) string { return "kpi-" + kpi }

// Values of the fields of guardrails.
const (
	mustNotFall = "fall"
	mustNotRise = "rise"
)

// knownKPIs returns the KPIs that have a field: the primary KPI and all seen so far.
func (s *subject) knownKPIs() []string {
	all := slices.Clone(s.KPIs)
	if primary := s.PrimaryKPI(); !slices.Contains(all, primary) {
		all = append([]string{primary}, all...)
	}
	return all
}

var startRamp = action{
	Name: store.ActionRamp, Title: "Start traffic ramp", Button: "Start ramp", NoUndo: true, done: "Ramp started.",
	explain: func(s *subject) []string {
		texts := []string{
			"Sets the traffic, now " + percent(s.Record.TrafficInForce()) + "%, to the first step at once, and raises it to each further step after the time below.",
			"Existing participants keep their alternative at every step.",
		}
		if text := overriddenTraffic(s.Record); text != "" {
			texts = append(texts, text)
		}
		return append(texts, "Before each step, the results are checked. The ramp stops for good, and the traffic stays where it is, "+
			"if there is a sample-ratio mismatch or if an alternative makes one of the KPIs chosen here significantly worse.")
	},
	fields: func(s *subject) []field {
		usual := api.DefaultRamp(s.Record)
		steps := make([]string, len(usual.Steps))
		for i, f := range usual.Steps {
			steps[i] = percent(f)
		}
		fields := []field{
			{
				Name: stepsField, Label: "Steps, in percent of visitors", Kind: line, Value: s.value(stepsField, strings.Join(steps, ", ")),
				Hint: "Separated by commas, in increasing order.",
			},
			{
				Name: holdField, Label: "Hours at each step", Kind: number, Value: s.value(holdField, strconv.FormatFloat(usual.Hold.Hours(), 'f', -1, 64)),
				Hint: "A step without any participants is repeated. Time while the experiment is paused does not count.",
			},
		}
		for _, kpi := range s.knownKPIs() {
			chosen := s.value(guardField(kpi), either(kpi == s.PrimaryKPI(), mustNotFall, ""))
			fields = append(fields, field{
				Name: guardField(kpi), Label: "KPI " + kpiName(kpi), Kind: picked, Value: chosen,
				Choices: []choice{
					{"", "does not stop the ramp"},
					{mustNotFall, "must not fall"},
					{mustNotRise, "must not rise"},
				},
			})
		}
		return append(fields,
			field{
				Name: fallsField, Label: "Other KPIs that must not fall", Kind: line, Value: s.value(fallsField, ""),
				Hint: "KPIs without conversions so far, separated by commas.",
			},
			field{
				Name: risesField, Label: "Other KPIs that must not rise", Kind: line, Value: s.value(risesField, ""),
				Hint: "For example errors, separated by commas.",
			})
	},
	do: func(ctx context.Context, s *subject) error {
		const maxHours = 24 * 366
		wrong := formError{}
		p := store.RampPlan{
			Steps:      wrong.readSteps(s),
			Hold:       time.Duration(wrong.readNumber(s, holdField, true, maxHours) * float64(time.Hour)),
			Guardrails: slices.Concat(wrong.readKnown(s), readGuardrails(s, fallsField, false), readGuardrails(s, risesField, true)),
		}
		if p.Hold == 0 && wrong[holdField] == "" {
			wrong[holdField] = "Enter how many hours each step lasts."
		}
		if len(wrong) > 0 {
			return wrong
		}
		return s.engine.StartRamp(ctx, s.Name, p)
	},
}

var pauseRamp = action{
	Name: store.ActionPauseRamp, Title: "Pause ramp", NoUndo: true, done: "Ramp paused.",
	explain: func(s *subject) []string {
		return []string{"The traffic stays at " + percent(s.Record.TrafficInForce()) + "% until you resume the ramp. The present step then continues for its remaining time."}
	},
	do: call((*sixpack.Engine).PauseRamp),
}

var resumeRamp = action{
	Name: store.ActionResumeRamp, Title: "Resume ramp", NoUndo: true, done: "Ramp resumed.",
	explain: func(s *subject) []string {
		return []string{
			"The traffic stays at " + percent(s.Record.TrafficInForce()) + "% for another " + format.Duration(s.Ramp.Left) + ", then rises to the next step.",
		}
	},
	do: call((*sixpack.Engine).ResumeRamp),
}

var stopRamp = action{
	Name: store.ActionStopRamp, Title: "Stop ramp", NoUndo: true, done: "Ramp stopped.",
	explain: func(s *subject) []string {
		return []string{
			"Ends the ramp for good. The traffic stays at " + percent(s.Record.TrafficInForce()) + "%. You can then set it yourself or start another ramp.",
		}
	},
	do: call((*sixpack.Engine).StopRamp),
}

// overriddenTraffic describes the traffic set in code that a ramp overrides. It is empty
// if the code sets none.
func overriddenTraffic(r store.Record) string {
	if r.Traffic == 1 {
		return ""
	}
	return "The ramp overrides the traffic of " + percent(r.Traffic) + "% that is set in your code."
}

// readSteps returns the steps, entered in percent, as fractions.
func (m formError) readSteps(s *subject) (steps []float64) {
	const hundred = 100
	for part := range strings.FieldsFuncSeq(s.text(stepsField), func(r rune) bool { return r == ',' || r == ' ' || r == '%' }) {
		x, err := strconv.ParseFloat(part, 64)
		switch {
		case err != nil:
			m[stepsField] = quoted(part) + " is not a number. Enter steps such as 5, 25, 100."
		case !(x > 0 && x <= hundred):
			m[stepsField] = "Each step must be above 0 and at most 100."
		case len(steps) > 0 && x/hundred <= steps[len(steps)-1]:
			m[stepsField] = "Each step must be above the previous one."
		}
		steps = append(steps, x/hundred)
	}
	if len(steps) == 0 {
		m[stepsField] = "Enter at least one step."
	}
	return steps
}

// readKnown returns the guardrails among the known KPIs.
func (m formError) readKnown(s *subject) (all []store.Guardrail) {
	for _, kpi := range s.knownKPIs() {
		switch s.form.Get(guardField(kpi)) {
		case "":
		case mustNotFall:
			all = append(all, store.Guardrail{KPI: kpi})
		case mustNotRise:
			all = append(all, store.Guardrail{KPI: kpi, RiseIsBad: true})
		default:
			m[guardField(kpi)] = "Choose one of the options."
		}
	}
	return all
}

// readGuardrails returns the guardrails of other KPIs, in a list with commas. The name
// "default" stands for the default KPI unless a KPI has this name.
func readGuardrails(s *subject, name string, rise bool) (all []store.Guardrail) {
	for kpi := range strings.SplitSeq(s.text(name), ",") {
		kpi = strings.TrimSpace(kpi)
		if kpi == "" {
			continue
		}
		if kpi == kpiName("") && !slices.Contains(s.KPIs, kpi) && s.Plan.KPI != kpi {
			kpi = ""
		}
		all = append(all, store.Guardrail{KPI: kpi, RiseIsBad: rise})
	}
	return all
}
