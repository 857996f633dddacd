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

// knownKPIs returns the KPIs that have a field: the primary one and those seen so far.
func (s *subject) knownKPIs() []string {
	all := slices.Clone(s.KPIs)
	if primary := s.PrimaryKPI(); !slices.Contains(all, primary) {
		all = append([]string{primary}, all...)
	}
	return all
}

var startRamp = action{
	Name: store.ActionRamp, Title: "Raise the traffic of", Button: "Begin", NoUndo: true, done: "The ramp has begun.",
	explain: func(s *subject) []string {
		texts := []string{
			"Sets the traffic, which is " + percent(s.Record.TrafficInForce()) + " % now, to the first step at once, and to the next one each time that a step was held long enough.",
			"Nobody who takes part changes or is put out, whatever the steps are.",
		}
		if says := declaredTraffic(s.Record); says != "" {
			texts = append(texts, says)
		}
		return append(texts, "Before each step it looks at the numbers. It stops for good, and leaves the traffic where it is, "+
			"if participants do not come in the shares that are set, or if an alternative clearly makes one of the KPIs chosen here worse.")
	},
	fields: func(s *subject) []field {
		usual := api.DefaultRamp(s.Record)
		steps := make([]string, len(usual.Steps))
		for i, f := range usual.Steps {
			steps[i] = percent(f)
		}
		fields := []field{
			{
				Name: stepsField, Label: "Steps, in percent of the visitors", Kind: line, Value: s.value(stepsField, strings.Join(steps, ", ")),
				Hint: "Each above the one before.",
			},
			{
				Name: holdField, Label: "Hours at each step", Kind: number, Value: s.value(holdField, strconv.FormatFloat(usual.Hold.Hours(), 'f', -1, 64)),
				Hint: "A step that nobody took part at is held again. Time in which the experiment is paused does not count.",
			},
		}
		for _, kpi := range s.knownKPIs() {
			chosen := s.value(guardField(kpi), either(kpi == s.PrimaryKPI(), mustNotFall, ""))
			fields = append(fields, field{
				Name: guardField(kpi), Label: "KPI " + kpiName(kpi), Kind: picked, Value: chosen,
				Choices: []choice{
					{"", "does not stop the ramp", chosen == ""},
					{mustNotFall, "must not fall", chosen == mustNotFall},
					{mustNotRise, "must not rise: a rise is bad", chosen == mustNotRise},
				},
			})
		}
		return append(fields,
			field{
				Name: fallsField, Label: "Other KPIs that must not fall", Kind: line, Value: s.value(fallsField, ""),
				Hint: "Those that nobody converted by yet, separated by commas.",
			},
			field{
				Name: risesField, Label: "Other KPIs that must not rise", Kind: line, Value: s.value(risesField, ""),
				Hint: "Such as errors.",
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
			wrong[holdField] = "Say how long each step is held."
		}
		if len(wrong) > 0 {
			return wrong
		}
		return s.engine.StartRamp(ctx, s.Name, p)
	},
}

var pauseRamp = action{
	Name: store.ActionPauseRamp, Title: "Pause the ramp of", Button: "Pause the ramp", NoUndo: true, done: "The ramp is paused.",
	explain: func(s *subject) []string {
		return []string{"The traffic stays at " + percent(s.Record.TrafficInForce()) + " % until you resume the ramp. Then this step is held for as long as was left."}
	},
	do: call((*sixpack.Engine).PauseRamp),
}

var resumeRamp = action{
	Name: store.ActionResumeRamp, Title: "Resume the ramp of", Button: "Resume the ramp", NoUndo: true, done: "The ramp goes on.",
	explain: func(s *subject) []string {
		return []string{
			"The ramp goes on: the traffic stays at " + percent(s.Record.TrafficInForce()) + " % for " + format.Duration(s.Ramp.Left) + ", and is raised then.",
		}
	},
	do: call((*sixpack.Engine).ResumeRamp),
}

var stopRamp = action{
	Name: store.ActionStopRamp, Title: "Stop the ramp of", Button: "Stop the ramp", NoUndo: true, done: "The ramp is stopped.",
	explain: func(s *subject) []string {
		return []string{
			"Ends the ramp for good. The traffic stays at " + percent(s.Record.TrafficInForce()) + " %, and can be set by hand again. You can begin another ramp.",
		}
	},
	do: call((*sixpack.Engine).StopRamp),
}

// declaredTraffic says that a ramp overrides the traffic that programs declare, if they
// declare one.
func declaredTraffic(r store.Record) string {
	if r.Traffic == 1 {
		return ""
	}
	return "Programs declare a traffic of " + percent(r.Traffic) + " %: what the ramp sets goes before that."
}

// readSteps returns the steps, entered in percent, as fractions.
func (m formError) readSteps(s *subject) (steps []float64) {
	const hundred = 100
	for part := range strings.FieldsFuncSeq(s.text(stepsField), func(r rune) bool { return r == ',' || r == ' ' || r == '%' }) {
		x, err := strconv.ParseFloat(part, 64)
		switch {
		case err != nil:
			m[stepsField] = "“" + part + "” is not a number, such as 12.5."
		case !(x > 0 && x <= hundred):
			m[stepsField] = "Each has to be above 0, and at most 100."
		case len(steps) > 0 && x/hundred <= steps[len(steps)-1]:
			m[stepsField] = "Each has to be above the one before."
		}
		steps = append(steps, x/hundred)
	}
	if len(steps) == 0 {
		m[stepsField] = "Give at least one step."
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
			m[guardField(kpi)] = "Choose one of these."
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
