package memory

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// Import implements [store.Store]. It blocks other calls to the same experiment.
func (s *Store) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	const op = "import"
	if err := ctx.Err(); err != nil {
		return store.Imported{}, wrap(op, err)
	}
	if err := checkImport(i); err != nil {
		return store.Imported{}, wrap(op, err)
	}
	e, created, err := s.lockOrCreate(i.Record, i.Epochs)
	if err != nil {
		return store.Imported{}, wrap(op, err)
	}
	defer e.unlock()
	done := store.Imported{Created: created}
	for _, kpi := range i.Record.KPIs {
		e.addKPI(kpi, i.Record.Measures[kpi])
	}
	for _, c := range i.Clients {
		e.merge(c, &done)
	}
	if i.Counts != nil {
		e.rebase(*i.Counts)
	}
	done.Changes = s.logs.record(i.Record.Name, i.Changes, func() {})
	return done, nil
}

func checkImport(i store.Import) error {
	if err := i.Check(); err != nil {
		return err
	}
	for _, c := range i.Clients {
		if c.Choice > math.MaxInt16 {
			return fmt.Errorf("%w: client %q: choice %d", store.ErrInvalid, c.ID, c.Choice)
		}
	}
	return nil
}

// lockOrCreate returns the experiment of r with all its locks held. A new experiment is
// complete, with the earlier epochs, and locked before others can find it.
func (s *Store) lockOrCreate(r store.Record, earlier []store.Epoch) (e *experiment, created bool, err error) {
	fresh := newExperiment(r)
	fresh.lock()
	fresh.counts.live.Epochs = append(cloneEpochs(earlier), fresh.counts.live.Epochs...)
	for {
		e, err := s.adopt(fresh)
		if err != nil || e == fresh {
			return e, err == nil, err
		}
		e.lock()
		known := e.record.Load()
		if known != nil && slices.Equal(known.Alternatives, r.Alternatives) {
			return e, false, nil
		}
		e.unlock()
		if known != nil {
			return nil, false, fmt.Errorf("%w: alternatives %q, but %q has %q", store.ErrInvalid, r.Alternatives, r.Name, known.Alternatives)
		}
		// It was deleted before it was locked.
	}
}

// merge adds what is unknown of a client. The caller holds all locks.
func (e *experiment) merge(c store.Client, done *store.Imported) {
	k, sh := keyOf(c.ID), e.shard(c.ID)
	before, given := sh.client(k), c.State()
	after := before.Merge(given)
	if after != before {
		sh.put(k, after)
		e.counts.live.Move(before, after)
		done.Clients++
	}
	if !given.Participates() || given.Choice != after.Choice {
		return
	}
	for _, v := range c.Conversions {
		kpi := e.addKPI(v.KPI, "")
		before := sh.conversion(k, kpi)
		merged := before.Merge(v)
		switch {
		case merged == before:
			continue
		case before.Events == 0:
			done.Conversions++
		default:
			done.Raised++
		}
		sh.convert(k, kpi, merged)
		e.counts.live.Credit(after, kpi, merged.Day, before, merged)
	}
}

// rebase replaces the base by a copy of given. The caller holds all locks.
func (e *experiment) rebase(given store.Counts) {
	for _, kpi := range given.KPIs() {
		e.addKPI(kpi, "")
	}
	base := store.NewCounts(e.record.Load().Clone(), nil)
	base.Add(given)
	base.DropZeros()
	e.counts.base = &base
}
