package bolt

import (
	"fmt"

	"github.com/sixpack-go/sixpack/store"
)

// participate, like every request that may write, is tried in a snapshot first
// and returns errWrite there when it would have to.
func (x *txn) participate(p store.Participation) (store.Facts, error) {
	e, was, err := x.find(p.Experiment, p.Client)
	if err != nil {
		return store.Facts{}, err
	}
	is, changed := was.after(p)
	if e.version != p.Version || p.Record == nil && (!changed || !e.exists()) {
		return e.facts(was, p.Version)
	}
	if !x.tx.Writable() {
		return store.Facts{}, errWrite
	}
	if err := e.check(p); err != nil {
		return store.Facts{}, err
	}
	if p.Record != nil {
		if err := e.keep(*p.Record); err != nil {
			return store.Facts{}, err
		}
	}
	if changed {
		e.put(p.Client, is)
		e.move(was, is)
	}
	return store.Facts{Version: e.version, Choice: is.choice, Reserved: is.reserved, Epoch: is.epoch, Wrote: changed}, nil
}

// find returns an experiment and a client of it, whether they exist or not.
func (x *txn) find(experiment, id string) (e *experiment, c client, err error) {
	e = x.experiment(experiment)
	c, err = e.client(id)
	return e, c, err
}

// facts answers a caller who named a version of the record.
func (e *experiment) facts(c client, version uint64) (store.Facts, error) {
	if !e.exists() || e.version != version {
		f, err := e.present(c)
		f.Stale = true
		return f, err
	}
	return store.Facts{Version: e.version, Choice: c.choice, Reserved: c.reserved, Epoch: c.epoch}, nil
}

// present returns facts with the record, nil if there is no experiment.
func (e *experiment) present(c client) (store.Facts, error) {
	err := e.load()
	return store.Facts{Version: e.version, Record: e.record, Choice: c.choice, Reserved: c.reserved, Epoch: c.epoch}, err
}

// check refuses what would be counted nowhere, and what cannot be a key.
func (e *experiment) check(p store.Participation) error {
	if err := e.load(); err != nil {
		return err
	}
	r := p.Record
	if r == nil {
		r = e.record
	}
	if p.Choice < store.None || p.Choice >= len(r.Alternatives) || p.Reserve && p.Choice < 0 {
		return fmt.Errorf("%w: choice %d of %d alternatives (reserve: %t)", store.ErrInvalid, p.Choice, len(r.Alternatives), p.Reserve)
	}
	return checkClientID(p.Client)
}

func (e *experiment) keep(r store.Record) error {
	if !e.exists() {
		return e.create(r, nil)
	}
	return e.replace(r)
}

// move counts a client that was something, or nothing, before.
func (e *experiment) move(was, is client) {
	if was.choice == store.Out {
		e.counts.add(countKey{kind: countExcluded}, -1)
	}
	if is.choice == store.Out {
		e.counts.add(countKey{kind: countExcluded}, 1)
	}
	if is.takesPart() {
		alternative := uint32(is.choice)
		e.counts.add(countKey{countDay, alternative, 0, uint32(is.day)}, 1)
		e.counts.add(countKey{countEpoch, alternative, 0, is.epoch}, 1)
	}
}
