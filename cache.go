package sixpack

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sixpack-go/sixpack/store"
)

// A cache saves calls of the store. The engine works without it.
type cache struct {
	mu      sync.RWMutex
	records map[string]*store.Record // as last seen; never modified; guarded by mu

	progress sync.Map // a *progress for each experiment
}

// progress is the work of an engine on the shares and the ramp of an experiment.
type progress struct {
	cohort cohort
	tried  atomic.Int64 // when the engine last tried to take a step of the ramp, in nanoseconds
}

// of returns the progress of an experiment.
func (c *cache) of(experiment string) *progress {
	p, ok := c.progress.Load(experiment)
	if !ok {
		p, _ = c.progress.LoadOrStore(experiment, new(progress))
	}
	return p.(*progress) //nolint:forcetypeassert // there is nothing else
}

// find returns the record of an experiment, nil if there is none, unless check refuses it.
// A cached record that passes the check is good enough: a call with an old record is stale,
// and retried. Otherwise find asks the store.
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

// known reads the record of an experiment from the store, or returns [ErrUnknown].
func (e *Engine) known(ctx context.Context, experiment string) (*store.Record, error) {
	r, err := e.refresh(ctx, experiment)
	if err == nil && r == nil {
		err = unknownExperiment(experiment)
	}
	return r, err
}

// refresh reads the record of an experiment, nil if there is none, from the store into the
// cache.
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

// update caches the record of an experiment after a call: the record in the facts of a
// stale call, else the record that the call wrote, nil if it wrote none.
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
		c.progress.Delete(experiment)
		return
	}
	if c.records == nil {
		c.records = make(map[string]*store.Record)
	}
	c.records[experiment] = r
}
