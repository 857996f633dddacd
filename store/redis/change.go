package redis

import (
	"context"

	"github.com/sixpack-go/sixpack/store"
)

// Save implements [store.Store].
func (s *Store) Save(ctx context.Context, r store.Record) (f store.Facts, err error) {
	err = s.do(ctx, "save", func(ctx context.Context) error {
		f, err = s.save(ctx, r)
		return err
	})
	return f, err
}

func (s *Store) save(ctx context.Context, r store.Record) (store.Facts, error) {
	record, err := recordArgs(r)
	if err != nil {
		return store.Facts{}, err
	}
	done, err := s.attempt(ctx, r.Name, noGeneration, func(ctx context.Context, k *keys) (reply, error) {
		args := append([]string{formatVersion(r.Version), k.generation, formatVersion(r.Version + 1)}, record...)
		return s.run(ctx, s.scripts.save, []string{k.record, k.counts}, args)
	})
	if err != nil {
		return store.Facts{}, err
	}
	return done.facts(r.Version + 1)
}

// Clear implements [store.Store]. It takes no longer for many clients, but
// then collects what they left.
func (s *Store) Clear(ctx context.Context, r store.Record, keepCounts bool) (f store.Facts, err error) {
	err = s.do(ctx, "clear", func(ctx context.Context) error {
		f, err = s.clear(ctx, r, keepCounts)
		return err
	})
	if err != nil || !f.Wrote {
		return f, err
	}
	_, _ = s.collect(ctx, r.Name) // what is left, Collect takes: it is in nobody's way
	return f, nil
}

func (s *Store) clear(ctx context.Context, r store.Record, keepCounts bool) (store.Facts, error) {
	record, err := recordArgs(r)
	if err != nil {
		return store.Facts{}, err
	}
	base, keep := baseOf(s.root, r.Name), "0"
	next := newKeys(base, newGeneration())
	if keepCounts {
		keep = "1"
	}
	done, err := s.attempt(ctx, r.Name, noGeneration, func(ctx context.Context, k *keys) (reply, error) {
		args := append(append([]string{formatVersion(r.Version), k.generation, formatVersion(r.Version + 1)}, record...), next.generation, keep)
		return s.run(ctx, s.scripts.clear, []string{k.record, k.counts, next.counts, garbageOf(base)}, args)
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

// Delete implements [store.Store]. It takes no longer for many clients, but
// then collects what they left.
func (s *Store) Delete(ctx context.Context, experiment string) (found bool, err error) {
	err = s.do(ctx, "delete", func(ctx context.Context) error {
		base := baseOf(s.root, experiment)
		message, err := s.exec(ctx, s.scripts.delete, []string{base, garbageOf(base)}, nil)
		if err == nil {
			found, err = message.AsBool()
		}
		return err
	})
	if err != nil || !found {
		return found, err
	}
	s.forget(experiment)
	_, _ = s.collect(ctx, experiment) // what is left, Collect takes: it is in nobody's way
	return true, nil
}
