package sixpack

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/store"
)

// StartRamp sets the traffic of an experiment to the first step of a plan, and raises it to
// the next step each time that a step was held long enough. It replaces a ramp that is done
// or stopped.
//
// The first call of [Engine.Participate] that finds a step due, in any engine over the
// store, takes it. If that call comes late, it still takes only one step, which is held in
// full. A step without new participants is repeated. Time in which the experiment is paused
// or archived or has a winner does not count.
//
// Instead of taking a step, the ramp stops for good if there is a sample-ratio mismatch, or
// if a guardrail became worse: if the always-valid interval of its difference, at the plan's
// alpha, lies on the wrong side of 0 for any alternative. Only an operator lowers the traffic.
//
// A step is repeated while a guardrail cannot judge it ([analysis.Unseen]). After three
// repetitions the ramp pauses. If an operator resumes it, it takes the step.
//
// The traffic of a ramp takes precedence over the declarations of callers, like an
// [Engine.Override]. While the ramp runs or is paused, the traffic of an Override must be
// the traffic of the step, or 0, which keeps it. Afterwards the traffic of the last step
// stays as if it were overridden, until another Override clears it.
//
// It is refused with a [*ConflictError] while another ramp is under way, and for an
// experiment that is archived or has a winner. The other errors are [ErrUnknown] and
// [*InvalidError].
func (e *Engine) StartRamp(ctx context.Context, experiment string, p store.RampPlan) error {
	if err := checkRamp(p); err != nil {
		return err
	}
	return e.change(ctx, experiment, operation{
		Change: store.Change{Action: store.ActionRamp},
		edit: func(r *store.Record) error {
			if err := Allowed(r, store.ActionRamp); err != nil {
				if conflict, ok := errors.AsType[*ConflictError](err); ok {
					conflict.Done = r.Ramp.Active() && reflect.DeepEqual(r.Ramp.RampPlan, p)
				}
				return err
			}
			counts, err := e.Counts(ctx, experiment)
			r.Ramp = store.Ramp{RampPlan: p, State: store.RampRunning}.Clone()
			e.stepTo(r, 0, counts.Participants())
			return err
		},
	})
}

// PauseRamp holds a ramp at its step until [Engine.ResumeRamp]. It is refused with a
// [*ConflictError] if no ramp is under way, or if the ramp is paused. An unknown experiment
// is refused with [ErrUnknown].
func (e *Engine) PauseRamp(ctx context.Context, experiment string) error {
	return e.setRamp(ctx, experiment, store.ActionPauseRamp, store.RampPaused)
}

// ResumeRamp ends a pause: the ramp holds its step for the time that was left. It is
// refused with a [*ConflictError] if no ramp is under way, or if the ramp is not paused. An
// unknown experiment is refused with [ErrUnknown].
func (e *Engine) ResumeRamp(ctx context.Context, experiment string) error {
	return e.setRamp(ctx, experiment, store.ActionResumeRamp, store.RampRunning)
}

// StopRamp ends a ramp for good. The traffic stays where it is. It is refused with a
// [*ConflictError] if no ramp is under way. An unknown experiment is refused with
// [ErrUnknown].
func (e *Engine) StopRamp(ctx context.Context, experiment string) error {
	return e.setRamp(ctx, experiment, store.ActionStopRamp, store.RampStopped)
}

func (e *Engine) setRamp(ctx context.Context, experiment string, action store.Action, state store.RampState) error {
	return e.edit(ctx, experiment, action, func(r *store.Record) error {
		r.Ramp.State, r.Ramp.Reason = state, ""
		runRamp(r, e.config.Now())
		return nil
	})
}

// checkRamp refuses an invalid plan of a ramp.
func checkRamp(p store.RampPlan) error {
	const maxSteps = 100
	if n := len(p.Steps); n == 0 || n > maxSteps {
		return invalid("ramp", "it must have 1 to %d steps, not %d", maxSteps, n)
	}
	for i, f := range p.Steps {
		if !(f > 0 && f <= 1) {
			return invalid("traffic fraction", "%v is not in (0, 1]", f)
		}
		if i > 0 && f <= p.Steps[i-1] {
			return invalid("ramp", "each step must be above the previous one, but %v follows %v", f, p.Steps[i-1])
		}
	}
	if p.Hold <= 0 {
		return invalid("ramp", "the hold time %v is not positive", p.Hold)
	}
	for i, g := range p.Guardrails {
		if err := checkKPI(g.KPI); err != nil {
			return err
		}
		if !(g.Tolerate >= 0 && g.Tolerate < 1) {
			return invalid("ramp", "the tolerated change %v is not a fraction from 0 to below 1, such as 0.1 for 10%%", g.Tolerate)
		}
		if slices.ContainsFunc(p.Guardrails[:i], func(o store.Guardrail) bool { return o.KPI == g.KPI }) {
			return invalid("ramp", "the KPI %q is a guardrail twice; list it once", g.KPI)
		}
	}
	return nil
}

// stepTo starts a step. The last step ends the ramp.
func (e *Engine) stepTo(r *store.Record, step int, participants int64) {
	r.Override.Traffic = r.Ramp.Steps[step]
	r.Ramp.Step, r.Ramp.Since, r.Ramp.Holds = step, e.config.Now(), 0
	if step == len(r.Ramp.Steps)-1 {
		r.Ramp.State = store.RampDone
	}
	e.hold(r, participants)
}

// hold restarts the time of the present step.
func (e *Engine) hold(r *store.Record, participants int64) {
	r.Ramp.Next, r.Ramp.Left = time.Time{}, r.Ramp.Hold
	r.Ramp.Participants, r.Ramp.Reason = participants, ""
	runRamp(r, e.config.Now())
}

// runRamp starts or stops the time of a step, which runs only while the ramp and the
// experiment run.
func runRamp(r *store.Record, now time.Time) {
	runs := r.Ramp.State == store.RampRunning && r.Open()
	switch ramp := &r.Ramp; {
	case !ramp.Active():
		ramp.Next, ramp.Left = time.Time{}, 0
	case runs && ramp.Next.IsZero():
		ramp.Next, ramp.Left = now.Add(ramp.Left), 0
	case !runs && !ramp.Next.IsZero():
		ramp.Next, ramp.Left = time.Time{}, max(0, ramp.Next.Sub(now))
	}
}

// due reports whether it is time for the next step.
func due(r *store.Record, now time.Time) bool {
	return !r.Ramp.Next.IsZero() && !now.Before(r.Ramp.Next)
}

// tryStep reports whether to try a step now. If so, other calls do not try for a second.
func (p *progress) tryStep(now time.Time) bool {
	before, at := p.tried.Load(), now.UnixNano()
	return (at < before || at-before >= int64(time.Second)) && p.tried.CompareAndSwap(before, at)
}

// step takes the step that is due, or stops the ramp. If that fails, the call that found the
// step due still succeeds, and a later call retries.
func (e *Engine) step(ctx context.Context, experiment string) {
	now := e.config.Now()
	if e.config.Disabled || !e.cache.of(experiment).tryStep(now) {
		return
	}
	all, err := e.Reports(ctx, experiment)
	if err != nil || len(all) == 0 {
		return
	}
	counts := all[0].Counts
	before := &counts.Record
	if !due(before, now) { // another engine was faster
		e.remember(experiment, before)
		return
	}
	r := before.Clone()
	var log []store.Change
	if action := e.advance(&r, counts, now); action != "" {
		was, is := store.Changed(*before, r)
		c, err := e.complete(WithActor(ctx, "sixpack"), store.Change{Action: action}, was, is)
		if err != nil {
			return
		}
		log = append(log, c)
	}
	if facts, err := e.store.Save(ctx, r, log...); err == nil {
		e.update(experiment, &r, facts)
	}
}

// advance takes the next step of r, or stops or repeats the present one. It returns the
// action to log, empty for a repeated step.
func (e *Engine) advance(r *store.Record, counts store.Counts, now time.Time) (action store.Action) {
	here := counts.Participants()
	if here <= r.Ramp.Participants {
		e.hold(r, here)
		r.Ramp.Reason = "there were no participants"
		return ""
	}
	if reason := analysis.Obstacle(counts); reason != "" {
		r.Ramp.State, r.Ramp.Reason = store.RampStopped, reason
		runRamp(r, now)
		return store.ActionStopRamp
	}
	const maxHolds = 3
	reason, holds := analysis.Unseen(counts), r.Ramp.Holds+1
	if reason == "" || holds > maxHolds+1 {
		e.stepTo(r, r.Ramp.Step+1, here)
		return store.ActionRampStep
	}
	if e.hold(r, here); holds > maxHolds {
		r.Ramp.State, r.Ramp.Next, action = store.RampPaused, now, store.ActionPauseRamp
		runRamp(r, now)
	}
	r.Ramp.Reason, r.Ramp.Holds = reason, holds
	return action
}
