// Package memory keeps experiments in the memory of one process, for tests, examples, and
// programs whose experiments may end with them: Close discards everything.
//
// The zero value is an empty store:
//
//	engine := sixpack.New(new(memory.Store), sixpack.Config{})
package memory

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/sixpack-go/sixpack/store"
)

var (
	_ store.Store      = (*Store)(nil)
	_ store.Identifier = (*Store)(nil)
)

// Store is a [store.Store] made of maps. The zero value is empty and ready for use. A Store
// must not be copied.
type Store struct {
	mu          sync.RWMutex // guards the fields below; held only to find, add or remove an experiment
	experiments map[string]*experiment
	closed      bool
	id          string // empty until it is asked for

	logs logs
}

// Participate implements [store.Store]. Calls for known clients do not allocate memory.
func (s *Store) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	const op = "participate"
	e, err := s.find(ctx, op, p.Experiment)
	if err != nil {
		return store.Facts{}, err
	}
	var f store.Facts
	switch {
	case p.Record != nil && p.Version == 0:
		f, err = s.create(p)
	case e == nil:
		f = stale(nil, unseen)
	default:
		f, err = e.participate(p)
	}
	return f, wrap(op, err)
}

// create is participate for an experiment that p.Record creates if there is none.
func (s *Store) create(p store.Participation) (store.Facts, error) {
	if err := check(p, p.Record.Alternatives); err != nil {
		return store.Facts{}, err
	}
	fresh, first := newExperiment(*p.Record), p
	first.Version, first.Record = p.Record.Version, nil
	created, err := fresh.participate(first)
	if err != nil {
		return store.Facts{}, err
	}
	for {
		e, err := s.adopt(fresh)
		if err != nil {
			return store.Facts{}, err
		}
		if e == fresh {
			return created, nil
		}
		if f, err := e.participate(p); err != nil || f.Version != 0 {
			return f, err
		}
		// It was deleted before it was locked, so ours may be the first now.
	}
}

// adopt returns the experiment with the name of fresh, and adds fresh if there is none.
func (s *Store) adopt(fresh *experiment) (*experiment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := fresh.record.Load()
	switch e := s.experiments[r.Name]; {
	case s.closed:
		return nil, store.ErrClosed
	case e != nil:
		return e, nil
	case r.Version == 0:
		return nil, fmt.Errorf("%w: new record of %q without a version", store.ErrInvalid, r.Name)
	}
	if s.experiments == nil {
		s.experiments = make(map[string]*experiment)
	}
	s.experiments[r.Name] = fresh
	return fresh, nil
}

// Convert implements [store.Store].
func (s *Store) Convert(ctx context.Context, c store.Conversion) (store.Facts, error) {
	e, err := s.find(ctx, "convert", c.Experiment)
	if err != nil {
		return store.Facts{}, err
	}
	if e == nil {
		return stale(nil, unseen), nil
	}
	return e.convert(c), nil
}

// Lookup implements [store.Store].
func (s *Store) Lookup(ctx context.Context, experiment, client string) (store.Facts, error) {
	e, err := s.find(ctx, "lookup", experiment)
	if err != nil {
		return store.Facts{}, err
	}
	if e == nil {
		return present(nil, unseen), nil
	}
	return e.lookup(client), nil
}

// Records implements [store.Store].
func (s *Store) Records(ctx context.Context) ([]store.Record, error) {
	experiments, err := s.named(ctx, "records", nil)
	if err != nil {
		return nil, err
	}
	var records []store.Record
	for _, e := range experiments {
		if r := e.record.Load(); r != nil {
			records = append(records, r.Clone())
		}
	}
	return records, nil
}

// Counts implements [store.Store].
func (s *Store) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	experiments, err := s.named(ctx, "counts", names)
	if err != nil {
		return nil, err
	}
	var counts []store.Counts
	for _, e := range experiments {
		if c, ok := e.sum(); ok {
			counts = append(counts, c)
		}
	}
	return counts, nil
}

// Save implements [store.Store].
func (s *Store) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	return s.save(ctx, "save", r, changes, func(*experiment, *store.Record) {})
}

// Clear implements [store.Store].
func (s *Store) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (store.Facts, error) {
	return s.save(ctx, "clear", r, changes, func(e *experiment, next *store.Record) {
		e.deleteClients()
		if !keepCounts {
			next.KPIs, next.Measures = nil, nil
			e.counts.reset()
		}
	})
}

func (s *Store) save(ctx context.Context, op string, r store.Record, changes []store.Change, edit func(*experiment, *store.Record)) (store.Facts, error) {
	e, err := s.find(ctx, op, r.Name)
	if err != nil {
		return store.Facts{}, err
	}
	if _, err := store.EncodeChanges(changes); err != nil {
		return store.Facts{}, wrap(op, err)
	}
	if e == nil {
		return stale(nil, unseen), nil
	}
	return e.save(r, &s.logs, changes, edit), nil
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, experiment string, changes ...store.Change) (bool, error) {
	const op = "delete"
	if err := ctx.Err(); err != nil {
		return false, wrap(op, err)
	}
	if _, err := store.EncodeChanges(changes); err != nil {
		return false, wrap(op, err)
	}
	e, err := s.remove(experiment, changes)
	if e == nil {
		return false, wrap(op, err)
	}
	e.delete() // without mu, because it may wait for an import
	return true, nil
}

func (s *Store) remove(name string, changes []store.Change) (*experiment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, store.ErrClosed
	}
	e := s.experiments[name]
	if e != nil {
		s.logs.record(name, changes, func() { delete(s.experiments, name) })
	}
	return e, nil
}

// Clients implements [store.Store]. The loop may call the store: no lock is held while its
// body runs.
func (s *Store) Clients(ctx context.Context, experiment string) iter.Seq2[store.Client, error] {
	const op = "clients"
	return func(yield func(store.Client, error) bool) {
		e, err := s.find(ctx, op, experiment)
		if err != nil {
			yield(store.Client{}, err)
			return
		}
		if e == nil {
			return
		}
		for i := range e.shards {
			if err := ctx.Err(); err != nil {
				yield(store.Client{}, wrap(op, err))
				return
			}
			for _, c := range e.clients(i) {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// Ping implements [store.Store].
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.find(ctx, "ping", "")
	return err
}

// ID implements [store.Identifier].
func (s *Store) ID(ctx context.Context) (string, error) {
	if _, err := s.find(ctx, "id", ""); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.id == "" {
		s.id = rand.Text()
	}
	return s.id, nil
}

// Close implements [store.Store] and discards all data.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.experiments = nil
	s.logs.clear()
	return nil
}

// find returns the experiment, nil if there is none. Its record is nil if it is deleted
// before the caller has locked it.
func (s *Store) find(ctx context.Context, op, name string) (*experiment, error) {
	if err := ctx.Err(); err != nil {
		return nil, wrap(op, err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, wrap(op, store.ErrClosed)
	}
	return s.experiments[name], nil
}

// named returns the existing experiments with the given names, in this order, or all
// experiments, sorted, if there are no names.
func (s *Store) named(ctx context.Context, op string, names []string) ([]*experiment, error) {
	if err := ctx.Err(); err != nil {
		return nil, wrap(op, err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, wrap(op, store.ErrClosed)
	}
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(s.experiments))
	}
	var found []*experiment
	for _, name := range names {
		if e := s.experiments[name]; e != nil {
			found = append(found, e)
		}
	}
	return found, nil
}

func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("memory store: %s: %w", op, err)
}
