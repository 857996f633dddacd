package dashboard

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// apiRamp is a ramp as programs are told of it.
type apiRamp struct {
	State      store.RampState `json:"state"`
	Steps      []float64       `json:"steps"`
	Step       int             `json:"step"`
	Hold       string          `json:"hold"` // such as 24h, as all times that something lasts
	Guardrails []apiGuardrail  `json:"guardrails"`
	Since      time.Time       `json:"since"`
	Next       *time.Time      `json:"next"` // null while no step is due
	Left       *string         `json:"left"` // null unless the ramp or the experiment waits
	Reason     string          `json:"reason"`
}

type apiGuardrail struct {
	KPI       string `json:"kpi"`
	RiseIsBad bool   `json:"rise_is_bad"`
}

// newAPIRamp returns nil if there never was a ramp.
func newAPIRamp(r store.Ramp) *apiRamp {
	if r.State == "" {
		return nil
	}
	a := &apiRamp{
		State: r.State, Steps: r.Steps, Step: r.Step, Hold: hours(r.Hold), Guardrails: make([]apiGuardrail, len(r.Guardrails)),
		Since: r.Since.UTC(), Reason: r.Reason,
	}
	for i, g := range r.Guardrails {
		a.Guardrails[i] = apiGuardrail(g)
	}
	switch {
	case !r.Next.IsZero():
		a.Next = new(r.Next.UTC())
	case r.Active():
		a.Left = new(hours(r.Left))
	}
	return a
}

// hours writes a time that something lasts as [time.ParseDuration] reads it, without
// what is 0.
func hours(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// rampBody is what a ramp is begun with. What is left out is as the form has it.
type rampBody struct {
	Steps      []float64      `json:"steps"`
	Hold       string         `json:"hold"`
	Guardrails []apiGuardrail `json:"guardrails"`
}

// over returns the usual plan of a ramp with what the body says in its place.
func (b rampBody) over(p store.RampPlan) (store.RampPlan, error) {
	if b.Steps != nil {
		p.Steps = b.Steps
	}
	if b.Hold != "" {
		var err error
		if p.Hold, err = time.ParseDuration(b.Hold); err != nil {
			return p, mistakes{holdField: `The field "hold" takes how long each step is held, such as "24h" or "90m", not ` + quoted(b.Hold) + "."}
		}
	}
	if b.Guardrails != nil {
		p.Guardrails = nil
		for _, g := range b.Guardrails {
			p.Guardrails = append(p.Guardrails, store.Guardrail(g))
		}
	}
	return p, nil
}

func apiStartRamp(ctx context.Context, e *sixpack.Engine, experiment string, b rampBody) error {
	counts, err := e.Counts(ctx, experiment)
	if err != nil {
		return err
	}
	p, err := b.over(usualRamp(counts.Record))
	if err != nil {
		return err
	}
	return e.StartRamp(ctx, experiment, p)
}

// apiSet is what a change of the log says.
type apiSet struct {
	store.Settings

	Ramp *apiRamp `json:"ramp,omitempty"`
}

// retold returns what a change says, with ramps as they are elsewhere in the API.
func retold(text json.RawMessage) json.RawMessage {
	s := readSettings(text)
	if s.Ramp == nil {
		return text
	}
	ramp := newAPIRamp(*s.Ramp)
	s.Ramp = nil
	if again, err := json.Marshal(apiSet{s, ramp}); err == nil {
		return again
	}
	return text
}
