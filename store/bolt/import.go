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
	log, err := checkImport(i)
	if err != nil {
		return done, err
	}
	e := x.experiment(i.Record.Name)
	if done.Created, err = e.adopt(i); err != nil {
		return done, err
	}
	for _, kpi := range i.Record.KPIs {
		if _, err := e.kpi(kpi, i.Record.Measures[kpi]); err != nil {
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

// checkImport returns the encoded changes.
func checkImport(i store.Import) ([]store.LogEntry, error) {
	if err := i.Check(); err != nil {
		return nil, err
	}
	for _, c := range i.Clients {
		if err := checkClientID(c.ID); err != nil {
			return nil, err
		}
	}
	return store.EncodeChanges(i.Changes)
}

// adopt creates the experiment, or checks that it has the given alternatives.
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

// mergeClient adds what is unknown of a client.
func (e *experiment) mergeClient(given store.Client, done *store.Imported) error {
	was, err := e.client(given.ID)
	if err != nil {
		return err
	}
	before, is := *done, was
	is.ClientState = was.Merge(given.State())
	if is.ClientState != was.ClientState {
		e.counting().Move(was.ClientState, is.ClientState)
		done.Clients++
	}
	if given.State().Participates() && is.Choice == given.Choice {
		if err := e.mergeConversions(&is, given.Conversions, done); err != nil {
			return err
		}
	}
	if *done != before {
		e.put(given.ID, is)
	}
	return nil
}

// mergeConversions adds what is unknown of a client's conversions.
func (e *experiment) mergeConversions(who *client, given []store.ClientConversion, done *store.Imported) error {
	conversions, err := decodeConversions(who.conversions)
	if err != nil {
		return err
	}
	for _, g := range given {
		kpi, err := e.kpi(g.KPI, "")
		if err != nil {
			return err
		}
		v, i := conversionFor(&conversions, kpi)
		merged := v.Merge(g)
		switch {
		case merged == v.ClientConversion:
			continue
		case v.Events == 0:
			done.Conversions++
		default:
			done.Raised++
		}
		e.counting().Credit(who.ClientState, kpi, merged.Day, v.ClientConversion, merged)
		conversions[i].ClientConversion = merged
	}
	who.conversions = encodeConversions(conversions)
	return nil
}
