package dashboard

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// The fields of the action that begins a ramp.
const (
	stepsField = "steps"
	holdField  = "hold"
	fallsField = "falls"
	risesField = "rises"
)

func refuseRamp(s *subject) string {
	switch {
	case s.Ramp.Active():
		return "A ramp is under way. Stop that first."
	case s.Winner != "":
		return "Everyone gets the winner, " + quoted(s.Winner) + ", so that nobody new takes part. Take the winner back first."
	default:
		return refuseArchived(s)
	}
}

func tellRamp(s *subject) []string {
	return []string{
		"Sets the traffic, which is " + percent(inForce(s.Record)) + " % now, to the first step at once, and to the next one each time that a step was held long enough.",
		"Nobody who takes part changes or is put out, whatever the steps are.",
		"It stops by itself, and leaves the traffic where it is, if participants do not come in the shares that are set, " +
			"or if an alternative makes one of the KPIs below worse.",
	}
}

func askRamp(s *subject) []field {
	return []field{
		{
			Name: stepsField, Label: "Steps, in percent of the visitors", Kind: line, Value: s.value(stepsField, "1, 5, 10, 25, 50, 100"),
			Hint: "Each above the one before.",
		},
		{
			Name: holdField, Label: "Hours at each step", Kind: number, Value: s.value(holdField, "24"),
			Hint: "A step that nobody took part at is held again. Time in which the experiment is paused does not count.",
		},
		{
			Name: fallsField, Label: "KPIs that must not fall", Kind: line, Value: s.value(fallsField, kpiName(s.PrimaryKPI())),
			Hint: "Separated by commas; empty for none.",
		},
		{
			Name: risesField, Label: "KPIs that must not rise", Kind: line, Value: s.value(risesField, ""),
			Hint: "Such as errors.",
		},
	}
}

func doRamp(ctx context.Context, e *sixpack.Engine, s *subject) error {
	const mostHours = 24 * 366
	wrong := mistakes{}
	p := store.RampPlan{
		Steps:      wrong.readSteps(s),
		Hold:       time.Duration(wrong.readNumber(s, holdField, true, mostHours) * float64(time.Hour)),
		Guardrails: append(readGuardrails(s, fallsField, false), readGuardrails(s, risesField, true)...),
	}
	if p.Hold == 0 && wrong[holdField] == "" {
		wrong[holdField] = "Say how long each step is held."
	}
	if len(wrong) > 0 {
		return wrong
	}
	return e.StartRamp(ctx, s.Name, p)
}

// readSteps returns percentages as fractions.
func (m mistakes) readSteps(s *subject) (steps []float64) {
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

// readGuardrails returns KPIs. The default one is called so, unless there is one of
// that name.
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

func refuseNoRamp(s *subject) string {
	if !s.Ramp.Active() {
		return "No ramp is under way."
	}
	return ""
}

func refusePauseRamp(s *subject) string {
	if s.Ramp.State == store.RampPaused {
		return "The ramp is paused already."
	}
	return refuseNoRamp(s)
}

func refuseResumeRamp(s *subject) string {
	if s.Ramp.State == store.RampRunning {
		return "The ramp is not paused."
	}
	return refuseNoRamp(s)
}

func tellPauseRamp(s *subject) []string {
	return []string{"The traffic stays at " + percent(inForce(s.Record)) + " % until you resume the ramp. Then this step is held for as long as was left."}
}

func tellResumeRamp(s *subject) []string {
	return []string{
		"The ramp goes on: the traffic stays at " + percent(inForce(s.Record)) + " % for " + lasting(s.Ramp.Left) + ", and is raised then.",
	}
}

func tellStopRamp(s *subject) []string {
	return []string{
		"Ends the ramp for good. The traffic stays at " + percent(inForce(s.Record)) + " %, and can be set by hand again. You can begin another ramp.",
	}
}
