package dashboard

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/format"
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
		p.Steps = append(p.Steps, rampStep{percent(f) + "%", i == r.Ramp.Step})
	}
	if p.Active {
		p.Says = append(p.Says, describeGuardrails(r.Ramp.Guardrails)+withoutConversions(r))
		if says := declaredTraffic(r); says != "" {
			p.Says = append(p.Says, says)
		}
	}
	return p
}

// describeRamp describes the state of a ramp.
func describeRamp(r store.Record, zone *time.Location) string {
	const minute = "2 January 2006, 15:04 MST"
	here := percent(r.Ramp.Steps[r.Ramp.Step]) + "% of the visitors"
	since := here + " since " + r.Ramp.Since.In(zone).Format(minute)
	switch r.Ramp.State {
	case store.RampPaused:
		return "Paused at " + since + ". After you resume the ramp, this step lasts " + format.Duration(r.Ramp.Left) + " more."
	case store.RampStopped:
		if r.Ramp.Reason != "" {
			return "Stopped automatically at " + here + ": " + r.Ramp.Reason + ". The traffic stays as it is until you change it."
		}
		return "Stopped at " + here + "."
	case store.RampDone:
		return "Done: " + since + "."
	case store.RampRunning:
	}
	next := percent(r.Ramp.Steps[r.Ramp.Step+1]) + "%"
	if r.Ramp.Next.IsZero() {
		return "Waiting at " + since + " because the experiment is not running. Once it runs, " + next + " follows after " + format.Duration(r.Ramp.Left) + "."
	}
	text := "Running: " + since + "."
	if r.Ramp.Reason != "" {
		text = "Running: " + since + ", repeated because " + r.Ramp.Reason + "."
	}
	return text + " Rises to " + next + " with the first visitor after " + r.Ramp.Next.In(zone).Format(minute) + "."
}

// describeGuardrails lists what stops a ramp.
func describeGuardrails(guardrails []store.Guardrail) string {
	const text = "Before each step, the ramp checks the results. It stops if there is a sample-ratio mismatch"
	if len(guardrails) == 0 {
		return text + "."
	}
	worse := make([]string, len(guardrails))
	for i, g := range guardrails {
		worse[i] = analysis.KPIName(g.KPI) + either(g.RiseIsBad, " rises", " falls")
	}
	return text + ", or if an alternative makes a KPI clearly worse: " + strings.Join(worse, ", or ") + "."
}

// withoutConversions names the guardrails without conversions.
func withoutConversions(r store.Record) string {
	var missing []string
	for _, g := range r.Ramp.Guardrails {
		if !slices.Contains(r.KPIs, g.KPI) {
			missing = append(missing, analysis.KPIName(g.KPI))
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return " There are no conversions yet for " + strings.Join(missing, ", nor for ") + "."
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
