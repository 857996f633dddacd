package store

import (
	"slices"
	"time"
)

// RampPlan says how the traffic of an experiment is raised.
type RampPlan struct {
	Steps      []float64     `json:"steps,omitempty"`      // fractions of clients let in, each above the one before, in (0,1]
	Hold       time.Duration `json:"hold,omitzero"`        // how long each step lasts, in nanoseconds
	Guardrails []Guardrail   `json:"guardrails,omitempty"` // what must not become worse
}

// Guardrail is a KPI that must not become worse by any alternative.
type Guardrail struct {
	KPI string `json:"kpi,omitempty"` // "" is the default KPI
	// RiseIsBad is for KPIs such as errors. Of others a fall is bad.
	RiseIsBad bool `json:"rise_is_bad,omitempty"`
}

// Ramp raises the traffic of an experiment step by step. The traffic of its
// present step is that of [Record.Override]. The zero Ramp is none.
type Ramp struct {
	RampPlan

	State RampState `json:"state,omitempty"`
	Step  int       `json:"step,omitempty"` // the present one of Steps
	Since time.Time `json:"since,omitzero"` // when the present step began
	// Next is when the next step is due; zero while the ramp does not run, or the
	// experiment does not.
	Next time.Time `json:"next,omitzero"`
	// Left is how much of Hold is left, while Next is zero.
	Left time.Duration `json:"left,omitempty"`
	// Participants took part, of all alternatives, when the present step began.
	Participants int64 `json:"participants,omitempty"`
	// Reason says why the ramp stopped by itself, or held its step again.
	Reason string `json:"reason,omitempty"`
}

// RampState is what a ramp does.
type RampState string

// The states. Whatever they are, the traffic stays as the last step set it.
const (
	RampRunning RampState = "running"
	RampPaused  RampState = "paused"  // it holds its step until it is resumed
	RampStopped RampState = "stopped" // for good
	RampDone    RampState = "done"    // at its last step
)

// Clone returns a copy of r that shares nothing with it.
func (r Ramp) Clone() Ramp {
	r.Steps = slices.Clone(r.Steps)
	r.Guardrails = slices.Clone(r.Guardrails)
	return r
}

// Active tells whether the ramp has further steps to go, though it may be paused.
func (r Ramp) Active() bool { return r.State == RampRunning || r.State == RampPaused }
