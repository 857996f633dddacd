package sixpack

import (
	"context"
	"errors"
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
func (e *Engine) Counts(ctx context.Context, experiment string) (store.Counts, error) {
	all, err := e.store.Counts(ctx, experiment)
	if err != nil {
		return store.Counts{}, err
	}
	if len(all) == 0 {
		return store.Counts{}, fmt.Errorf("%w: %q", ErrUnknown, experiment)
	}
	return all[0], nil
}

// AllCounts returns the records and all counts of all experiments, sorted by name,
// with one call of the store.
func (e *Engine) AllCounts(ctx context.Context) ([]store.Counts, error) {
	return e.store.Counts(ctx)
}

// SetWinner gives every client this alternative from now on. Nobody takes part
// any more; those who did still convert. The errors are [ErrUnknown] and
// [*InvalidError].
func (e *Engine) SetWinner(ctx context.Context, experiment, alternative string) error {
	return e.edit(ctx, experiment, ActionWinner, func(r *store.Record) error {
		r.Winner = alternative
		return checkWinner(r, alternative)
	})
}

// ResetWinner takes the winner back: the experiment goes on.
func (e *Engine) ResetWinner(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, ActionResetWinner, func(r *store.Record) error { r.Winner = ""; return nil })
}

// Pause gives every client the control, and counts nothing, until Resume.
func (e *Engine) Pause(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, ActionPause, func(r *store.Record) error { r.Paused = true; return nil })
}

// Resume ends a pause: clients get their alternatives again.
func (e *Engine) Resume(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, ActionResume, func(r *store.Record) error { r.Paused = false; return nil })
}

// Archive ends an experiment: everyone gets the control, or the winner, and
// nothing is counted any more.
func (e *Engine) Archive(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, ActionArchive, func(r *store.Record) error { r.Archived = true; return nil })
}

// Unarchive takes an archived experiment up again. One whose clients have been
// purged would count them anew: it is refused with [ErrPurged] until Reset.
func (e *Engine) Unarchive(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, ActionUnarchive, func(r *store.Record) error { r.Archived = false; return checkPurged(r) })
}

// Describe sets the description, which is Markdown for the dashboard.
func (e *Engine) Describe(ctx context.Context, experiment, description string) error {
	return e.edit(ctx, experiment, ActionDescribe, func(r *store.Record) error { r.Description = description; return nil })
}

// Override sets what goes before the traffic, weights (in the order of the
// remembered alternatives) and algorithm that callers declare. Zero fields
// override nothing, so that the zero Override clears it. The traffic is a ramp's
// while one is under way: it stays, and to set another is refused with [ErrRamp].
// The other errors are [ErrUnknown] and [*InvalidError].
func (e *Engine) Override(ctx context.Context, experiment string, o store.Override) error {
	return e.edit(ctx, experiment, ActionOverride, func(r *store.Record) error {
		if err := e.checkOverride(r, o); err != nil {
			return err
		}
		before, traffic := *r, r.Override.Traffic
		r.Override = o
		if r.Ramp.Active() {
			r.Override.Traffic = traffic
		}
		if o.Weights != nil {
			r.Override.Weights = scaled(o.Weights)
		}
		e.reweigh(&before, r)
		return nil
	})
}

// Reset starts an experiment anew: clients and counts are forgotten, its
// declaration, overrides and description stay, and so does the log of what was
// changed. Choices are made with a new salt, so that the next run does not repeat
// the groups of this one.
func (e *Engine) Reset(ctx context.Context, experiment string) error {
	counts, err := e.Counts(ctx, experiment)
	if err != nil {
		return err
	}
	return e.change(ctx, experiment, store.Change{Action: ActionReset}, lost(counts), func(r *store.Record) error {
		r.Salt = experiment + "#" + strconv.FormatUint(rand.Uint64(), 36) //nolint:gosec // only has to be another one
		r.Winner, r.Paused, r.Archived, r.Purged = "", false, false, false
		r.Epoch = store.Epoch{Number: 1, Start: e.config.Now(), Weights: e.shares(r)}
		if r.Ramp.Active() {
			e.hold(r, 0)
		}
		return nil
	}, func(r store.Record, c store.Change) (store.Facts, error) { return e.store.Clear(ctx, r, false, c) })
}

// Purge forgets the clients of an archived experiment and keeps its counts. The
// errors are [ErrUnknown] and [ErrNotArchived].
func (e *Engine) Purge(ctx context.Context, experiment string) error {
	return e.change(ctx, experiment, store.Change{Action: ActionPurge}, store.Settings{}, func(r *store.Record) error {
		if !r.Archived {
			return fmt.Errorf("%w: %q", ErrNotArchived, experiment)
		}
		if r.Purged {
			return e.checkClients(ctx, experiment) // an import may have brought some
		}
		r.Purged = true
		return nil
	}, func(r store.Record, c store.Change) (store.Facts, error) { return e.store.Clear(ctx, r, true, c) })
}

// checkClients returns errNothing if there are no clients to be forgotten.
func (e *Engine) checkClients(ctx context.Context, experiment string) error {
	for _, err := range e.store.Clients(ctx, experiment) {
		return err
	}
	return errNothing
}

// Delete forgets an experiment and everything about it, but for the log of what
// was changed.
func (e *Engine) Delete(ctx context.Context, experiment string) error {
	counts, err := e.Counts(ctx, experiment)
	if errors.Is(err, ErrUnknown) {
		e.learn(experiment, nil, store.Facts{})
	}
	if err != nil {
		return err
	}
	was, _ := store.Changed(counts.Record, store.Record{})
	c, err := e.tell(ctx, store.Change{Action: ActionDelete}, withLost(was, lost(counts)), store.Settings{})
	if err != nil {
		return err
	}
	found, err := e.store.Delete(ctx, experiment, c)
	if err != nil {
		return err
	}
	e.learn(experiment, nil, store.Facts{})
	if !found {
		return fmt.Errorf("%w: %q", ErrUnknown, experiment)
	}
	return nil
}

// edit changes the settings of an experiment.
func (e *Engine) edit(ctx context.Context, experiment, action string, edit func(*store.Record) error) error {
	return e.editAs(ctx, experiment, store.Change{Action: action}, edit)
}

// editAs is edit with a change that says what it is.
func (e *Engine) editAs(ctx context.Context, experiment string, c store.Change, edit func(*store.Record) error) error {
	return e.change(ctx, experiment, c, store.Settings{}, func(r *store.Record) error {
		before := r.Clone()
		if err := edit(r); err != nil {
			return err
		}
		if was, _ := store.Changed(before, *r); was == (store.Settings{}) {
			return errNothing
		}
		return nil
	}, func(r store.Record, c store.Change) (store.Facts, error) { return e.store.Save(ctx, r, c) })
}

// errNothing is returned by an edit that leaves nothing to save.
var errNothing = errors.New("nothing changes")

// change reads the record of an experiment, edits a copy and saves it, with what
// the log is to say of it and of what is lost by it, again and again until nobody
// came between.
func (e *Engine) change(
	ctx context.Context, experiment string, c store.Change, lost store.Settings,
	edit func(*store.Record) error, save func(store.Record, store.Change) (store.Facts, error),
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
		if err := edit(&r); errors.Is(err, errNothing) {
			return nil
		} else if err != nil {
			return err
		}
		was, is := store.Changed(*facts.Record, r)
		runRamp(&r, e.config.Now()) // after that, as it is no change of its own
		told, err := e.tell(ctx, c, withLost(was, lost), is)
		if err != nil {
			return err
		}
		if facts, err = save(r, told); err != nil {
			return err
		}
		if e.learn(experiment, &r, facts) {
			return nil
		}
	}
	return changing(experiment)
}

func checkWinner(r *store.Record, alternative string) error {
	if !slices.Contains(r.Alternatives, alternative) {
		return invalid("alternative name", "%q is not in %q", alternative, r.Name)
	}
	return nil
}

// checkPurged refuses to take up an experiment whose clients are gone.
func checkPurged(r *store.Record) error {
	if r.Purged {
		return fmt.Errorf("%w: %q: reset it first", ErrPurged, r.Name)
	}
	return nil
}

func (e *Engine) checkOverride(r *store.Record, o store.Override) error {
	err := first(checkTraffic(o.Traffic), e.checkAlgorithm(o.Algorithm))
	if r.Ramp.Active() && o.Traffic != 0 && o.Traffic != r.Override.Traffic {
		err = first(err, fmt.Errorf("%w: it sets the traffic of %q: stop it first", ErrRamp, r.Name))
	}
	if err == nil && o.Weights != nil {
		err = checkWeights(o.Weights, len(r.Alternatives))
	}
	return err
}

func (e *Engine) checkAlgorithm(name string) error {
	if name != "" && e.config.algorithm(name) == nil {
		return invalid("algorithm", "%q is not one of %q", name, e.Algorithms())
	}
	return nil
}
