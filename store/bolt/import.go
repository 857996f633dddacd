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
	log, err := encodeChanges(i.Changes)
	if err != nil {
		return done, err
	}
	e := x.experiment(i.Record.Name)
	if done.Created, err = e.adopt(i); err != nil {
		return done, err
	}
	for _, kpi := range i.Record.KPIs {
		if _, err := e.kpi(kpi); err != nil {
			return done, err
		}
	}
	for _, c := range i.Clients {
		if err := e.mergeClient(c, &done); err != nil {
			return done, err
		}
	}
	if i.Counts != nil {
		if err := e.rebase(*i.Counts); err != nil {
			return done, err
		}
	}
	done.Changes, err = x.log(i.Record.Name, log)
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

// adopt creates the experiment, or checks that it has the alternatives given.
func (e *experiment) adopt(i store.Import) (created bool, err error) {
	if !e.exists() {
		err := e.create(i.Record.Clone(), i.Epochs)
		return err == nil, err
	}
	if err := e.load(); err != nil {
		return false, err
	}
	if given := i.Record.Alternatives; !slices.Equal(e.record.Alternatives, given) {
		return false, fmt.Errorf("%w: alternatives %q, but %q has %q", store.ErrInvalid, given, e.name, e.record.Alternatives)
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
	before := *done
	if fresh.standing() > was.standing() {
		is = fresh
		e.move(was, is)
		done.Clients++
	}
	if fresh.takesPart() && is.choice == fresh.choice {
		if err := e.mergeConversions(&is, given.Conversions, done); err != nil {
			return err
		}
	}
	if *done != before {
		e.put(given.ID, is)
	}
	return nil
}

// mergeConversions takes of a client's conversions what is not known.
func (e *experiment) mergeConversions(who *client, given []store.ClientConversion, done *store.Imported) error {
	conversions, err := decodeConversions(who.conversions)
	if err != nil {
		return err
	}
	for _, v := range given {
		kpi, err := e.kpi(v.KPI)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(conversions, func(v conversion) bool { return v.kpi == kpi })
		switch {
		case i < 0:
			i, conversions = len(conversions), append(conversions, conversion{kpi: kpi, day: v.Day})
			done.Conversions++
		case conversions[i].events < v.Events:
			done.Raised++
		default:
			continue
		}
		was := conversions[i]
		conversions[i].events, conversions[i].total = v.Events, v.Total
		if err := e.credit(*who, was, conversions[i], was.day); err != nil {
			return err
		}
	}
	who.conversions = encodeConversions(conversions)
	return nil
}
