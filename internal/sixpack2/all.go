package sixpack2

import (
	"context"
	"errors"
	"fmt"

	"github.com/sixpack-go/sixpack/store"
)

// Progress is called, if it is not nil, while an experiment is imported or exported: the
// number-th, from 1, of so many experiments. It is first called with done = 0; total is an
// estimate.
type Progress func(experiment string, number, experiments int, done, total int64)

// counter returns a function that counts the steps of one experiment.
func (p Progress) counter(experiment string, number, experiments int, total int64) func(steps int64) {
	if p == nil {
		return nil
	}
	done := int64(0)
	p(experiment, number, experiments, done, total)
	return func(steps int64) {
		done += steps
		p(experiment, number, experiments, done, total)
	}
}

// ImportOptions configure [Space.ImportAll].
type ImportOptions struct {
	// DryRun reads everything and writes nothing.
	DryRun bool
	// Settings takes over settings of experiments that the store has already, as
	// [Experiment.TakeSettings] does.
	Settings bool
	Progress Progress
}

// ImportResult is the outcome of importing one experiment.
type ImportResult struct {
	Name       string
	Experiment *Experiment   // nil if it cannot be read
	Before     *store.Counts // what the store had; nil if it did not have the experiment
	Outcome    Outcome
	// Refused is why the experiment was not imported; it wraps ErrDamaged or
	// store.ErrInvalid.
	Refused error
}

// ImportAll imports experiments into a store, one after the other. With an error it
// returns the results of the experiments before.
func (s *Space) ImportAll(ctx context.Context, st store.Store, names []string, o ImportOptions) (all []ImportResult, err error) {
	for i, name := range names {
		r := ImportResult{Name: name}
		if r.Experiment, err = s.Read(ctx, name); err == nil {
			err = o.importOne(ctx, st, &r, o.Progress.counter(name, i+1, len(names), r.Experiment.IDs))
		}
		if errors.Is(err, store.ErrInvalid) || errors.Is(err, ErrDamaged) {
			r.Refused, err = err, nil
		}
		if err != nil {
			return all, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, r)
	}
	return all, nil
}

func (o ImportOptions) importOne(ctx context.Context, st store.Store, r *ImportResult, step func(ids int64)) error {
	before, err := st.Counts(ctx, r.Name)
	if err != nil {
		return err
	}
	if len(before) > 0 {
		r.Before = &before[0]
	}
	if o.DryRun {
		return r.Experiment.Scan(ctx, func(_ []store.Client, ids int64) error { advance(step, ids); return nil })
	}
	if o.Settings {
		if err := r.Experiment.TakeSettings(ctx, st); err != nil {
			return err
		}
	}
	r.Outcome, err = r.Experiment.Import(ctx, st, step)
	return err
}

// ExportResult is the outcome of exporting one experiment.
type ExportResult struct {
	Source store.Counts
	Exported
	// Refused is why the experiment was not exported: it wraps ErrTaken.
	Refused error
}

// ExportAll exports experiments of a store, as [Space.Export] does, one after the other.
// With an error it returns the results of the experiments before.
func (s *Space) ExportAll(ctx context.Context, st store.Store, experiments []store.Counts, force bool, progress Progress) (all []ExportResult, err error) {
	for i, c := range experiments {
		name := c.Record.Name
		r := ExportResult{Source: c}
		r.Exported, err = s.Export(ctx, st, name, force, progress.counter(name, i+1, len(experiments), c.Participants()+c.Excluded))
		if errors.Is(err, ErrTaken) {
			r.Refused, err = err, nil
		}
		if err != nil {
			return all, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, r)
	}
	return all, nil
}
