package sixpack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// Undo restores the settings that a change of the log changed. An Undo is itself a change
// that can be undone.
//
// It is refused with a [*ConflictError]
//
//   - for a Reset, Purge or Delete, and for changes of ramps,
//   - if a later change changed the same settings, or the experiment was deleted since,
//   - if the method that makes the same change refuses it, and
//   - if it would set a winner with a [WinnerRisk]; SetWinner with [Confirmed] can do that.
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
			var later laterChanges
			for _, c := range log[:i] {
				later.add(c)
			}
			was, err := e.reverse(r, log[i], &later)
			if err != nil {
				return err
			}
			before := *r
			was.Apply(r)
			if was.Override != nil {
				r.Epoch = e.nextEpoch(&before, r)
			}
			if was.Plan != nil {
				r.Look = store.Look{}
			}
			return e.checkCounts(ctx, r, was)
		},
	})
}

// laterChanges summarizes the changes later than one of the log.
type laterChanges struct {
	settings map[string]bool // that they changed
	deleted  bool            // whether one of them deleted the experiment
}

// add adds the next earlier change, and reports whether a later one changed the same
// settings.
func (l *laterChanges) add(c store.Change) (overlaps bool) {
	var set map[string]json.RawMessage
	_ = json.Unmarshal(c.After, &set) // a corrupt change is refused elsewhere
	for name := range set {
		if overlaps = overlaps || l.settings[name]; l.settings == nil {
			l.settings = make(map[string]bool)
		}
		l.settings[name] = true
	}
	l.deleted = l.deleted || c.Action == store.ActionDelete
	return overlaps
}

// final returns why changes by an action cannot be undone, empty if they can.
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

// reverse returns the settings that undoing c restores. It adds c to the later changes. The
// error is a [*ConflictError] if the state of the experiment does not allow that.
func (e *Engine) reverse(r *store.Record, c store.Change, later *laterChanges) (was store.Settings, err error) {
	deleted := later.deleted
	overlaps := later.add(c)
	conflict := func(message string) error { return &ConflictError{Experiment: r.Name, Message: message} }
	if message := final(c.Action); message != "" {
		return was, conflict(message)
	}
	var is store.Settings
	if errors.Join(json.Unmarshal(c.Before, &was), json.Unmarshal(c.After, &is)) != nil || is == (store.Settings{}) {
		return was, conflict("The change cannot be undone: its log entry is corrupt.")
	}
	// A copy that replaced another experiment has changes older than the copy.
	if deleted && c.At.Before(r.Created) {
		return was, conflict("The change cannot be undone: it belongs to a deleted experiment.")
	}
	still := r.Clone()
	is.Apply(&still)
	if now, _ := store.Changed(*r, still); overlaps || now != (store.Settings{}) {
		return was, conflict("The change cannot be undone: a later change changed the same settings.")
	}
	for _, action := range actionsFor(was) {
		if err := Allowed(r, action); err != nil {
			return was, err
		}
	}
	if err := e.checkSettings(r, was); err != nil {
		return was, err
	}
	return was, nil
}

// actionsFor returns the operations that set the given settings.
func actionsFor(s store.Settings) (all []store.Action) {
	add := func(sets bool, action store.Action) {
		if sets {
			all = append(all, action)
		}
	}
	add(s.Winner != nil && *s.Winner != "", store.ActionWinner)
	add(s.Winner != nil && *s.Winner == "", store.ActionResetWinner)
	add(s.Paused != nil && *s.Paused, store.ActionPause)
	add(s.Paused != nil && !*s.Paused, store.ActionResume)
	add(s.Archived != nil && *s.Archived, store.ActionArchive)
	add(s.Archived != nil && !*s.Archived, store.ActionUnarchive)
	add(s.Override != nil, store.ActionOverride)
	add(s.Plan != nil, store.ActionPlan)
	add(s.Mismatch != nil && !s.Mismatch.Open(), store.ActionAcknowledge)
	return all
}

// checkSettings refuses settings that the experiment no longer allows, or an algorithm that
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
		err = &ConflictError{Experiment: r.Name, Message: "The change cannot be undone: " + invalid.Error() + "."}
	}
	return err
}

// checkCounts refuses restored settings of r that its counts do not allow.
func (e *Engine) checkCounts(ctx context.Context, r *store.Record, restored store.Settings) (err error) {
	if restored.Winner != nil && r.Winner != "" {
		err = e.checkRisk(ctx, r)
	}
	if restored.Plan != nil {
		err = first(err, e.checkLate(ctx, r))
	}
	if risk, ok := errors.AsType[*ConflictError](err); ok && risk.Confirmable {
		err = &ConflictError{Experiment: r.Name, Message: risk.Message + " Set the winner instead of undoing if you want it."}
	}
	return err
}
