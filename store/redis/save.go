package redis

import (
	"context"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// Save implements [store.Store].
func (s *Store) Save(ctx context.Context, r store.Record, changes ...store.Change) (f store.Facts, err error) {
	err = s.do(ctx, "save", func(ctx context.Context) error {
		f, err = s.save(ctx, r, changes)
		return err
	})
	return f, err
}

func (s *Store) save(ctx context.Context, r store.Record, changes []store.Change) (store.Facts, error) {
	record, log, err := saveArgs(r, changes)
	if err != nil {
		return store.Facts{}, err
	}
	logKey := logOf(baseOf(s.root, r.Name))
	done, err := s.attempt(ctx, r.Name, noGeneration, func(ctx context.Context, k *keys) (reply, error) {
		args := slices.Concat([]string{formatVersion(r.Version), k.generation}, record, log)
		return s.run(ctx, s.scripts.save, []string{k.record, k.counts, logKey}, args)
	})
	if err != nil {
		return store.Facts{}, err
	}
	return done.facts(r.Version + 1)
}

// saveArgs returns the arguments for a new version of a record, and for the changes.
func saveArgs(r store.Record, changes []store.Change) (record, log []string, err error) {
	if record, err = recordArgs(r); err != nil {
		return nil, nil, err
	}
	log, err = changeArgs(changes)
	return append([]string{formatVersion(r.Version + 1)}, record...), log, err
}

// Clear implements [store.Store]. It takes the same time for any number of clients, and then
// deletes them; see Collect.
func (s *Store) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (f store.Facts, err error) {
	err = s.do(ctx, "clear", func(ctx context.Context) error {
		f, err = s.clear(ctx, r, keepCounts, changes)
		return err
	})
	if err != nil || !f.Wrote {
		return f, err
	}
	_, _ = s.collect(ctx, r.Name) // a later Collect can delete what remains
	return f, nil
}

func (s *Store) clear(ctx context.Context, r store.Record, keepCounts bool, changes []store.Change) (store.Facts, error) {
	record, log, err := saveArgs(r, changes)
	if err != nil {
		return store.Facts{}, err
	}
	base, keep := baseOf(s.root, r.Name), "0"
	next := newKeys(base, newGeneration())
	if keepCounts {
		keep = "1"
	}
	done, err := s.attempt(ctx, r.Name, noGeneration, func(ctx context.Context, k *keys) (reply, error) {
		args := slices.Concat([]string{formatVersion(r.Version), k.generation}, record, []string{next.generation, keep}, log)
		return s.run(ctx, s.scripts.clear, []string{k.record, k.counts, next.counts, garbageOf(base), logOf(base)}, args)
	})
	if err != nil {
		return store.Facts{}, err
	}
	f, err := done.facts(r.Version + 1)
	if err == nil && f.Wrote {
		err = s.learn(ctx, r.Name, next)
	}
	return f, err
}

// Delete implements [store.Store]. It takes the same time for any number of clients, and then
// deletes them; see Collect.
func (s *Store) Delete(ctx context.Context, experiment string, changes ...store.Change) (found bool, err error) {
	err = s.do(ctx, "delete", func(ctx context.Context) error {
		log, err := changeArgs(changes)
		if err != nil {
			return err
		}
		base := baseOf(s.root, experiment)
		message, err := s.exec(ctx, s.scripts.delete, []string{base, garbageOf(base), logOf(base)}, log)
		if err == nil {
			found, err = message.AsBool()
		}
		return err
	})
	if err != nil || !found {
		return found, err
	}
	s.forget(experiment)
	_, _ = s.collect(ctx, experiment) // a later Collect can delete what remains
	return true, nil
}
