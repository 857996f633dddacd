package sixpack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sixpack-go/sixpack/store"
)

// What the log of an experiment calls what operators do.
const (
	ActionWinner      = "winner"
	ActionResetWinner = "reset-winner"
	ActionPause       = "pause"
	ActionResume      = "resume"
	ActionArchive     = "archive"
	ActionUnarchive   = "unarchive"
	ActionDescribe    = "describe"
	ActionOverride    = "override"
	ActionPlan        = "plan"
	ActionReset       = "reset"
	ActionPurge       = "purge"
	ActionDelete      = "delete"
	ActionUndo        = "undo"
)

// ErrUndo is wrapped by the error of [Engine.Undo] for a change that cannot be
// taken back, or not any more.
var ErrUndo = errors.New("this change cannot be undone")

type actorKey struct{}

// WithActor returns a context in which name is who acts: the log of an
// experiment tells what was changed by whom.
func WithActor(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, actorKey{}, name)
}

// Changes returns what operators changed of an experiment, the newest first, and
// no more than most, unless that is 0. It goes back before a Reset, and before
// another experiment of this name was deleted. What callers declare is not among
// it. The error is [ErrUnknown] if there is neither an experiment nor a change.
func (e *Engine) Changes(ctx context.Context, experiment string, most int) ([]store.Change, error) {
	changes, err := e.store.Changes(ctx, experiment, most)
	if err != nil || len(changes) > 0 {
		return changes, err
	}
	facts, err := e.store.Lookup(ctx, experiment, "")
	if err != nil {
		return nil, err
	}
	if facts.Record == nil {
		return nil, fmt.Errorf("%w: %q", ErrUnknown, experiment)
	}
	return nil, nil
}

// Undo puts what a change of the log changed back to what it was before. That is
// a change too, which can be undone.
//
// It is refused with [ErrUndo] if that was changed again since, if there is no
// such change, for a Reset, Purge or Delete, which forget, for what is done to
// ramps, and for what was changed of an experiment that was deleted; and like the
// method that would do the same, with [ErrPurged], [ErrLate], [ErrRamp] or
// an [*InvalidError]. The other error is [ErrUnknown].
func (e *Engine) Undo(ctx context.Context, experiment string, change uint64) error {
	log, err := e.Changes(ctx, experiment, 0)
	if err != nil {
		return err
	}
	c, deleted, err := findChange(log, change)
	if err != nil {
		return fmt.Errorf("%w: change %d of %q", err, change, experiment)
	}
	was, is, err := said(c)
	if err != nil {
		return fmt.Errorf("%w: change %d of %q", err, change, experiment)
	}
	if err := e.checkLate(ctx, experiment, was.Plan); err != nil {
		return err
	}
	undo := store.Change{Action: ActionUndo, Undoes: change}
	return e.editAs(ctx, experiment, undo, func(r *store.Record) error {
		// A copy that replaced another experiment has changes of before that.
		if deleted && c.At.Before(r.Created) {
			return fmt.Errorf("%w: it is of an experiment that was deleted: change %d of %q", ErrUndo, change, experiment)
		}
		still := r.Clone()
		put(&still, is)
		if again, _ := store.Changed(*r, still); again != (store.Settings{}) {
			return fmt.Errorf("%w: what it changed was changed since: change %d of %q", ErrUndo, change, experiment)
		}
		if err := e.checkSettings(r, was); err != nil {
			return err
		}
		before := *r
		put(r, was)
		if was.Override != nil {
			e.reweigh(&before, r)
		}
		return nil
	})
}

// findChange returns a change of a log, which has the newest first, and whether
// an experiment was deleted since. Its error wraps ErrUndo.
func findChange(log []store.Change, id uint64) (_ store.Change, deleted bool, err error) {
	for _, c := range log {
		if c.ID == id {
			return c, deleted, nil
		}
		deleted = deleted || c.Action == ActionDelete
	}
	return store.Change{}, false, fmt.Errorf("%w: there is no such change", ErrUndo)
}

// said returns what a change says: how it was, and how it is since. Its error
// wraps ErrUndo.
func said(c store.Change) (was, is store.Settings, err error) {
	switch c.Action {
	case ActionReset, ActionPurge, ActionDelete:
		return was, is, fmt.Errorf("%w: what a %s forgets is gone", ErrUndo, c.Action)
	case ActionRamp, ActionRampStep, ActionPauseRamp, ActionResumeRamp, ActionStopRamp:
		return was, is, fmt.Errorf("%w: stop the ramp, or start another", ErrUndo)
	}
	if err := errors.Join(json.Unmarshal(c.Before, &was), json.Unmarshal(c.After, &is)); err != nil {
		return was, is, fmt.Errorf("%w: what it changed is not known: %w", ErrUndo, err)
	}
	return was, is, nil
}

// checkLate refuses a fixed analysis as SetPlan does.
func (e *Engine) checkLate(ctx context.Context, experiment string, p *store.Plan) error {
	if p == nil || p.Analysis != store.AnalysisFixed {
		return nil
	}
	counts, err := e.Counts(ctx, experiment)
	if err == nil && counts.Participants() > 0 {
		err = tooLate(experiment)
	}
	return err
}

// checkSettings finds what is wrong with setting what s says, as the methods
// that set it do.
func (e *Engine) checkSettings(r *store.Record, s store.Settings) (err error) {
	if s.Winner != nil && *s.Winner != "" {
		err = checkWinner(r, *s.Winner)
	}
	if s.Archived != nil && !*s.Archived {
		err = first(err, checkPurged(r))
	}
	if s.Override != nil {
		err = first(err, e.checkOverride(r, *s.Override))
		if r.Ramp.Active() && s.Override.Traffic != r.Override.Traffic {
			err = first(err, fmt.Errorf("%w: it sets the traffic of %q", ErrRamp, r.Name))
		}
	}
	if s.Plan != nil {
		err = first(err, checkPlan(*s.Plan))
	}
	return err
}

// put sets what s says of what an operator sets.
func put(r *store.Record, s store.Settings) {
	assign(&r.Winner, s.Winner)
	assign(&r.Paused, s.Paused)
	assign(&r.Archived, s.Archived)
	assign(&r.Description, s.Description)
	assign(&r.Override, s.Override)
	assign(&r.Plan, s.Plan)
}

func assign[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// tell completes what the log says of a change that is about to be made.
func (e *Engine) tell(ctx context.Context, c store.Change, was, is store.Settings) (_ store.Change, err error) {
	c.ID, c.At = e.drawn.Add(1), e.config.Now()
	c.By, _ = ctx.Value(actorKey{}).(string)
	if c.Before, err = was.JSON(); err != nil {
		return c, err
	}
	c.After, err = is.JSON()
	return c, err
}

// lost returns what is counted, as a change tells it that forgets it.
func lost(counts store.Counts) store.Settings {
	var converted int64
	for _, a := range counts.Alternatives {
		for _, k := range a.KPIs {
			converted += k.Converted()
		}
	}
	return store.Settings{Participants: new(counts.Participants()), Conversions: &converted}
}

// withLost returns s with the counts that are lost.
func withLost(s, lost store.Settings) store.Settings {
	s.Participants, s.Conversions = lost.Participants, lost.Conversions
	return s
}
