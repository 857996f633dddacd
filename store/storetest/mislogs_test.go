package storetest_test

import (
	"context"
	"slices"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// add logs changes of an existing experiment.
func add(ctx context.Context, s *memory.Store, experiment string, changes []store.Change) error {
	f, err := s.Lookup(ctx, experiment, "")
	if err != nil || f.Record == nil {
		return err
	}
	_, err = s.Import(ctx, store.Import{Record: *f.Record, Changes: changes})
	return err
}

type logsEarly struct{ *memory.Store }

func (s logsEarly) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	if err := add(ctx, s.Store, r.Name, changes); err != nil {
		return store.Facts{}, err
	}
	return s.Store.Save(ctx, r)
}

type logsLate struct{ *memory.Store }

func (s logsLate) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	f, err := s.Store.Save(ctx, r)
	if err != nil || !f.Wrote {
		return f, err
	}
	giveWay()
	return f, add(ctx, s.Store, r.Name, changes)
}

// logsHalf logs the changes before the first invalid one.
type logsHalf struct{ *memory.Store }

func (s logsHalf) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (store.Facts, error) {
	for i := range changes {
		if _, err := store.EncodeChanges(changes[i : i+1]); err != nil {
			_ = add(ctx, s.Store, r.Name, changes[:i])
			return store.Facts{}, err
		}
	}
	return s.Store.Clear(ctx, r, keepCounts, changes...)
}

// listsAsTheyCame lists changes in the order in which they were saved.
type listsAsTheyCame struct {
	*memory.Store
	came []uint64
}

func (s *listsAsTheyCame) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	for _, c := range changes {
		s.came = append(s.came, c.ID)
	}
	return s.Store.Save(ctx, r, changes...)
}

func (s *listsAsTheyCame) Changes(ctx context.Context, experiment string, limit int) ([]store.Change, error) {
	changes, err := s.Store.Changes(ctx, experiment, limit)
	slices.SortFunc(changes, func(a, b store.Change) int { return slices.Index(s.came, b.ID) - slices.Index(s.came, a.ID) })
	return changes, err
}

type listsOldest struct{ *memory.Store }

func (s listsOldest) Changes(ctx context.Context, experiment string, limit int) ([]store.Change, error) {
	changes, err := s.Store.Changes(ctx, experiment, 0)
	if limit > 0 {
		changes = changes[max(0, len(changes)-limit):]
	}
	return changes, err
}

// deletesLog hides the log before the last deletion.
type deletesLog struct {
	*memory.Store
	gone []uint64
}

func (s *deletesLog) Delete(ctx context.Context, experiment string, changes ...store.Change) (bool, error) {
	log, err := s.Changes(ctx, experiment, 0)
	if err != nil {
		return false, err
	}
	for _, c := range log {
		s.gone = append(s.gone, c.ID)
	}
	return s.Store.Delete(ctx, experiment, changes...)
}

func (s *deletesLog) Changes(ctx context.Context, experiment string, limit int) ([]store.Change, error) {
	changes, err := s.Store.Changes(ctx, experiment, limit)
	return slices.DeleteFunc(changes, func(c store.Change) bool { return slices.Contains(s.gone, c.ID) }), err
}

// sharesChanges returns changes that it also returns to other callers.
type sharesChanges struct {
	*memory.Store
	given []store.Change
}

func (s *sharesChanges) Changes(ctx context.Context, experiment string, limit int) ([]store.Change, error) {
	changes, err := s.Store.Changes(ctx, experiment, limit)
	if len(s.given) != len(changes) {
		s.given = changes
	}
	return slices.Clone(s.given), err
}

type importsNoChanges struct{ *memory.Store }

func (s importsNoChanges) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	i.Changes = nil
	return s.Store.Import(ctx, i)
}

// importsChangesAgain imports known changes a second time.
type importsChangesAgain struct{ *memory.Store }

func (s importsChangesAgain) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	i.Changes = slices.Clone(i.Changes)
	for n := range i.Changes {
		i.Changes[n].ID += 1 << 53
	}
	return s.Store.Import(ctx, i)
}
