package sixpack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// Undo restores the settings that a change of the log changed. That is a change too,
// which can be undone.
//
// It is refused with a [*ConflictError]
//
//   - for a Reset, Purge or Delete, and for changes of ramps,
//   - if a later change changed the same settings, or the experiment was deleted since,
//   - if the method that makes the same change refuses it, and
//   - if it sets a winner with a [WinnerRisk]: SetWinner can, with [Confirmed].
//
// The other errors are [ErrUnknown] and an [*InvalidError] if the log has no such change.
func (e *Engine) Undo(ctx context.Context, experiment string, change uint64) error {
	log, err := e.store.Changes(ctx, experiment, 0)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(log, func(c store.Change) bool { return c.ID == change })
	if i >= 0 && final(log[i].Action) != "" {
		return &ConflictError{Experiment: experiment, Message: final(log[i].Action)}
	}
	return e.change(ctx, experiment, operation{
		Change: store.Change{Action: store.ActionUndo, Undoes: change},
		edit: func(r *store.Record) error {
			if i < 0 {
				return invalid("change", "the log has no change %d", change)
			}
			var back past
			for _, later := range log[:i] {
				back.add(later)
			}
			was, err := e.reverse(r, log[i], &back)
			if err != nil {
				return err
			}
			before := *r
			was.Apply(r)
			if was.Override != nil {
				r.Epoch = e.nextEpoch(&before, r)
			}
			return e.checkCounts(ctx, r, was)
		},
	})
}

// past is what later changes did, on the way back through a log.
type past struct {
	changed map[string]bool // the settings that they changed
	deleted bool            // they deleted the experiment
}

// add adds the next earlier change. It reports whether a later one changed the same.
func (p *past) add(c store.Change) (again bool) {
	var set map[string]json.RawMessage
	_ = json.Unmarshal(c.After, &set) // what cannot be read changed nothing that is known
	for name := range set {
		if again = again || p.changed[name]; p.changed == nil {
			p.changed = make(map[string]bool)
		}
		p.changed[name] = true
	}
	p.deleted = p.deleted || c.Action == store.ActionDelete
	return again
}

// final returns why changes by an action cannot be undone, nothing if they can.
func final(action store.Action) string {
	switch action {
	case store.ActionReset, store.ActionPurge, store.ActionDelete:
		return fmt.Sprintf("A %s cannot be undone: what it deleted is gone.", action)
	case store.ActionRamp, store.ActionRampStep, store.ActionPauseRamp, store.ActionResumeRamp, store.ActionStopRamp:
		return "Changes of ramps cannot be undone. Stop the ramp, or start another one."
	default:
		return ""
	}
}

// reverse returns the settings that undoing c restores, given the changes later than c,
// to which it adds c. Its error is a [*ConflictError] if the state of the experiment
// does not allow that.
func (e *Engine) reverse(r *store.Record, c store.Change, later *past) (was store.Settings, err error) {
	deleted := later.deleted
	again := later.add(c)
	conflict := func(message string) error { return &ConflictError{Experiment: r.Name, Message: message} }
	if message := final(c.Action); message != "" {
		return was, conflict(message)
	}
	var is store.Settings
	if errors.Join(json.Unmarshal(c.Before, &was), json.Unmarshal(c.After, &is)) != nil || is == (store.Settings{}) {
		return was, conflict("The change cannot be undone: its log entry is corrupt.")
	}
	// A copy that replaced another experiment has changes from before that.
	if deleted && c.At.Before(r.Created) {
		return was, conflict("The change cannot be undone: it is of an experiment that was deleted.")
	}
	still := r.Clone()
	is.Apply(&still)
	if now, _ := store.Changed(*r, still); again || now != (store.Settings{}) {
		return was, conflict("The change cannot be undone: a later one changed the same settings.")
	}
	for _, action := range operations(was) {
		if err := Allowed(r, action); err != nil {
			return was, err
		}
	}
	if err := e.checkSettings(r, was); err != nil {
		return was, err
	}
	return was, nil
}

// operations returns what sets the given settings.
func operations(s store.Settings) (all []store.Action) {
	add := func(yes bool, action, otherwise store.Action) {
		if !yes {
			action = otherwise
		}
		all = append(all, action)
	}
	if s.Winner != nil {
		add(*s.Winner != "", store.ActionWinner, store.ActionResetWinner)
	}
	if s.Paused != nil {
		add(*s.Paused, store.ActionPause, store.ActionResume)
	}
	if s.Archived != nil {
		add(*s.Archived, store.ActionArchive, store.ActionUnarchive)
	}
	if s.Override != nil {
		all = append(all, store.ActionOverride)
	}
	if s.Plan != nil {
		all = append(all, store.ActionPlan)
	}
	return all
}

// checkSettings refuses settings that the experiment cannot have any more, or that
// this engine does not know.
func (e *Engine) checkSettings(r *store.Record, s store.Settings) (err error) {
	if s.Winner != nil && *s.Winner != "" {
		err = checkWinner(r, *s.Winner)
	}
	if s.Override != nil {
		err = first(err, checkRampTraffic(r, *s.Override), e.checkOverride(r, *s.Override))
	}
	if s.Plan != nil {
		err = first(err, checkPlan(*s.Plan))
	}
	if invalid, ok := errors.AsType[*InvalidError](err); ok {
		err = &ConflictError{Experiment: r.Name, Message: "The change cannot be undone, as this is not possible any more: " + invalid.Error() + "."}
	}
	return err
}

// checkCounts refuses settings of r that were restored and that its counts speak
// against.
func (e *Engine) checkCounts(ctx context.Context, r *store.Record, restored store.Settings) (err error) {
	if restored.Winner != nil && r.Winner != "" {
		err = e.checkRisk(ctx, r)
	}
	if restored.Plan != nil {
		err = first(err, e.checkLate(ctx, r))
	}
	if risk, ok := errors.AsType[*ConflictError](err); ok && risk.Confirmable {
		err = &ConflictError{Experiment: r.Name, Message: risk.Message + " To have this winner all the same, set it."}
	}
	return err
}
