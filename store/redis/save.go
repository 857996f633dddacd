package redis

import (
	"context"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// Save implements [store.Store].
func (s *Store) Save(ctx context.Context, r store.Record, changes ...store.Change) (f store.Facts, err error) {
	err = s.do(ctx, "save", func(ctx context.Context) error {
		f, err = s.save(ctx, r, changes, nil, false)
		return err
	})
	return f, err
}

// save saves a new version of a record. If next is not nil, it also replaces the generation, and
// with it the clients and, unless keepCounts is set, the counts.
func (s *Store) save(ctx context.Context, r store.Record, changes []store.Change, next *keys, keepCounts bool) (store.Facts, error) {
	record, err := recordArgs(r)
	if err != nil {
		return store.Facts{}, err
	}
	log, err := changeArgs(changes)
	if err != nil {
		return store.Facts{}, err
	}
	keep := "0"
	if keepCounts {
		keep = "1"
	}
	done, err := s.attempt(ctx, r.Name, noGeneration, func(ctx context.Context, k *keys) (reply, error) {
		args := slices.Concat([]string{formatVersion(r.Version), k.generation, formatVersion(r.Version + 1)}, record)
		if next == nil {
			return s.run(ctx, s.scripts.save, []string{k.record, k.counts, logOf(k.record)}, slices.Concat(args, log))
		}
		list := []string{k.record, k.counts, next.counts, garbageOf(k.record), logOf(k.record)}
		return s.run(ctx, s.scripts.clear, list, slices.Concat(args, []string{next.generation, keep}, log))
	})
	if err != nil {
		return store.Facts{}, err
	}
	return done.facts(r.Version + 1)
}

// Clear implements [store.Store]. It takes the same time for any number of clients, and then
// deletes them; see Collect.
func (s *Store) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (f store.Facts, err error) {
	next := newKeys(baseOf(s.root, r.Name), newGeneration())
	err = s.do(ctx, "clear", func(ctx context.Context) error {
		f, err = s.save(ctx, r, changes, next, keepCounts)
		if err == nil && f.Wrote {
			err = s.learn(ctx, r.Name, next)
		}
		return err
	})
	if err != nil || !f.Wrote {
		return f, err
	}
	_, _ = s.collect(ctx, r.Name) // a later Collect can delete what remains
	return f, nil
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
