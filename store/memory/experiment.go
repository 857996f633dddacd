package memory

import (
	"hash/maphash"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/sixpack-go/sixpack/store"
)

// An experiment is a record, clients in shards, and counts.
//
// To change a client one holds the lock of its shard; to count, also the lock of the counts,
// which is taken second. The version of the record changes only while all locks are held.
// Therefore the lock of one shard is enough to rely on the version, and no write for an old
// version can follow its change.
type experiment struct {
	seed   maphash.Seed
	record atomic.Pointer[store.Record] // replaced, never modified, with counts.mu held; nil after deletion
	shards [64]shard
	counts counts
}

func newExperiment(r store.Record) *experiment {
	e := &experiment{seed: maphash.MakeSeed()}
	r.KPIs, r.Measures = nil, nil // there are no conversions yet
	r = r.Clone()
	r.Name = strings.Clone(r.Name) // it may be a part of a request
	e.set(&r)
	return e
}

// set makes r the remembered record. The caller holds counts.mu.
func (e *experiment) set(r *store.Record) {
	e.record.Store(r)
	e.counts.fit(r)
}

func (e *experiment) lock() {
	for i := range e.shards {
		e.shards[i].mu.Lock()
	}
	e.counts.mu.Lock()
}

func (e *experiment) unlock() {
	e.counts.mu.Unlock()
	for i := range e.shards {
		e.shards[i].mu.Unlock()
	}
}

func (e *experiment) shard(client string) *shard {
	return &e.shards[maphash.String(e.seed, client)%uint64(len(e.shards))]
}

// check refuses choices that a client cannot have.
func check(p store.Participation, alternatives []string) error {
	return p.Check(min(len(alternatives), math.MaxInt16+1))
}

// participate carries out p for an existing experiment.
func (e *experiment) participate(p store.Participation) (store.Facts, error) {
	k, sh := keyOf(p.Client), e.shard(p.Client)
	if p.Record != nil {
		e.lock()
		defer e.unlock()
	} else {
		sh.mu.Lock()
		defer sh.mu.Unlock()
	}
	r, before := e.record.Load(), sh.client(k)
	if r == nil || r.Version != p.Version {
		return stale(r, before), nil
	}
	if p.Record != nil {
		r = successor(r, *p.Record)
	}
	if err := check(p, r.Alternatives); err != nil {
		return store.Facts{}, err
	}
	after := before.After(p)
	f := after.Facts(r.Version)
	f.Wrote = after != before
	switch {
	case p.Record != nil:
		e.set(r)
	case f.Wrote:
		e.counts.mu.Lock()
		defer e.counts.mu.Unlock()
	}
	if f.Wrote {
		sh.put(k, after)
		e.counts.live.Move(before, after)
	}
	return f, nil
}

// successor returns r as the next version of old.
func successor(old *store.Record, r store.Record) *store.Record {
	r.KPIs, r.Measures = nil, nil
	r = r.Clone()
	r.Version = old.Version + 1
	r.KPIs, r.Measures = old.KPIs, old.Measures
	return &r
}

func (e *experiment) convert(c store.Conversion) store.Facts {
	k, sh := keyOf(c.Client), e.shard(c.Client)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r, who := e.record.Load(), sh.client(k)
	if r == nil || r.Version != c.Version {
		return stale(r, who)
	}
	f := who.Facts(r.Version)
	if !who.Participates() {
		return f
	}
	kpi := slices.Index(r.KPIs, c.KPI)
	before := sh.conversion(k, kpi)
	after, ok := before.After(c)
	if !ok {
		f.Overflow = true
		return f
	}
	e.counts.mu.Lock()
	defer e.counts.mu.Unlock()
	if kpi < 0 {
		kpi = e.addKPI(c.KPI, c.Measure())
	}
	sh.convert(k, kpi, after)
	e.counts.live.Credit(who, kpi, store.DayOf(c.At), before, after)
	f.Wrote = true
	return f
}

// addKPI returns the index of a KPI and adds the KPI with the measure to the record if it is
// unknown. The version stays the same. The caller holds counts.mu. Without it, a client in
// another shard may have added the KPI since the caller looked.
func (e *experiment) addKPI(kpi string, m store.Measure) int {
	r := *e.record.Load()
	if i := slices.Index(r.KPIs, kpi); i >= 0 {
		return i
	}
	r.AddKPI(strings.Clone(kpi), m)
	e.set(&r)
	return len(r.KPIs) - 1
}

func (e *experiment) lookup(client string) store.Facts {
	k, sh := keyOf(client), e.shard(client)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return present(e.record.Load(), sh.client(k))
}

func (e *experiment) sum() (store.Counts, bool) {
	e.counts.mu.Lock()
	defer e.counts.mu.Unlock()
	r := e.record.Load()
	if r == nil {
		return store.Counts{}, false
	}
	return e.counts.sum(r), true
}

// save replaces the record by r, after edit has changed the experiment and the new record,
// and logs the changes.
func (e *experiment) save(r store.Record, logs *logs, changes []store.Change, edit func(e *experiment, next *store.Record)) store.Facts {
	e.lock()
	defer e.unlock()
	old := e.record.Load()
	if old == nil || old.Version != r.Version {
		return stale(old, unseen)
	}
	next := successor(old, r)
	logs.record(r.Name, changes, func() {
		edit(e, next)
		e.set(next)
	})
	f := unseen.Facts(next.Version)
	f.Wrote = true
	return f
}

// deleteClients deletes all clients. The caller holds all locks.
func (e *experiment) deleteClients() {
	for i := range e.shards {
		e.shards[i].uuids = table[[16]byte]{}
		e.shards[i].others = table[string]{}
	}
	e.counts.live.Excluded = 0 // it counts clients that are Out now
}

// delete makes e unusable for callers that found it before it was removed from the store.
func (e *experiment) delete() {
	e.lock()
	defer e.unlock()
	e.deleteClients()
	e.record.Store(nil)
}

// clients returns copies of the clients of one shard.
func (e *experiment) clients(shard int) []store.Client {
	sh := &e.shards[shard]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := e.record.Load()
	if r == nil {
		return nil
	}
	return sh.all(r.KPIs)
}

// present returns facts with the record, nil if the experiment does not exist.
func present(r *store.Record, c store.ClientState) store.Facts {
	if r == nil {
		return unseen.Facts(0)
	}
	f := c.Facts(r.Version)
	f.Record = r
	return f
}

// stale is present for callers that named a version that is not the present one.
func stale(r *store.Record, c store.ClientState) store.Facts {
	f := present(r, c)
	f.Stale = true
	return f
}
