package bolt

import (
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

func (x *txn) merge(i store.Import) (done store.Imported, err error) {
	if !x.tx.Writable() {
		return done, errWrite
	}
	if err := checkImport(i); err != nil {
		return done, err
	}
	e := x.experiment(i.Record.Name)
	if done.Created, err = e.adopt(i.Record); err != nil {
		return done, err
	}
	for _, c := range i.Clients {
		if err := e.mergeClient(c, &done); err != nil {
			return done, err
		}
	}
	if i.Counts != nil {
		err = e.rebase(*i.Counts)
	}
	return done, err
}

// checkImport refuses what does not fit the alternatives of i.Record, and what
// cannot be a key.
func checkImport(i store.Import) error {
	if err := i.Check(); err != nil {
		return err
	}
	for _, c := range i.Clients {
		if err := checkClientID(c.ID); err != nil {
			return err
		}
	}
	return nil
}

// adopt creates the experiment, or checks that it has the alternatives of r.
func (e *experiment) adopt(r store.Record) (created bool, err error) {
	if !e.exists() {
		err := e.create(r.Clone())
		return err == nil, err
	}
	if err := e.load(); err != nil {
		return false, err
	}
	if !slices.Equal(e.record.Alternatives, r.Alternatives) {
		return false, fmt.Errorf("%w: alternatives %q, but %q has %q", store.ErrInvalid, r.Alternatives, r.Name, e.record.Alternatives)
	}
	return false, nil
}

// mergeClient takes of a client what is not known.
func (e *experiment) mergeClient(given store.Client, done *store.Imported) error {
	was, err := e.client(given.ID)
	if err != nil {
		return err
	}
	is, fresh := was, client{choice: given.Choice, reserved: given.Reserved, epoch: given.Epoch, day: given.Day}
	taken := was.choice == store.None || !was.takesPart() && fresh.takesPart()
	if taken {
		is = fresh
		e.move(was, is)
		done.Clients++
	}
	conversions := 0
	if fresh.takesPart() && is.choice == fresh.choice {
		if conversions, err = e.mergeConversions(&is, given.Conversions); err != nil {
			return err
		}
		done.Conversions += conversions
	}
	if taken || conversions > 0 {
		e.put(given.ID, is)
	}
	return nil
}

// mergeConversions takes those for KPIs that who has not converted yet, and
// returns their number.
func (e *experiment) mergeConversions(who *client, given []store.ClientConversion) (n int, err error) {
	conversions, err := decodeConversions(who.conversions)
	if err != nil {
		return 0, err
	}
	for _, v := range given {
		kpi, err := e.kpi(v.KPI)
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(conversions, func(v conversion) bool { return v.kpi == kpi }) {
			continue
		}
		is := conversion{kpi: kpi, day: v.Day, events: v.Events, total: v.Total}
		if err := e.credit(*who, conversion{}, is, v.Day); err != nil {
			return 0, err
		}
		conversions = append(conversions, is)
		n++
	}
	who.conversions = encodeConversions(conversions)
	return n, nil
}
