package sixpack2

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sixpack-go/sixpack/store"
)

// Clients are sorted in large batches and imported in small ones: a store that keeps
// clients in order then writes each of its pages only a few times, and has few of them in
// memory at a time.
const (
	sortBatch   = 1 << 18
	importBatch = 1 << 13
)

// Import imports everything that a store does not have. It may be repeated, also after it
// was interrupted. The function step, if not nil, is called with numbers of steps that add
// up to IDs.
//
// The error wraps [store.ErrInvalid] if the store has the experiment with other
// alternatives.
func (x *Experiment) Import(ctx context.Context, st store.Store, step func(ids int64)) (o Outcome, err error) {
	here, err := counted(ctx, st, x.Record.Name)
	if err != nil {
		return o, err
	}
	if here.Record.Purged {
		err = x.takeCounts(ctx, st, here, step)
		o.Purged = !x.Record.Purged
	} else {
		o.Imported, err = x.take(ctx, st, step)
	}
	if err != nil {
		return o, err
	}
	o.Verification, err = x.verify(ctx, st)
	return o, err
}

func advance(step func(ids int64), ids int64) {
	if step != nil {
		step(ids)
	}
}

// counted returns the store's counts of an experiment, zero if it does not exist.
func counted(ctx context.Context, st store.Store, experiment string) (store.Counts, error) {
	all, err := st.Counts(ctx, experiment)
	if err != nil || len(all) == 0 {
		return store.Counts{}, err
	}
	return all[0], nil
}

// takeCounts imports the counts that a store lacks which has purged the clients. Its
// counts include them, so clients cannot be imported: they would be counted twice.
func (x *Experiment) takeCounts(ctx context.Context, st store.Store, here store.Counts, step func(ids int64)) error {
	err := x.Scan(ctx, func(_ []store.Client, ids int64) error { advance(step, ids); return nil })
	if lacks := minus(x.Totals, here); err != nil || !x.Record.Purged || lacks.Participants()+conversions(lacks) == 0 {
		return err
	}
	return x.addCounts(ctx, st)
}

// take imports clients while the next ones are read, and then the counts that no client
// accounts for.
func (x *Experiment) take(ctx context.Context, st store.Store, step func(ids int64)) (done store.Imported, err error) {
	if done, err = st.Import(ctx, store.Import{Record: x.Record}); err != nil {
		return done, err
	}
	read := make(chan found, 1)
	group, going := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(read)
		return x.Scan(going, func(clients []store.Client, ids int64) error {
			select {
			case read <- found{clients, ids}:
				return nil
			case <-going.Done():
				return going.Err()
			}
		})
	})
	group.Go(func() error {
		var all found
		for f := range read {
			all.clients, all.ids = append(all.clients, f.clients...), all.ids+f.ids
			if len(all.clients) < sortBatch {
				continue
			}
			if err := x.addClients(going, st, all, step, &done); err != nil {
				return err
			}
			all = found{clients: all.clients[:0]}
		}
		if going.Err() != nil {
			return going.Err()
		}
		return x.addClients(going, st, all, step, &done)
	})
	if err := group.Wait(); err != nil {
		return done, err
	}
	return done, x.addCounts(ctx, st)
}

// found holds the clients that some steps of a scan found.
type found struct {
	clients []store.Client
	ids     int64
}

// addClients imports clients, two batches at a time, so that the store does not wait for
// the next one.
func (x *Experiment) addClients(ctx context.Context, st store.Store, all found, step func(ids int64), done *store.Imported) error {
	slices.SortFunc(all.clients, func(a, b store.Client) int { return strings.Compare(a.ID, b.ID) })
	n, rest := int64(len(all.clients)), all.ids
	var mu sync.Mutex // guards done, rest and step
	group, going := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for some := range slices.Chunk(all.clients, importBatch) {
		group.Go(func() error {
			more, err := st.Import(going, store.Import{Record: x.Record, Clients: some})
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done.Clients += more.Clients
			done.Conversions += more.Conversions
			part := all.ids * int64(len(some)) / n
			advance(step, part)
			rest -= part
			return nil
		})
	}
	err := group.Wait()
	if err == nil {
		advance(step, rest)
	}
	return err
}

// addCounts imports the counts that no client of the store accounts for.
func (x *Experiment) addCounts(ctx context.Context, st store.Store) error {
	counts := x.nothing()
	if sum(x.residue.nameless) > 0 {
		lost, err := x.lost(ctx, st)
		if err != nil {
			return err
		}
		counts.Add(lost)
	}
	counts.Add(x.residue.extra)
	counts.DropZeros()
	setEpoch(&counts, x.Record.Epoch.Number)
	_, err := st.Import(ctx, store.Import{Record: x.Record, Counts: &counts})
	return err
}

// lost returns the counts of clients without a name in Sixpack that are not clients of the
// store: an earlier import may have brought some of them, when they had names.
func (x *Experiment) lost(ctx context.Context, st store.Store) (store.Counts, error) {
	kept := x.nothing()
	for c, err := range st.Clients(ctx, x.Record.Name) {
		if err != nil {
			return kept, err
		}
		addClient(&kept, c)
	}
	named := minus(x.Totals, x.residue.nameless, x.residue.extra)
	return minus(x.residue.nameless, minus(kept, named)), nil
}

// nothing returns counts of the experiment that are all zero.
func (x *Experiment) nothing() store.Counts { return store.NewCounts(x.Totals.Record, nil) }

// addClient adds what a client did to counts by day.
func addClient(r *store.Counts, c store.Client) {
	switch {
	case c.Reserved:
	case c.Choice == store.Out:
		r.Excluded++
	default:
		a := &r.Alternatives[c.Choice]
		a.AddDay(c.Day, 1)
		for _, v := range c.Conversions {
			if i := slices.Index(r.Record.KPIs, v.KPI); i >= 0 {
				a.KPIs[i].AddDay(v.Day, 1, 1)
			}
		}
	}
}

// setEpoch adds all counts by day to the unknown cohort of one epoch: of some bits it is not known
// which client they belong to.
func setEpoch(r *store.Counts, epoch uint32) {
	for i := range r.Alternatives {
		a := &r.Alternatives[i]
		if n := a.Participants(); n > 0 {
			a.AddCohort(epoch, store.UnknownDay, n)
		}
		for j := range a.KPIs {
			if n := a.KPIs[j].Converted(); n > 0 {
				a.KPIs[j].AddCohort(store.CohortConversions{Epoch: epoch, Day: store.UnknownDay, Sums: store.Sums{Converted: n}})
			}
		}
	}
}

// verify compares the store's counts with those of Sixpack when reading began.
func (x *Experiment) verify(ctx context.Context, st store.Store) (Verification, error) {
	l, err := x.locate(ctx)
	if err != nil {
		return Verification{}, err
	}
	later := x.count(l)
	later.Add(x.residue.corrections)
	here, err := counted(ctx, st, x.Record.Name)
	return compare(x.Totals, later, here), err
}

// maxTries limits the attempts to save settings while the record is being changed.
const maxTries = 100

// TakeSettings sets the winner, pause, archiving, description and traffic of a store's
// experiment to those in Sixpack, and logs the change. Import does so only for an
// experiment that the store did not have.
func (x *Experiment) TakeSettings(ctx context.Context, st store.Store) error {
	for range maxTries {
		facts, err := st.Lookup(ctx, x.Record.Name, "")
		if err != nil || facts.Record == nil {
			return err
		}
		r := facts.Record.Clone()
		r.Winner, r.Paused, r.Archived = x.Record.Winner, x.Record.Paused, x.Record.Archived
		r.Description, r.Traffic = x.Record.Description, x.Record.Traffic
		changes, err := settingsChange(*facts.Record, r)
		if err != nil {
			return err
		}
		if facts, err = st.Save(ctx, r, changes...); err != nil || facts.Wrote {
			return err
		}
	}
	return fmt.Errorf("experiment %q changed %d times while its settings were imported: import again", x.Record.Name, maxTries)
}

// settingsChange returns the log entry for imported settings, none if they are the same.
func settingsChange(before, after store.Record) (changes []store.Change, err error) {
	was, is := store.Changed(before, after)
	if was == is {
		return nil, nil
	}
	c := store.Change{ID: 1 + rand.Uint64N(1<<52), At: time.Now(), By: "sixpack import", Action: "import"} //nolint:gosec // only has to be unique
	if c.Before, err = was.JSON(); err != nil {
		return nil, err
	}
	c.After, err = is.JSON()
	return []store.Change{c}, err
}
