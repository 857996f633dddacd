package sixpack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

var (
	// ErrRamp is wrapped by the error of what cannot be done to a ramp as things
	// are, or because of one.
	ErrRamp = errors.New("refused because of the ramp")
	// ErrRampPlan is wrapped by the error of a plan that makes no sense.
	ErrRampPlan = errors.New("invalid ramp")
)

// What the log calls what is done to ramps. Steps are made by the engine itself, as
// "sixpack", which stops ramps too.
const (
	ActionRamp       = "ramp"
	ActionRampStep   = "ramp-step"
	ActionPauseRamp  = "pause-ramp"
	ActionResumeRamp = "resume-ramp"
	ActionStopRamp   = "stop-ramp"
)

// StartRamp sets the traffic of an experiment to the first of some steps, and from
// there on raises it to the next one each time that a step was held long enough.
// It replaces a ramp that is done or stopped.
//
// Each step is taken by the first call of [Engine.Participate], in any engine over
// the store, that finds it due, so once. It is one step however late that call
// comes, and is held in full: what a step is to show, it shows only while there
// are visitors. For the same reason one that nobody took part at is held again.
// Time in which the experiment is paused or archived or has a winner does not
// count.
//
// A step is not taken, and the ramp stops for good where it is, if the sample
// ratio is broken then, or if a guardrail became worse: if the always-valid
// interval of its difference, at the plan's alpha, lies on the wrong side of 0 for
// any of the alternatives. Nothing but an operator lowers the traffic.
//
// The traffic of a ramp goes before what callers declare, as that of an
// [Engine.Override] does: it is raised beyond that as well. While the ramp runs or
// is paused, the traffic of an Override has to be that of the step, or 0, which
// leaves it there. Afterwards the last step's stays as if it had been overridden,
// until another Override clears it.
//
// The errors are [ErrUnknown]; [ErrRampPlan], or [*InvalidError] of a step's traffic or a
// guardrail's KPI, for a plan that makes no sense; and [ErrRamp] while another ramp is
// under way, and for an experiment that is archived or has a winner.
func (e *Engine) StartRamp(ctx context.Context, experiment string, p store.RampPlan) error {
	if err := checkRamp(p); err != nil {
		return err
	}
	counts, err := e.Counts(ctx, experiment)
	if err != nil {
		return err
	}
	return e.edit(ctx, experiment, ActionRamp, func(r *store.Record) error {
		switch {
		case r.Ramp.Active():
			return fmt.Errorf("%w: %q has one under way: stop it first", ErrRamp, experiment)
		case r.Archived:
			return fmt.Errorf("%w: %q is archived", ErrRamp, experiment)
		case r.Winner != "":
			return fmt.Errorf("%w: %q has a winner", ErrRamp, experiment)
		}
		r.Ramp = store.Ramp{RampPlan: p, State: store.RampRunning}.Clone()
		e.stepTo(r, 0, counts.Participants())
		return nil
	})
}

// PauseRamp holds a ramp at its step until [Engine.ResumeRamp]. The errors are
// [ErrUnknown], and [ErrRamp] if none is under way.
func (e *Engine) PauseRamp(ctx context.Context, experiment string) error {
	return e.setRamp(ctx, experiment, ActionPauseRamp, store.RampPaused)
}

// ResumeRamp ends a pause: the ramp holds its step for as long as was left. The
// errors are [ErrUnknown], and [ErrRamp] if none is under way.
func (e *Engine) ResumeRamp(ctx context.Context, experiment string) error {
	return e.setRamp(ctx, experiment, ActionResumeRamp, store.RampRunning)
}

// StopRamp ends a ramp for good. The traffic stays where it is. The errors are
// [ErrUnknown], and [ErrRamp] if none is under way.
func (e *Engine) StopRamp(ctx context.Context, experiment string) error {
	return e.setRamp(ctx, experiment, ActionStopRamp, store.RampStopped)
}

func (e *Engine) setRamp(ctx context.Context, experiment, action string, state store.RampState) error {
	return e.edit(ctx, experiment, action, func(r *store.Record) error {
		if r.Ramp.State == state {
			return nil
		}
		if !r.Ramp.Active() {
			return fmt.Errorf("%w: %q has none under way", ErrRamp, experiment)
		}
		r.Ramp.State = state
		runRamp(r, e.config.Now())
		return nil
	})
}

// checkRamp finds what is wrong with the plan of a ramp.
func checkRamp(p store.RampPlan) error {
	const most = 100
	if n := len(p.Steps); n == 0 || n > most {
		return fmt.Errorf("%w: it has %d steps, not 1 to %d", ErrRampPlan, n, most)
	}
	for i, f := range p.Steps {
		if !(f > 0 && f <= 1) {
			return invalid("traffic fraction", "%v is not in (0, 1]", f)
		}
		if i > 0 && f <= p.Steps[i-1] {
			return fmt.Errorf("%w: its steps do not rise from %v to %v", ErrRampPlan, p.Steps[i-1], f)
		}
	}
	if p.Hold <= 0 {
		return fmt.Errorf("%w: %v is no time to hold a step", ErrRampPlan, p.Hold)
	}
	for i, g := range p.Guardrails {
		if err := checkKPI(g.KPI); err != nil {
			return err
		}
		if slices.ContainsFunc(p.Guardrails[:i], func(o store.Guardrail) bool { return o.KPI == g.KPI }) {
			return fmt.Errorf("%w: %q is a guardrail twice", ErrRampPlan, g.KPI)
		}
	}
	return nil
}

// stepTo begins a step, of which the last ends the ramp.
func (e *Engine) stepTo(r *store.Record, step int, participants int64) {
	r.Override.Traffic = r.Ramp.Steps[step]
	r.Ramp.Step, r.Ramp.Since = step, e.config.Now()
	if step == len(r.Ramp.Steps)-1 {
		r.Ramp.State = store.RampDone
	}
	e.hold(r, participants)
}

// hold has the present step begin its time anew.
func (e *Engine) hold(r *store.Record, participants int64) {
	r.Ramp.Next, r.Ramp.Left = time.Time{}, r.Ramp.Hold
	r.Ramp.Participants, r.Ramp.Reason = participants, ""
	runRamp(r, e.config.Now())
}

// runRamp has the time of a step run exactly while the ramp and the experiment do.
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

// due tells whether it is time for the next step.
func due(r *store.Record, now time.Time) bool {
	return !r.Ramp.Next.IsZero() && !now.Before(r.Ramp.Next)
}

// try is when an engine last tried to make the step that is due, in nanoseconds.
type try struct{ last atomic.Int64 }

// begin tells whether to try now: not while somebody else does, and not all the
// time while it fails.
func (t *try) begin(now time.Time) bool {
	const patience = time.Second
	before, at := t.last.Load(), now.UnixNano()
	return (at < before || at-before >= int64(patience)) && t.last.CompareAndSwap(before, at)
}

// step takes the step that is due, or stops the ramp. If that fails a later call
// brings it about: the one that found it due is not to suffer.
func (e *Engine) step(ctx context.Context, experiment string) {
	now := e.config.Now()
	if e.config.Disabled || !e.tries.of(experiment).begin(now) {
		return
	}
	all, err := e.store.Counts(ctx, experiment)
	if err != nil || len(all) == 0 {
		return
	}
	before := &all[0].Record
	if !due(before, now) { // another engine was faster
		e.learn(experiment, nil, store.Facts{Version: before.Version, Record: before})
		return
	}
	r := before.Clone()
	var log []store.Change
	if action := e.advance(&r, all[0], now); action != "" {
		was, is := store.Changed(*before, r)
		c, err := e.tell(WithActor(ctx, "sixpack"), store.Change{Action: action}, was, is)
		if err != nil {
			return
		}
		log = append(log, c)
	}
	if facts, err := e.store.Save(ctx, r, log...); err == nil {
		e.learn(experiment, &r, facts)
	}
}

// advance does to r what is due, and returns what the log calls it: nothing if the
// step is held again.
func (e *Engine) advance(r *store.Record, counts store.Counts, now time.Time) (action string) {
	here := counts.Participants()
	if here <= r.Ramp.Participants {
		e.hold(r, here)
		r.Ramp.Reason = "nobody took part"
		return ""
	}
	if reason := obstacle(counts); reason != "" {
		r.Ramp.State, r.Ramp.Reason = store.RampStopped, reason
		runRamp(r, now)
		return ActionStopRamp
	}
	e.stepTo(r, r.Ramp.Step+1, here)
	return ActionRampStep
}

// obstacle says why a ramp must not go on, or nothing.
func obstacle(counts store.Counts) string {
	r := &counts.Record
	if d := analysis.Compare(counts, r.PrimaryKPI()); d.State == stats.StateMismatch {
		return "the sample ratio is broken"
	} else if d.State == stats.StateInvalidCounts {
		return "the counts are broken"
	}
	for _, g := range r.Ramp.Guardrails {
		bad, became := stats.StandingWorse, "fell"
		if g.RiseIsBad {
			bad, became = stats.StandingBetter, "rose"
		}
		for i, arm := range analysis.Compare(counts, g.KPI).Arms {
			if arm.Standing == bad {
				return fmt.Sprintf("%s %s with %s", cmp.Or(g.KPI, "the default KPI"), became, r.Alternatives[i])
			}
		}
	}
	return ""
}
