package sixpack

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

// List returns the records of all experiments, sorted by name.
func (e *Engine) List(ctx context.Context) ([]store.Record, error) {
	return e.store.Records(ctx)
}

// Counts returns the record and all counts of an experiment, or [ErrUnknown].
func (e *Engine) Counts(ctx context.Context, experiment string) (store.Results, error) {
	all, err := e.store.Results(ctx, experiment)
	if err != nil {
		return store.Results{}, err
	}
	if len(all) == 0 {
		return store.Results{}, fmt.Errorf("%w: %q", ErrUnknown, experiment)
	}
	return all[0], nil
}

// SetWinner gives every client this alternative from now on. Nobody takes part
// any more; those who did still convert. The errors are [ErrUnknown] and
// [ErrAlternativeName].
func (e *Engine) SetWinner(ctx context.Context, experiment, alternative string) error {
	return e.edit(ctx, experiment, func(r *store.Record) error {
		if !slices.Contains(r.Alternatives, alternative) {
			return fmt.Errorf("%w: %q is not in %q", ErrAlternativeName, alternative, experiment)
		}
		r.Winner = alternative
		return nil
	})
}

// ResetWinner takes the winner back: the experiment goes on.
func (e *Engine) ResetWinner(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, func(r *store.Record) error { r.Winner = ""; return nil })
}

// Pause gives every client the control, and counts nothing, until Resume.
func (e *Engine) Pause(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, func(r *store.Record) error { r.Paused = true; return nil })
}

// Resume ends a pause: clients get their alternatives again.
func (e *Engine) Resume(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, func(r *store.Record) error { r.Paused = false; return nil })
}

// Archive ends an experiment: everyone gets the control, or the winner, and
// nothing is counted any more.
func (e *Engine) Archive(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, func(r *store.Record) error { r.Archived = true; return nil })
}

// Unarchive takes an archived experiment up again. One whose clients have been
// purged would count them anew: it is refused with [ErrPurged] until Reset.
func (e *Engine) Unarchive(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, func(r *store.Record) error {
		if r.Purged {
			return fmt.Errorf("%w: %q: reset it first", ErrPurged, experiment)
		}
		r.Archived = false
		return nil
	})
}

// Describe sets the description, which is Markdown for the dashboard.
func (e *Engine) Describe(ctx context.Context, experiment, description string) error {
	return e.edit(ctx, experiment, func(r *store.Record) error { r.Description = description; return nil })
}

// Override sets what goes before the traffic, weights (in the order of the
// remembered alternatives) and algorithm that callers declare. Zero fields
// override nothing, so that the zero Override clears it. The errors are
// [ErrUnknown], [ErrTraffic], [ErrWeights] and [ErrAlgorithm].
func (e *Engine) Override(ctx context.Context, experiment string, o store.Override) error {
	return e.edit(ctx, experiment, func(r *store.Record) error {
		if err := checkTraffic(o.Traffic); err != nil {
			return err
		}
		if err := e.checkAlgorithm(o.Algorithm); err != nil {
			return err
		}
		r.Override = o
		if o.Weights != nil {
			if err := checkWeights(o.Weights, len(r.Alternatives)); err != nil {
				return err
			}
			r.Override.Weights = scaled(o.Weights)
		}
		e.reweigh(r)
		return nil
	})
}

// Reset starts an experiment anew: clients and counts are forgotten, its
// declaration, overrides and description stay. Choices are made with a new
// salt, so that the next run does not repeat the groups of this one.
func (e *Engine) Reset(ctx context.Context, experiment string) error {
	return e.change(ctx, experiment, func(r *store.Record) error {
		r.Salt = experiment + "#" + strconv.FormatUint(rand.Uint64(), 36) //nolint:gosec // only has to be another one
		r.Winner, r.Paused, r.Archived, r.Purged = "", false, false, false
		r.Epoch = store.Epoch{Number: 1, Start: e.config.Now(), Weights: e.shares(r)}
		return nil
	}, func(r store.Record) (store.Facts, error) { return e.store.Clear(ctx, r, false) })
}

// Purge forgets the clients of an archived experiment and keeps its counts. The
// errors are [ErrUnknown] and [ErrNotArchived].
func (e *Engine) Purge(ctx context.Context, experiment string) error {
	return e.change(ctx, experiment, func(r *store.Record) error {
		if !r.Archived {
			return fmt.Errorf("%w: %q", ErrNotArchived, experiment)
		}
		r.Purged = true
		return nil
	}, func(r store.Record) (store.Facts, error) { return e.store.Clear(ctx, r, true) })
}

// Delete forgets an experiment and everything about it.
func (e *Engine) Delete(ctx context.Context, experiment string) error {
	found, err := e.store.Delete(ctx, experiment)
	if err != nil {
		return err
	}
	e.learn(experiment, nil, store.Facts{})
	if !found {
		return fmt.Errorf("%w: %q", ErrUnknown, experiment)
	}
	return nil
}

// edit changes the record of an experiment.
func (e *Engine) edit(ctx context.Context, experiment string, edit func(*store.Record) error) error {
	return e.change(ctx, experiment, edit, func(r store.Record) (store.Facts, error) { return e.store.Save(ctx, r) })
}

// change reads the record of an experiment, edits a copy and saves it, again
// and again until nobody came between.
func (e *Engine) change(
	ctx context.Context, experiment string, edit func(*store.Record) error, save func(store.Record) (store.Facts, error),
) error {
	for range maxTries {
		facts, err := e.store.Lookup(ctx, experiment, "")
		if err != nil {
			return err
		}
		if facts.Record == nil {
			return fmt.Errorf("%w: %q", ErrUnknown, experiment)
		}
		r := facts.Record.Clone()
		if err := edit(&r); err != nil {
			return err
		}
		if facts, err = save(r); err != nil {
			return err
		}
		if e.learn(experiment, &r, facts) {
			return nil
		}
	}
	return changing(experiment)
}

func (e *Engine) checkAlgorithm(name string) error {
	if name != "" && e.config.algorithm(name) == nil {
		return fmt.Errorf("%w: %q", ErrAlgorithm, name)
	}
	return nil
}
