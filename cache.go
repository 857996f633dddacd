package sixpack

import (
	"context"
	"sync"

	"github.com/sixpack-go/sixpack/store"
)

// cache holds what an engine keeps in memory of each experiment. Nothing of it is
// needed: it saves calls of the store.
type cache struct {
	mu      sync.RWMutex
	records map[string]*store.Record // as last seen; never modified; guarded by mu

	cohorts byExperiment[cohort] // of bandits
	tries   byExperiment[try]    // of ramps
}

// find returns the record of an experiment, nil if there is none, unless check
// refuses it. The cache may say yes: a call that is made with an old record is stale,
// and tried again. Before the cache says no, the store is asked.
func (e *Engine) find(ctx context.Context, experiment string, check func(*store.Record) error) (*store.Record, error) {
	if r := e.cached(experiment); check(r) == nil {
		return r, nil
	}
	r, err := e.refresh(ctx, experiment)
	if err != nil {
		return nil, err
	}
	return r, check(r)
}

// known returns the record of an experiment as it is in the store, or [ErrUnknown].
func (e *Engine) known(ctx context.Context, experiment string) (*store.Record, error) {
	r, err := e.refresh(ctx, experiment)
	if err == nil && r == nil {
		err = unknownExperiment(experiment)
	}
	return r, err
}

// refresh reads the record of an experiment from the store into the cache. It is nil
// if there is none.
func (e *Engine) refresh(ctx context.Context, experiment string) (*store.Record, error) {
	facts, err := e.store.Lookup(ctx, experiment, "")
	if err != nil {
		return nil, err
	}
	e.remember(experiment, facts.Record)
	return facts.Record, nil
}

// cached returns the last record seen of an experiment, nil if there is none.
func (e *Engine) cached(experiment string) *store.Record {
	e.cache.mu.RLock()
	defer e.cache.mu.RUnlock()
	return e.cache.records[experiment]
}

// update caches what the facts after a call say of the experiment's record: the one
// that made the call stale, else the one that it wrote, nil if it wrote none.
func (e *Engine) update(experiment string, written *store.Record, facts store.Facts) {
	switch {
	case facts.Stale:
		e.remember(experiment, facts.Record)
	case written != nil:
		r := *written
		r.Version = facts.Version
		e.remember(experiment, &r)
	}
}

// remember caches the record of an experiment, and forgets the experiment if r is nil.
func (e *Engine) remember(experiment string, r *store.Record) {
	c := &e.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if r == nil {
		delete(c.records, experiment)
		c.cohorts.forget(experiment)
		c.tries.forget(experiment)
		return
	}
	if c.records == nil {
		c.records = make(map[string]*store.Record)
	}
	c.records[experiment] = r
}

// byExperiment holds a T for each experiment, which is zero when it is first asked
// for.
type byExperiment[T any] struct{ all sync.Map } // of *T

func (b *byExperiment[T]) of(experiment string) *T {
	one, ok := b.all.Load(experiment)
	if !ok {
		one, _ = b.all.LoadOrStore(experiment, new(T))
	}
	return one.(*T) //nolint:forcetypeassert // there is nothing else
}

func (b *byExperiment[T]) forget(experiment string) { b.all.Delete(experiment) }
