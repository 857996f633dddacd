package memory

import (
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/sixpack-go/sixpack/store"
)

// An experiment is a record, clients in shards, and counts.
//
// Whoever changes a client holds its shard's lock, whoever counts holds that of
// the counts, taken second. The record's version changes only with all locks
// held. So one shard's lock is enough to be sure of the version, and once
// it has changed no write made for the old one can follow.
type experiment struct {
	seed   maphash.Seed
	record atomic.Pointer[store.Record] // never modified, only replaced, with counts.mu held; nil once deleted
	shards [64]shard
	counts counts
}

func newExperiment(r store.Record) *experiment {
	e := &experiment{seed: maphash.MakeSeed()}
	r.KPIs = nil // nobody converted yet
	r = r.Clone()
	r.Name = strings.Clone(r.Name) // it may be a piece of a request
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

func (e *experiment) participate(p *store.Participation) (store.Facts, error) {
	k, sh := keyOf(p.Client), e.shard(p.Client)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r, before := e.record.Load(), sh.client(k)
	if r == nil || r.Version != p.Version {
		return stale(r, before), nil
	}
	if err := checkChoice(p, r.Alternatives); err != nil {
		return store.Facts{}, err
	}
	after := before.after(p)
	f := facts(r, after)
	if after == before {
		return f, nil
	}
	e.counts.mu.Lock()
	defer e.counts.mu.Unlock()
	sh.put(k, after)
	e.counts.move(before, after)
	f.Wrote = true
	return f, nil
}

// replace is participate with a new record for an experiment that has one.
func (e *experiment) replace(p *store.Participation) (store.Facts, error) {
	k, sh := keyOf(p.Client), e.shard(p.Client)
	e.lock()
	defer e.unlock()
	r, before := e.record.Load(), sh.client(k)
	if r == nil || r.Version != p.Version {
		return stale(r, before), nil
	}
	if err := checkChoice(p, p.Record.Alternatives); err != nil {
		return store.Facts{}, err
	}
	e.set(successor(r, *p.Record))
	after := before.after(p)
	if after != before {
		sh.put(k, after)
		e.counts.move(before, after)
	}
	f := facts(e.record.Load(), after)
	f.Wrote = after != before
	return f, nil
}

// checkChoice refuses what would be counted nowhere. The engine never asks for it.
func checkChoice(p *store.Participation, alternatives []string) error {
	if p.Choice < store.None || p.Choice >= len(alternatives) || p.Choice > math.MaxInt16 {
		return fmt.Errorf("%w: choice %d of %d alternatives", store.ErrInvalid, p.Choice, len(alternatives))
	}
	if p.Reserve && p.Choice < 0 {
		return fmt.Errorf("%w: reservation of no alternative", store.ErrInvalid)
	}
	return nil
}

// successor returns r as what comes after old.
func successor(old *store.Record, r store.Record) *store.Record {
	r.KPIs = nil
	r = r.Clone()
	r.Version = old.Version + 1
	r.KPIs = old.KPIs
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
	f := facts(r, who)
	if !who.participates() {
		return f
	}
	kpi := slices.Index(r.KPIs, c.KPI)
	before := sh.conversion(k, kpi)
	after, ok := before.after(c)
	if !ok {
		f.Overflow = true
		return f
	}
	e.counts.mu.Lock()
	defer e.counts.mu.Unlock()
	if kpi < 0 {
		kpi = e.learn(c.KPI)
	}
	sh.convert(k, kpi, after)
	e.counts.convert(who, kpi, store.DayOf(c.At), before, after)
	f.Wrote = true
	return f
}

// learn returns the index of a KPI, a new one if it is not known yet. The
// version stays. The caller holds counts.mu, so it is asked again whether the
// KPI is known: a client in another shard may just have converted for it.
func (e *experiment) learn(kpi string) int {
	r := *e.record.Load()
	if i := slices.Index(r.KPIs, kpi); i >= 0 {
		return i
	}
	r.KPIs = append(slices.Clone(r.KPIs), strings.Clone(kpi))
	e.set(&r)
	return len(r.KPIs) - 1
}

func (e *experiment) lookup(client string) store.Facts {
	k, sh := keyOf(client), e.shard(client)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return present(e.record.Load(), sh.client(k))
}

func (e *experiment) results() (store.Counts, bool) {
	e.counts.mu.Lock()
	defer e.counts.mu.Unlock()
	r := e.record.Load()
	if r == nil {
		return store.Counts{}, false
	}
	return e.counts.results(r), true
}

func (e *experiment) save(r store.Record, logs *logs, changes []store.Change) store.Facts {
	e.lock()
	defer e.unlock()
	old := e.record.Load()
	if old == nil || old.Version != r.Version {
		return stale(old, nobody)
	}
	next := successor(old, r)
	logs.do(r.Name, changes, func() { e.set(next) })
	f := facts(next, nobody)
	f.Wrote = true
	return f
}

func (e *experiment) clear(r store.Record, keepCounts bool, logs *logs, changes []store.Change) store.Facts {
	e.lock()
	defer e.unlock()
	old := e.record.Load()
	if old == nil || old.Version != r.Version {
		return stale(old, nobody)
	}
	next := successor(old, r)
	e.forgetClients()
	if !keepCounts {
		next.KPIs = nil
		e.counts.reset()
	}
	logs.do(r.Name, changes, func() { e.set(next) })
	f := facts(next, nobody)
	f.Wrote = true
	return f
}

// forgetClients leaves no client. The caller holds all locks.
func (e *experiment) forgetClients() {
	for i := range e.shards {
		e.shards[i].uuids = table[uuid]{}
		e.shards[i].others = table[string]{}
	}
	e.counts.live.Excluded = 0 // it counts clients that are Out now
}

// delete tells those who found e before it left the map that it is gone.
func (e *experiment) delete() {
	e.lock()
	defer e.unlock()
	e.forgetClients()
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
	list := make([]store.Client, 0, len(sh.uuids.clients)+len(sh.others.clients))
	list = sh.uuids.appendAll(list, uuid.String, r.KPIs)
	return sh.others.appendAll(list, strings.Clone, r.KPIs)
}

// facts says what is known to a caller who named the present version.
func facts(r *store.Record, c client) store.Facts {
	return store.Facts{Version: r.Version, Choice: int(c.choice), Reserved: c.reserved, Epoch: c.epoch}
}

// present returns facts with the record, nil if the experiment is gone.
func present(r *store.Record, c client) store.Facts {
	if r == nil {
		return store.Facts{Choice: store.None}
	}
	f := facts(r, c)
	f.Record = r
	return f
}

// stale is present for a caller who named a version that is not remembered.
func stale(r *store.Record, c client) store.Facts {
	f := present(r, c)
	f.Stale = true
	return f
}
