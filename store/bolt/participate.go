package bolt

import "github.com/sixpack-go/sixpack/store"

// participate, like every request that may write, is first tried in a read-only transaction,
// where it returns errWrite if it has to write.
func (x *txn) participate(p store.Participation) (store.Facts, error) {
	e, before, err := x.find(p.Experiment, p.Client)
	if err != nil {
		return store.Facts{}, err
	}
	after := before.After(p)
	changed := after != before.ClientState
	if e.version != p.Version || p.Record == nil && (!changed || !e.exists()) {
		return e.facts(before, p.Version)
	}
	if !x.tx.Writable() {
		return store.Facts{}, errWrite
	}
	if err := e.check(p); err != nil {
		return store.Facts{}, err
	}
	switch {
	case p.Record != nil && e.exists():
		err = e.replace(*p.Record)
	case p.Record != nil:
		err = e.create(*p.Record, nil)
	}
	if err != nil {
		return store.Facts{}, err
	}
	if changed {
		e.put(p.Client, client{after, before.conversions})
		e.counting().Move(before.ClientState, after)
	}
	f := after.Facts(e.version)
	f.Wrote = changed
	return f, nil
}

// find returns an experiment and one of its clients, whether they exist or not.
func (x *txn) find(experiment, id string) (e *experiment, c client, err error) {
	e = x.experiment(experiment)
	c, err = e.client(id)
	return e, c, err
}

// facts answers a caller that named a version of the record.
func (e *experiment) facts(c client, version uint64) (store.Facts, error) {
	if !e.exists() || e.version != version {
		f, err := e.present(c)
		f.Stale = true
		return f, err
	}
	return c.Facts(e.version), nil
}

// present returns facts with the record, nil if the experiment does not exist.
func (e *experiment) present(c client) (store.Facts, error) {
	err := e.load()
	f := c.Facts(e.version)
	f.Record = e.record
	return f, err
}

func (e *experiment) check(p store.Participation) error {
	if err := e.load(); err != nil {
		return err
	}
	r := p.Record
	if r == nil {
		r = e.record
	}
	if err := p.Check(len(r.Alternatives)); err != nil {
		return err
	}
	return checkClientID(p.Client)
}
