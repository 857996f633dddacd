package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/store"
)

// ramp is a ramp in JSON. Durations are like 24h.
type ramp struct {
	State      store.RampState `json:"state"`
	Steps      []float64       `json:"steps"`
	Step       int             `json:"step"`
	Hold       string          `json:"hold"`
	Guardrails []guardrail     `json:"guardrails"`
	Since      time.Time       `json:"since"`
	Next       *time.Time      `json:"next"` // null while no step is due
	Left       *string         `json:"left"` // null unless the ramp or the experiment is paused
	Reason     string          `json:"reason"`
}

type guardrail struct {
	KPI       string  `json:"kpi"`
	RiseIsBad bool    `json:"rise_is_bad"`
	Tolerate  float64 `json:"tolerate"`
}

// newRamp returns nil if there never was a ramp.
func newRamp(r store.Ramp) *ramp {
	if r.State == "" {
		return nil
	}
	x := &ramp{
		State: r.State, Steps: r.Steps, Step: r.Step, Hold: duration(r.Hold), Guardrails: make([]guardrail, len(r.Guardrails)),
		Since: r.Since.UTC(), Reason: r.Reason,
	}
	for i, g := range r.Guardrails {
		x.Guardrails[i] = guardrail(g)
	}
	switch {
	case !r.Next.IsZero():
		x.Next = new(r.Next.UTC())
	case r.Active():
		x.Left = new(duration(r.Left))
	}
	return x
}

// duration writes a duration for [time.ParseDuration], without trailing zero minutes and
// seconds.
func duration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// DefaultRamp returns the plan of a ramp for an experiment unless the operator chooses
// another.
func DefaultRamp(r store.Record) store.RampPlan {
	return store.RampPlan{
		Steps: []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1}, Hold: 24 * time.Hour, Guardrails: []store.Guardrail{{KPI: r.PrimaryKPI()}},
	}
}

// rampBody is the plan of a ramp. Omitted fields are as in [DefaultRamp].
type rampBody struct {
	Steps      []float64   `json:"steps"`
	Hold       string      `json:"hold"`
	Guardrails []guardrail `json:"guardrails"`
}

func (a routes) startRamp(ctx context.Context, experiment string, b rampBody) error {
	counts, err := a.engine.Counts(ctx, experiment)
	if err != nil {
		return err
	}
	p := DefaultRamp(counts.Record)
	if b.Steps != nil {
		p.Steps = b.Steps
	}
	if b.Hold != "" {
		if p.Hold, err = time.ParseDuration(b.Hold); err != nil {
			return reply.Refuse(http.StatusBadRequest, fmt.Sprintf(`The field "hold" must be a duration such as "24h" or "90m", not %q.`, b.Hold))
		}
	}
	if b.Guardrails != nil {
		p.Guardrails = nil
		for _, g := range b.Guardrails {
			p.Guardrails = append(p.Guardrails, store.Guardrail(g))
		}
	}
	return a.engine.StartRamp(ctx, experiment, p)
}

// withRamp returns the settings of a change with the ramp in the API's form.
func withRamp(text json.RawMessage) json.RawMessage {
	var s store.Settings
	if json.Unmarshal(text, &s) != nil || s.Ramp == nil {
		return text
	}
	r := newRamp(*s.Ramp)
	s.Ramp = nil
	changed, err := json.Marshal(struct {
		store.Settings

		Ramp *ramp `json:"ramp"`
	}{s, r})
	if err != nil {
		return text
	}
	return changed
}
