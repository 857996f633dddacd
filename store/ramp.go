package store

import (
	"slices"
	"time"
)

// RampPlan says how the traffic of an experiment is raised.
type RampPlan struct {
	Steps      []float64     `json:"steps,omitempty"`      // ascending traffic fractions in (0,1]
	Hold       time.Duration `json:"hold,omitzero"`        // duration of each step, in nanoseconds
	Guardrails []Guardrail   `json:"guardrails,omitempty"` // KPIs that stop the ramp if they get worse
}

// Guardrail is a KPI that no alternative may make worse.
type Guardrail struct {
	KPI string `json:"kpi,omitempty"` // "" is the default KPI
	// RiseIsBad is set for KPIs such as errors. For other KPIs a fall is bad.
	RiseIsBad bool `json:"rise_is_bad,omitempty"`
	// Tolerate is the largest change for the worse, a fraction of the control's rate or mean in [0,1), such as 0.1 for 10%,
	// with which a ramp goes on: a step is held until a larger change is ruled out. 0 asks for no such proof.
	Tolerate float64 `json:"tolerate,omitempty"`
}

// Ramp raises the traffic of an experiment step by step: each step sets
// [Record.Override].Traffic. The zero Ramp means that there is none.
type Ramp struct {
	RampPlan

	State RampState `json:"state,omitempty"`
	Step  int       `json:"step,omitempty"` // index in Steps of the present step
	Since time.Time `json:"since,omitzero"` // start of the present step
	// Next is when the next step is due. It is zero while the ramp or the experiment does
	// not run.
	Next time.Time `json:"next,omitzero"`
	// Left is the rest of Hold while Next is zero.
	Left time.Duration `json:"left,omitempty"`
	// Participants is the number of participants of all alternatives at Since.
	Participants int64 `json:"participants,omitempty"`
	// Holds is how often the present step was repeated because a guardrail has too little data.
	Holds int `json:"holds,omitempty"`
	// Reason says why the ramp stopped, paused or repeated its step by itself.
	Reason string `json:"reason,omitempty"`
}

// RampState is the state of a ramp.
type RampState string

// The states of a ramp. In each, the traffic stays as the last step set it.
const (
	RampRunning RampState = "running"
	RampPaused  RampState = "paused"  // until it is resumed
	RampStopped RampState = "stopped" // for good
	RampDone    RampState = "done"    // the last step is reached
)

// Clone returns a copy of r that shares nothing with it.
func (r Ramp) Clone() Ramp {
	r.Steps = slices.Clone(r.Steps)
	r.Guardrails = slices.Clone(r.Guardrails)
	return r
}

// Active reports whether the ramp is running or paused.
func (r Ramp) Active() bool { return r.State == RampRunning || r.State == RampPaused }
