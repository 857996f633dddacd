package sixpack

import (
	"context"

	"github.com/sixpack-go/sixpack/store"
)

type actorKey struct{}

// WithActor returns a context with the name of the person or program that acts. The log of
// an experiment records it with each change.
func WithActor(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, actorKey{}, name)
}

// LoggedChange is a change of an experiment's log.
type LoggedChange struct {
	store.Change

	// Undoable reports whether the state of the experiment allows [Engine.Undo] for the
	// change. Undo can still refuse a winner with a [WinnerRisk], and a fixed analysis once
	// there are participants.
	Undoable bool `json:"undoable"`
}

// Changes returns at most limit changes that operators made to an experiment, or all if
// limit is 0, the newest first. The log survives Reset and Delete. It does not contain the
// declarations of callers. The error is [ErrUnknown] if there is neither an experiment nor a
// change.
func (e *Engine) Changes(ctx context.Context, experiment string, limit int) ([]LoggedChange, error) {
	log, err := e.store.Changes(ctx, experiment, limit)
	if err != nil {
		return nil, err
	}
	r, err := e.refresh(ctx, experiment)
	if err != nil {
		return nil, err
	}
	if r == nil && len(log) == 0 {
		return nil, unknownExperiment(experiment)
	}
	changes := make([]LoggedChange, len(log))
	var later laterChanges
	for i, c := range log {
		changes[i].Change = c
		if r != nil {
			_, err := e.reverse(r, c, &later)
			changes[i].Undoable = err == nil
		}
	}
	return changes, nil
}

// complete returns c with its ID, time and actor, and with the settings that it changed,
// before and after.
func (e *Engine) complete(ctx context.Context, c store.Change, was, is store.Settings) (_ store.Change, err error) {
	c.ID, c.At = e.drawn.Add(1), e.config.Now()
	c.By, _ = ctx.Value(actorKey{}).(string)
	if c.Before, err = was.JSON(); err != nil {
		return c, err
	}
	c.After, err = is.JSON()
	return c, err
}

// countsOf returns the counts that the log keeps of a change that deletes counts.
func countsOf(counts store.Counts) store.Settings {
	var converted int64
	for _, a := range counts.Alternatives {
		for _, k := range a.KPIs {
			converted += k.Converted()
		}
	}
	return store.Settings{Participants: new(counts.Participants()), Conversions: &converted}
}

// withCounts returns s with the counts in lost.
func withCounts(s, lost store.Settings) store.Settings {
	s.Participants, s.Conversions = lost.Participants, lost.Conversions
	return s
}
