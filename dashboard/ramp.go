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
	Texts  []string // sentences about its state and its guardrails
}

type rampStep struct {
	Traffic string
	Present bool
}

// newRamp returns the ramp of an experiment, or nil if there never was one.
func newRamp(counts store.Counts, zone *time.Location, now time.Time) *ramp {
	r := counts.Record
	if r.Ramp.State == "" {
		return nil
	}
	p := &ramp{
		Active: r.Ramp.Active(), Warns: r.Ramp.State == store.RampStopped && r.Ramp.Reason != "",
		Texts: []string{describeRamp(r, zone)},
	}
	for i, f := range r.Ramp.Steps {
		p.Steps = append(p.Steps, rampStep{percent(f) + "%", i == r.Ramp.Step})
	}
	if p.Active {
		p.Texts = append(p.Texts, describeGuardrails(r))
		for _, text := range []string{analysis.DetectableNote(counts, now), overriddenTraffic(r)} {
			if text != "" {
				p.Texts = append(p.Texts, text)
			}
		}
	}
	return p
}

// describeRamp describes the state of a ramp.
func describeRamp(r store.Record, zone *time.Location) string {
	const minute = "2 January 2006, 15:04 MST"
	here := percent(r.Ramp.Steps[r.Ramp.Step]) + "% of visitors"
	since := here + " since " + r.Ramp.Since.In(zone).Format(minute)
	switch r.Ramp.State {
	case store.RampPaused:
		if r.Ramp.Reason != "" {
			return "Paused automatically at " + since + ", because " + r.Ramp.Reason + ". Resume the ramp to take the step all the same, or stop it."
		}
		return "Paused at " + since + ". When resumed, the ramp stays at this step for another " + format.Duration(r.Ramp.Left) + "."
	case store.RampStopped:
		if r.Ramp.Reason != "" {
			return "Stopped automatically at " + here + ": " + r.Ramp.Reason + ". The traffic was not lowered: that is your decision."
		}
		return "Stopped at " + here + "."
	case store.RampDone:
		return "Done: " + since + "."
	case store.RampRunning:
	}
	next := percent(r.Ramp.Steps[r.Ramp.Step+1]) + "%"
	if r.Ramp.Next.IsZero() {
		return "Waiting at " + since + ", because the experiment does not run. When it runs again, the traffic rises to " + next + " after " + format.Duration(r.Ramp.Left) + "."
	}
	return "Running: " + since + either(r.Ramp.Reason != "", "; this step is repeated because "+r.Ramp.Reason, "") +
		". Rises to " + next + " with the first visitor after " + r.Ramp.Next.In(zone).Format(minute) + "."
}

// describeGuardrails describes what stops a ramp, and which guardrails have no
// conversions yet.
func describeGuardrails(r store.Record) string {
	const text = "The ramp stops by itself if there is a sample-ratio mismatch"
	var worse, missing, tolerated []string
	for _, g := range r.Ramp.Guardrails {
		kpi := analysis.KPIName(g.KPI)
		worse = append(worse, kpi+either(g.RiseIsBad, " rises", " falls"))
		if g.Tolerate > 0 {
			tolerated = append(tolerated, either(g.RiseIsBad, "a rise of ", "a fall of ")+kpi+" by more than "+format.Percent(g.Tolerate))
		}
		if !slices.Contains(r.KPIs, g.KPI) {
			missing = append(missing, kpi)
		}
	}
	return text + either(worse != nil, ", or if an alternative makes a KPI significantly worse: "+strings.Join(worse, ", or "), "") +
		either(tolerated != nil, ". It goes on only when "+strings.Join(tolerated, " and ")+" is ruled out", "") +
		either(missing != nil, ". There are no conversions yet by "+strings.Join(missing, " and by "), "") + "."
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
