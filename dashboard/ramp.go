package dashboard

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/dashboard/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// ramp is a ramp as the pages show it.
type ramp struct {
	Active bool
	Warns  bool // it stopped because of a guardrail or a mismatch
	Steps  []rampStep
	Says   []string
}

type rampStep struct {
	Traffic string
	Present bool
}

// newRamp returns the ramp of an experiment, or nil if there never was one.
func newRamp(r store.Record, zone *time.Location) *ramp {
	if r.Ramp.State == "" {
		return nil
	}
	p := &ramp{
		Active: r.Ramp.Active(), Warns: r.Ramp.State == store.RampStopped && r.Ramp.Reason != "",
		Says: []string{describeRamp(r, zone)},
	}
	for i, f := range r.Ramp.Steps {
		p.Steps = append(p.Steps, rampStep{percent(f) + " %", i == r.Ramp.Step})
	}
	if p.Active {
		p.Says = append(p.Says, describeGuardrails(r.Ramp.Guardrails)+withoutConversions(r))
		if says := declaredTraffic(r); says != "" {
			p.Says = append(p.Says, says)
		}
	}
	return p
}

// describeRamp says what a ramp does at present.
func describeRamp(r store.Record, zone *time.Location) string {
	const minute = "2 January 2006 15:04"
	here := percent(r.Ramp.Steps[r.Ramp.Step]) + " % of the visitors"
	since := here + " since " + r.Ramp.Since.In(zone).Format(minute)
	switch r.Ramp.State {
	case store.RampPaused:
		return "Paused at " + since + ". Once it is resumed, this step is held for " + format.Duration(r.Ramp.Left) + "."
	case store.RampStopped:
		if r.Ramp.Reason != "" {
			return "Stopped by itself at " + here + ": " + r.Ramp.Reason + ". It does not lower the traffic: that is for you to decide."
		}
		return "Stopped at " + here + "."
	case store.RampDone:
		return "Done: " + since + "."
	case store.RampRunning:
	}
	next := percent(r.Ramp.Steps[r.Ramp.Step+1]) + " %"
	if r.Ramp.Next.IsZero() {
		return "Waiting at " + since + ", as the experiment does not run. Then " + next + " follows after " + format.Duration(r.Ramp.Left) + "."
	}
	text := "Running: " + since + "."
	if r.Ramp.Reason != "" {
		text = "Running: " + since + ", held again as " + r.Ramp.Reason + "."
	}
	return text + " With the first visitor after " + r.Ramp.Next.In(zone).Format(minute) + " it is " + next + "."
}

// describeGuardrails says what stops a ramp.
func describeGuardrails(guardrails []store.Guardrail) string {
	const text = "Before each step it looks at the numbers, and stops if participants do not come in the shares that are set"
	if len(guardrails) == 0 {
		return text + "."
	}
	worse := make([]string, len(guardrails))
	for i, g := range guardrails {
		worse[i] = kpiInSentence(g.KPI) + either(g.RiseIsBad, " rises", " falls")
	}
	return text + ", or if an alternative clearly makes things worse: " + strings.Join(worse, ", or ") + "."
}

// withoutConversions says which guardrails have no conversions yet.
func withoutConversions(r store.Record) string {
	var missing []string
	for _, g := range r.Ramp.Guardrails {
		if !slices.Contains(r.KPIs, g.KPI) {
			missing = append(missing, kpiInSentence(g.KPI))
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return " Nobody converted by " + strings.Join(missing, ", nor by ") + " yet."
}

// rampState returns the state of a ramp for the change history.
func rampState(r store.Ramp) string {
	if r.State == "" {
		return "no ramp"
	}
	text := "ramp " + string(r.State) + ", step " + strconv.Itoa(r.Step+1) + " of " + strconv.Itoa(len(r.Steps))
	if r.Reason != "" {
		text += ": " + r.Reason
	}
	return text
}
