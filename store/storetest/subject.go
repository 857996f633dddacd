package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// A subject is a store under test. Its methods call the store and end the test if the store
// fails. They must be called from the test's goroutine.
type subject struct {
	t     *testing.T
	store store.Store
	open  func(tb testing.TB) store.Store // opens another empty store
}

func (s subject) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s subject) participate(p store.Participation) store.Facts {
	s.t.Helper()
	f, err := s.store.Participate(s.t.Context(), p)
	s.must(err)
	s.checkRecord(f)
	if stale := f.Version != p.Version || f.Version == 0; p.Record == nil && f.Stale != stale {
		s.t.Errorf("facts are stale: %t, want %t: the caller named version %d of %d", f.Stale, stale, p.Version, f.Version)
	}
	return f
}

func (s subject) convert(c store.Conversion) store.Facts {
	s.t.Helper()
	f, err := s.store.Convert(s.t.Context(), c)
	s.must(err)
	s.checkRecord(f)
	return f
}

func (s subject) lookup(experiment, client string) store.Facts {
	s.t.Helper()
	f, err := s.store.Lookup(s.t.Context(), experiment, client)
	s.must(err)
	if f.Stale || (f.Record == nil) != (f.Version == 0) {
		s.t.Errorf("facts of Lookup are stale or lack the record: %+v", f)
	}
	return f
}

func (s subject) save(r store.Record) store.Facts {
	s.t.Helper()
	f, err := s.store.Save(s.t.Context(), r)
	s.must(err)
	s.checkRecord(f)
	if f.Stale == f.Wrote {
		s.t.Errorf("facts of a change must be either stale or written: %+v", f)
	}
	return f
}

func (s subject) clear(r store.Record, keepCounts bool) store.Facts {
	s.t.Helper()
	f, err := s.store.Clear(s.t.Context(), r, keepCounts)
	s.must(err)
	s.checkRecord(f)
	if f.Stale == f.Wrote {
		s.t.Errorf("facts of a change must be either stale or written: %+v", f)
	}
	return f
}

// checkRecord tests that the facts of a call that named a version contain the
// remembered record exactly when the call was stale and there is a record.
func (s subject) checkRecord(f store.Facts) {
	s.t.Helper()
	switch {
	case f.Stale && f.Wrote:
		s.t.Errorf("a stale call wrote: %+v", f)
	case !f.Stale && f.Version == 0:
		s.t.Errorf("a call to an experiment that does not exist is not stale: %+v", f)
	case !f.Stale && f.Record != nil:
		s.t.Errorf("facts contain the record although the call was carried out: %+v", f)
	case f.Stale && f.Record == nil && f.Version != 0:
		s.t.Errorf("facts of a stale call lack the record: %+v", f)
	case f.Record != nil && f.Record.Version != f.Version:
		s.t.Errorf("facts of version %d contain the record of version %d", f.Version, f.Record.Version)
	}
}

func (s subject) delete(experiment string) bool {
	s.t.Helper()
	found, err := s.store.Delete(s.t.Context(), experiment)
	s.must(err)
	return found
}

func (s subject) imports(i store.Import) store.Imported {
	s.t.Helper()
	done, err := s.store.Import(s.t.Context(), i)
	s.must(err)
	return done
}

func (s subject) records() []store.Record {
	s.t.Helper()
	records, err := s.store.Records(s.t.Context())
	s.must(err)
	return records
}

func (s subject) counts(experiment string) store.Counts {
	s.t.Helper()
	counts, err := s.store.Counts(s.t.Context(), experiment)
	s.must(err)
	if len(counts) != 1 {
		s.t.Fatalf("Counts(%q) returned %d counts, want 1", experiment, len(counts))
	}
	return counts[0]
}

func (s subject) clients(experiment string) (clients []store.Client) {
	s.t.Helper()
	for c, err := range s.store.Clients(s.t.Context(), experiment) {
		s.must(err)
		clients = append(clients, c)
	}
	return clients
}

// create creates an experiment and returns its record.
func (s subject) create(name string, alternatives ...string) store.Record {
	s.t.Helper()
	r := newRecord(name, alternatives...)
	p := in(r, "nobody", store.None)
	p.Version, p.Record = 0, &r
	f := s.participate(p)
	s.expect("creation", f, store.Facts{Version: r.Version, Choice: store.None})
	return r
}

// update changes and saves the remembered record and returns it.
func (s subject) update(name string, change func(*store.Record)) store.Record {
	s.t.Helper()
	f := s.lookup(name, "nobody")
	if f.Record == nil {
		s.t.Fatalf("there is no experiment %q", name)
	}
	r := f.Record.Clone()
	change(&r)
	f = s.save(r)
	r.Version++
	s.expect("save", f, store.Facts{Version: r.Version, Choice: store.None, Wrote: true})
	return r
}

// expect compares facts without the record. The epoch of a client without an alternative has no
// meaning.
func (s subject) expect(what string, got, want store.Facts) {
	s.t.Helper()
	got.Record = nil
	if got.Choice < 0 {
		got.Epoch = want.Epoch
	}
	if got != want {
		s.t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}

// unchanged runs f and tests that it writes nothing.
func (s subject) unchanged(what string, f func()) {
	s.t.Helper()
	before, size := s.state(), s.size()
	f()
	if after := s.state(); after != before {
		s.t.Errorf("%s changed what the store holds, from\n%s\nto\n%s", what, before, after)
	}
	if now := s.size(); now != size {
		s.t.Errorf("%s changed the size of the store from %d to %d", what, size, now)
	}
}

func (s subject) size() int64 {
	s.t.Helper()
	z, ok := s.store.(Sizer)
	if !ok {
		return 0
	}
	n, err := z.Size()
	s.must(err)
	return n
}

// noon is the time of calls, unless a test sets another.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	today    = store.Day(20513) // the day of noon
	tomorrow = today + 1
)

// newRecord returns a record that the store does not know yet.
func newRecord(name string, alternatives ...string) store.Record {
	return store.Record{
		Name:         name,
		Version:      7,
		Alternatives: alternatives,
		Salt:         name,
		Created:      noon,
		Traffic:      1,
		Epoch:        store.Epoch{Number: 1, Start: noon},
	}
}

// in returns a client's participation in the experiment of r.
func in(r store.Record, client string, choice int) store.Participation {
	return store.Participation{
		Experiment: r.Name,
		Client:     client,
		Version:    r.Version,
		Choice:     choice,
		Epoch:      r.Epoch.Number,
		At:         noon,
	}
}

// by returns a client's conversion in the experiment of r.
func by(r store.Record, client, kpi string) store.Conversion {
	return store.Conversion{Experiment: r.Name, Client: client, Version: r.Version, KPI: kpi, At: noon}
}

// worth returns a conversion with a value.
func worth(r store.Record, client, kpi string, v store.Amount) store.Conversion {
	c := by(r, client, kpi)
	c.Value, c.HasValue = v, true
	return c
}

// uuid returns client ID number i, in the form of a UUID.
func uuid(i int) string {
	return fmt.Sprintf("%08x-3f6a-4c2e-9b1d-%012x", i*2654435761&0xffffffff, i)
}
