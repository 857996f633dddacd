package sixpack

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
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
		return store.Counts{}, unknownExperiment(experiment)
	}
	return all[0], nil
}

// AllCounts returns the records and all counts of all experiments, sorted by name,
// with one call of the store.
func (e *Engine) AllCounts(ctx context.Context) ([]store.Counts, error) {
	return e.store.Counts(ctx)
}

// A WinnerOption changes what [Engine.SetWinner] requires.
type WinnerOption struct{ confirmed bool }

// Confirmed sets the winner despite a [WinnerRisk].
func Confirmed() WinnerOption { return WinnerOption{confirmed: true} }

// SetWinner gives every client this alternative from now on. The experiment takes no new
// participants; existing ones can still convert.
//
// It is refused with a [*ConflictError] for an archived experiment, for the current
// winner and, without [Confirmed], for an alternative with a [WinnerRisk]. The other
// errors are [ErrUnknown] and an [*InvalidError] for an alternative that the experiment
// does not have.
func (e *Engine) SetWinner(ctx context.Context, experiment, alternative string, options ...WinnerOption) error {
	return e.edit(ctx, experiment, store.ActionWinner, func(r *store.Record) error {
		if err := checkWinner(r, alternative); err != nil {
			return err
		}
		if r.Winner == alternative {
			return &ConflictError{Experiment: experiment, Message: "“" + alternative + "” is already the winner.", Done: true}
		}
		r.Winner = alternative
		if slices.Contains(options, Confirmed()) {
			return nil
		}
		return e.checkRisk(ctx, r)
	})
}

// checkRisk returns the [WinnerRisk] of the winner of r.
func (e *Engine) checkRisk(ctx context.Context, r *store.Record) error {
	counts, err := e.Counts(ctx, r.Name)
	if err != nil {
		return err
	}
	report := analysis.Summary(counts, e.now())
	return WinnerRisk(&report, r.Winner)
}

// ResetWinner removes the winner: the experiment goes on. An experiment without a
// winner is refused with a [*ConflictError], an unknown one with [ErrUnknown].
func (e *Engine) ResetWinner(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, store.ActionResetWinner, func(r *store.Record) error { r.Winner = ""; return nil })
}

// Pause gives every client the control and counts nothing until Resume. A paused or
// archived experiment is refused with a [*ConflictError], an unknown one with
// [ErrUnknown].
func (e *Engine) Pause(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, store.ActionPause, func(r *store.Record) error { r.Paused = true; return nil })
}

// Resume ends a pause: clients get their alternatives again. An experiment that is not
// paused is refused with a [*ConflictError], an unknown one with [ErrUnknown].
func (e *Engine) Resume(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, store.ActionResume, func(r *store.Record) error { r.Paused = false; return nil })
}

// Archive ends an experiment: everyone gets the winner, else the control, and nothing is
// counted. An archived experiment is refused with a [*ConflictError], an
// unknown one with [ErrUnknown].
func (e *Engine) Archive(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, store.ActionArchive, func(r *store.Record) error { r.Archived = true; return nil })
}

// Unarchive takes an experiment out of the archive. It is refused with a [*ConflictError]
// for an experiment that is not archived and, until Reset, for a purged one, which would
// count returning clients again. An unknown experiment is refused with [ErrUnknown].
func (e *Engine) Unarchive(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, store.ActionUnarchive, func(r *store.Record) error { r.Archived = false; return nil })
}

// Describe sets the description, which is Markdown for the dashboard. An unknown
// experiment is refused with [ErrUnknown].
func (e *Engine) Describe(ctx context.Context, experiment, description string) error {
	return e.edit(ctx, experiment, store.ActionDescribe, func(r *store.Record) error { r.Description = description; return nil })
}

// Override sets the traffic, weights (in the order of Record.Alternatives) and algorithm,
// which take precedence over the declarations of callers. Zero fields override nothing.
// While a ramp is under way, the traffic stays as the ramp set it.
//
// It is refused with a [*ConflictError] for an archived experiment, and for another traffic
// than a ramp set. The other errors are [ErrUnknown] and
// [*InvalidError].
func (e *Engine) Override(ctx context.Context, experiment string, o store.Override) error {
	return e.edit(ctx, experiment, store.ActionOverride, func(r *store.Record) error {
		if err := e.checkOverride(r, o); err != nil {
			return err
		}
		set := o
		if o.Weights != nil {
			set.Weights = stats.Shares(o.Weights)
		}
		if r.Ramp.Active() {
			set.Traffic = cmp.Or(o.Traffic, r.Override.Traffic)
		}
		if err := checkRampTraffic(r, set); err != nil {
			return err
		}
		e.override(r, set)
		return nil
	})
}

// ClearOverride removes the override, so that the declarations of callers apply again. It is refused
// with a [*ConflictError] if nothing is overridden, while a ramp is under way, and for
// an archived experiment; an unknown one is refused with [ErrUnknown].
func (e *Engine) ClearOverride(ctx context.Context, experiment string) error {
	return e.edit(ctx, experiment, store.ActionClearOverride, func(r *store.Record) error {
		e.override(r, store.Override{})
		return nil
	})
}

// checkRampTraffic refuses another traffic than the one that a ramp set.
func checkRampTraffic(r *store.Record, o store.Override) error {
	if r.Ramp.Active() && o.Traffic != r.Override.Traffic {
		return &ConflictError{Experiment: r.Name, Message: rampSetsTraffic}
	}
	return nil
}

// override replaces the override of r, and starts an epoch if the shares change.
func (e *Engine) override(r *store.Record, o store.Override) {
	before := *r
	r.Override = o
	r.Epoch = e.nextEpoch(&before, r)
}

// AcknowledgeMismatch accepts the results of an experiment despite its sample-ratio mismatch,
// which otherwise stays until a restart. From then on, only the shares of later participants
// are checked. It is refused with a [*ConflictError] if there is no mismatch, or if it was
// acknowledged. An unknown experiment is refused with [ErrUnknown].
func (e *Engine) AcknowledgeMismatch(ctx context.Context, experiment string) error {
	if _, err := e.Look(ctx, experiment); err != nil {
		return err
	}
	return e.edit(ctx, experiment, store.ActionAcknowledge, func(r *store.Record) error {
		counts, err := e.Counts(ctx, experiment)
		counts.Record = *r
		r.Mismatch = analysis.Acknowledge(counts, e.config.Now())
		return err
	})
}

// Reset deletes all clients and counts of an experiment and restarts it. Its
// declaration, override, plan and description stay, and so does its log. Choices are
// made with a new salt, so that the next run does not repeat the groups of this one.
// An unknown experiment is refused with [ErrUnknown].
func (e *Engine) Reset(ctx context.Context, experiment string) error {
	counts, err := e.Counts(ctx, experiment)
	if err != nil {
		return err
	}
	return e.change(ctx, experiment, operation{
		Change: store.Change{Action: store.ActionReset}, lost: countsOf(counts),
		edit: func(r *store.Record) error {
			r.Salt = experiment + "#" + strconv.FormatUint(rand.Uint64(), 36) //nolint:gosec // has to differ, not to be secret
			r.Winner, r.Paused, r.Archived, r.Purged = "", false, false, false
			r.Look, r.Mismatch = store.Look{}, store.Mismatch{}
			r.Epoch = store.Epoch{Number: 1, Start: e.config.Now(), Weights: e.firstShares(r)}
			if r.Ramp.Active() {
				e.hold(r, 0)
			}
			return nil
		},
		save: func(r store.Record, c store.Change) (store.Facts, error) { return e.store.Clear(ctx, r, false, c) },
	})
}

// Purge deletes the clients of an archived experiment and keeps its counts. An
// experiment that is not archived, or has no clients any more, is refused with a
// [*ConflictError], an unknown one with [ErrUnknown].
func (e *Engine) Purge(ctx context.Context, experiment string) error {
	return e.change(ctx, experiment, operation{
		Change: store.Change{Action: store.ActionPurge},
		edit: func(r *store.Record) error {
			err := Allowed(r, store.ActionPurge)
			if conflict, ok := errors.AsType[*ConflictError](err); ok && conflict.Done {
				err = e.checkClients(ctx, experiment, err) // an import may have added some
			}
			r.Purged = true
			return err
		},
		save: func(r store.Record, c store.Change) (store.Facts, error) { return e.store.Clear(ctx, r, true, c) },
	})
}

// checkClients returns none if the experiment has no clients.
func (e *Engine) checkClients(ctx context.Context, experiment string, none error) error {
	for _, err := range e.store.Clients(ctx, experiment) {
		return err
	}
	return none
}

// Delete deletes an experiment and all its data except its log. An unknown
// experiment is refused with [ErrUnknown].
func (e *Engine) Delete(ctx context.Context, experiment string) error {
	counts, err := e.Counts(ctx, experiment)
	if errors.Is(err, ErrUnknown) {
		e.remember(experiment, nil)
	}
	if err != nil {
		return err
	}
	was, _ := store.Changed(counts.Record, store.Record{})
	c, err := e.complete(ctx, store.Change{Action: store.ActionDelete}, withCounts(was, countsOf(counts)), store.Settings{})
	if err != nil {
		return err
	}
	found, err := e.store.Delete(ctx, experiment, c)
	if err != nil {
		return err
	}
	e.remember(experiment, nil)
	if !found {
		return unknownExperiment(experiment)
	}
	return nil
}

// operation is a change that an operator makes to the record of an experiment.
type operation struct {
	store.Change                           // for the log, to be completed
	lost         store.Settings            // the counts that the operation deletes
	edit         func(*store.Record) error // carries out the operation, or refuses it
	// save stores the edited record and the completed change.
	save func(store.Record, store.Change) (store.Facts, error)
}

// edit changes the settings of an experiment, if its state allows the operation. It stores
// nothing if nothing changes.
func (e *Engine) edit(ctx context.Context, experiment string, action store.Action, edit func(*store.Record) error) error {
	logged := action
	if action == store.ActionClearOverride {
		logged = store.ActionOverride
	}
	return e.change(ctx, experiment, operation{
		Change: store.Change{Action: logged},
		edit: func(r *store.Record) error {
			if err := Allowed(r, action); err != nil {
				return err
			}
			return edit(r)
		},
	})
}

// change reads the record of an experiment, edits a copy and saves it together with the
// change of the log. It retries if the record changes meanwhile.
func (e *Engine) change(ctx context.Context, experiment string, o operation) error {
	for range maxTries {
		present, err := e.known(ctx, experiment)
		if err != nil {
			return err
		}
		r := present.Clone()
		if err := o.edit(&r); err != nil {
			return err
		}
		was, is := store.Changed(*present, r)
		if o.save == nil && was == (store.Settings{}) {
			return nil
		}
		runRamp(&r, e.config.Now()) // not a change for the log
		c, err := e.complete(ctx, o.Change, withCounts(was, o.lost), is)
		if err != nil {
			return err
		}
		var facts store.Facts
		if o.save != nil {
			facts, err = o.save(r, c)
		} else {
			facts, err = e.store.Save(ctx, r, c)
		}
		if err != nil {
			return err
		}
		if e.update(experiment, &r, facts); !facts.Stale {
			return nil
		}
	}
	return changing(experiment)
}

func checkWinner(r *store.Record, alternative string) error {
	if !slices.Contains(r.Alternatives, alternative) {
		return invalid("alternative name", "there is no alternative “%s”", alternative)
	}
	return nil
}

func (e *Engine) checkOverride(r *store.Record, o store.Override) error {
	return first(checkTraffic(o.Traffic), e.checkAlgorithm(o.Algorithm), checkWeights(o.Weights, len(r.Alternatives)))
}

func (e *Engine) checkAlgorithm(name string) error {
	if name != "" && e.Algorithm(name) == nil {
		return invalid("algorithm", "%q is not one of %q", name, e.Algorithms())
	}
	return nil
}
