package memory

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// Import implements [store.Store]. The experiment waits while it runs; others
// do not.
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
		e.learn(kpi)
	}
	for _, c := range i.Clients {
		e.merge(c, &done)
	}
	if i.Counts != nil {
		e.rebase(*i.Counts)
	}
	done.Changes = s.logs.do(i.Record.Name, i.Changes, func() {})
	return done, nil
}

// checkImport refuses what cannot be merged, before anything is written.
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

// lockOrCreate returns the experiment of r with all its locks held. A new one
// is locked before others can find it, so that they find it complete, with the
// epochs before that of r.
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
		// It was deleted before its locks were taken.
	}
}

// merge takes of c what is not known. The caller holds all locks.
func (e *experiment) merge(c store.Client, done *store.Imported) {
	k, sh := keyOf(c.ID), e.shard(c.ID)
	known := sh.client(k)
	given := client{epoch: c.Epoch, day: c.Day, choice: int16(c.Choice), reserved: c.Reserved}
	if given.standing() > known.standing() {
		sh.put(k, given)
		e.counts.move(known, given)
		known = given
		done.Clients++
	}
	if !given.participates() || given.choice != known.choice {
		return
	}
	for _, v := range c.Conversions {
		kpi := e.learn(v.KPI)
		before := sh.conversion(k, kpi)
		after := conversion{total: v.Total, events: v.Events, day: v.Day}
		switch {
		case before.events == 0:
			done.Conversions++
		case before.events < after.events:
			after.day = before.day
			done.Raised++
		default:
			continue
		}
		sh.convert(k, kpi, after)
		e.counts.convert(known, kpi, after.day, before, after)
	}
}

// rebase puts copies of given in place of the base. The caller holds all locks.
func (e *experiment) rebase(given store.Counts) {
	for _, kpi := range given.Record.KPIs {
		e.learn(kpi)
	}
	for _, a := range given.Alternatives {
		for _, k := range a.KPIs {
			e.learn(k.KPI)
		}
	}
	base := store.NewCounts(e.record.Load().Clone(), nil)
	base.Add(given)
	base.DropZeros()
	e.counts.base = &base
}
