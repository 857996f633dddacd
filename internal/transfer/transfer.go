// Package transfer copies experiments from one store to another: their records, logs
// of changes, clients and counts.
//
// The counts of an experiment are the counts of its clients plus a rest that no client
// accounts for: purged clients, or conversions counted on another day than the client's
// first. The invariant of a transfer is
//
//	target = source = clients + rest
//
// Clients are merged one by one. The rest is the source's counts minus the clients that were
// copied, whatever happens in the source meanwhile. It replaces the rest of an earlier
// transfer, so a transfer may be repeated, also after an interruption, and copies only what
// is new. If the target has counted the same clients on other days, the rest is corrected
// until the counts of both stores are equal (see reconcile).
package transfer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// A Transfer copies experiments from one store to another.
type Transfer struct {
	Source, Target store.Store
	// Replace names the experiments that are deleted in the target first.
	Replace []string
	// BatchSize is the number of clients that are written at a time: 2,500 if it
	// is 0.
	BatchSize int
	// Progress, if not nil, is called while the clients of an experiment are copied,
	// first with copied = 0. The total is an estimate.
	Progress func(experiment string, copied, total int64)
}

// Result is the outcome of copying one experiment.
type Result struct {
	Experiment  string
	Clients     int            // in the source
	New         store.Imported // what the target did not have
	Refused     string         // why it was not copied, empty if it was
	Differences []string       // between the source and the target afterwards
}

// Equal reports whether the experiment was copied and both stores agree on it.
func (r Result) Equal() bool { return r.Refused == "" && len(r.Differences) == 0 }

// ErrSame is the error of Run if the source and the target are one store under two
// addresses.
var ErrSame = errors.New("the source and the target are the same store")

// Run copies all experiments. With an error it returns the results of the
// experiments that were copied before.
func (t *Transfer) Run(ctx context.Context) ([]Result, error) {
	if err := t.checkDifferent(ctx); err != nil {
		return nil, err
	}
	records, err := t.Source.Records(ctx)
	if err != nil {
		return nil, err
	}
	var results []Result
	for _, r := range records {
		one, err := t.Experiment(ctx, r.Name)
		if err != nil {
			return results, fmt.Errorf("%s: %w", r.Name, err)
		}
		results = append(results, one)
	}
	return results, nil
}

// checkDifferent returns ErrSame if the stores identify themselves as the same. To replace an
// experiment would then delete it.
func (t *Transfer) checkDifferent(ctx context.Context) error {
	source, ok := t.Source.(store.Identifier)
	target, both := t.Target.(store.Identifier)
	if !ok || !both {
		return nil
	}
	// The target comes first: if the source is the same store, it then has an identity, even if
	// its address does not allow writing.
	id, err := target.ID(ctx)
	if err != nil {
		return err
	}
	if id == "" {
		return errors.New("the target cannot be written: check the permissions of its user")
	}
	other, err := source.ID(ctx)
	if err == nil && id == other {
		err = ErrSame
	}
	return err
}

// Experiment copies one experiment.
func (t *Transfer) Experiment(ctx context.Context, name string) (Result, error) {
	result := Result{Experiment: name}
	source, target, err := t.counts(ctx, name)
	if err != nil {
		return result, err
	}
	if source == nil {
		result.Refused = "it was deleted in the source while it was copied"
		return result, nil
	}
	if slices.Contains(t.Replace, name) {
		_, err := t.Target.Delete(ctx, name, store.Change{
			ID: 1 + rand.Uint64N(1<<52), At: time.Now(), By: "sixpack copy --replace", Action: store.ActionDelete, //nolint:gosec // only has to be unique
		})
		if err != nil {
			return result, err
		}
		target = nil
	}
	if target != nil {
		result.Refused = conflict(*source, *target)
	}
	if result.Refused == "" {
		err = t.bring(ctx, source, target, &result)
	}
	if errors.Is(err, store.ErrInvalid) {
		result.Refused, err = err.Error(), nil
	}
	if err != nil || result.Refused != "" {
		return result, err
	}
	differences, err := t.verify(ctx, name)
	result.Differences = append(result.Differences, differences...)
	return result, err
}

// verify returns the differences between the source and the target.
func (t *Transfer) verify(ctx context.Context, name string) ([]string, error) {
	source, target, err := t.counts(ctx, name)
	if err != nil {
		return nil, err
	}
	if source == nil || target == nil {
		return []string{"it was deleted while it was copied"}, nil
	}
	return differences(*source, *target)
}

// counts returns the counts of an experiment in both stores, nil where it does not exist.
func (t *Transfer) counts(ctx context.Context, name string) (source, target *store.Counts, err error) {
	if source, err = countsOf(ctx, t.Source, name); err == nil {
		target, err = countsOf(ctx, t.Target, name)
	}
	return source, target, err
}

// countsOf returns the counts of an experiment, nil if it does not exist.
func countsOf(ctx context.Context, st store.Store, name string) (*store.Counts, error) {
	all, err := st.Counts(ctx, name)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}
