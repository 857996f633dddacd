package storetest

import (
	"time"

	"github.com/sixpack-go/sixpack/store"
)

func factsContainTheRecord(s subject) {
	r := s.create("button", "red", "blue") // participate and convert check for the record below
	if f := s.lookup("button", "client"); f.Record == nil || describeRecord(*f.Record) != describeRecord(r) {
		s.t.Errorf("Lookup returned the record %+v, want %+v", f.Record, r)
	}
	s.expect("participation", s.participate(in(r, "client", 1)), store.Facts{Version: r.Version, Choice: 1, Epoch: 1, Wrote: true})
	s.expect("lookup", s.lookup("button", "client"), store.Facts{Version: r.Version, Choice: 1, Epoch: 1})
	s.expect("conversion", s.convert(by(r, "client", "")), store.Facts{Version: r.Version, Choice: 1, Epoch: 1, Wrote: true})
	s.expect("lookup of a stranger", s.lookup("button", "stranger"), store.Facts{Version: r.Version, Choice: store.None})

	stale := r
	stale.Version++
	for what, f := range map[string]store.Facts{
		"stale participation": s.participate(in(stale, "client", 0)),
		"stale conversion":    s.convert(by(stale, "client", "")),
	} {
		s.expect(what, f, store.Facts{Version: r.Version, Choice: 1, Epoch: 1, Stale: true})
	}
	s.expect("stale save", s.save(stale), store.Facts{Version: r.Version, Choice: store.None, Stale: true})
	s.expect("stale clear", s.clear(stale, true), store.Facts{Version: r.Version, Choice: store.None, Stale: true})
	s.audit("button")
}

func unknownExperimentTakesNoOne(s subject) {
	r := newRecord("button", "red", "blue")
	stale := store.Facts{Choice: store.None, Stale: true}
	withRecord := in(r, "client", 0)
	withRecord.Record = &r // but with a version that does not exist
	withoutRecord := in(r, "client", 0)
	withoutRecord.Version = 0
	s.unchanged("calls to an experiment that does not exist", func() {
		s.expect("participation", s.participate(in(r, "client", 0)), stale)
		s.expect("participation with a later record", s.participate(withRecord), stale)
		s.expect("participation without a record", s.participate(withoutRecord), stale)
		s.expect("conversion", s.convert(by(r, "client", "")), stale)
		s.expect("lookup", s.lookup("button", "client"), store.Facts{Choice: store.None})
		s.expect("save", s.save(r), stale)
		s.expect("clear", s.clear(r, false), stale)
		if s.delete("button") {
			s.t.Error("Delete found an experiment")
		}
		if clients := s.clients("button"); len(clients) != 0 {
			s.t.Errorf("there are clients %v", clients)
		}
	})
	if records := s.records(); len(records) != 0 {
		s.t.Errorf("there are records %v", records)
	}
}

func repeatsWriteNothing(s subject) {
	r := s.create("button", "red", "blue")
	s.participate(in(r, "client", 1))
	has := store.Facts{Version: r.Version, Choice: 1, Epoch: 1}
	s.unchanged("repeating", func() {
		s.expect("the same again", s.participate(in(r, "client", 1)), has)
		s.expect("another choice", s.participate(in(r, "client", 0)), has)
		s.expect("out", s.participate(in(r, "client", store.Out)), has)
		s.expect("no choice", s.participate(in(r, "client", store.None)), has)
		later := in(r, "client", 1)
		later.At, later.Epoch = noon.AddDate(0, 0, 1), 2
		s.expect("the same later", s.participate(later), has)
		reserve := in(r, "client", 0)
		reserve.Reserve = true
		s.expect("reservation", s.participate(reserve), has)
		s.expect("nothing for a stranger", s.participate(in(r, "stranger", store.None)), store.Facts{Version: r.Version, Choice: store.None})
	})
}

func recordAndChoiceInOneStep(s subject) {
	first := newRecord("button", "red", "blue")
	p := in(first, "a", 1)
	p.Version, p.Record = 0, &first
	s.expect("creation", s.participate(p), store.Facts{Version: first.Version, Choice: 1, Epoch: 1, Wrote: true})

	next := first.Clone()
	next.Traffic = 0.5
	p = in(first, "b", store.Out)
	p.Record = &next
	s.expect("change", s.participate(p), store.Facts{Version: first.Version + 1, Choice: store.Out, Wrote: true})
	next.Version++
	if got := describeRecord(s.counts("button").Record); got != describeRecord(next) {
		s.t.Errorf("the remembered record is %s, want %s", got, describeRecord(next))
	}

	s.unchanged("a change of an old version", func() {
		stale := first.Clone()
		stale.Traffic = 0.25
		p := in(first, "c", 0)
		p.Record = &stale
		f := s.participate(p)
		s.expect("stale change", f, store.Facts{Version: next.Version, Choice: store.None, Stale: true})
		if f.Record == nil {
			s.t.Error("facts lack the record that a stale change does not know")
		}
	})

	next.Traffic = 1
	p = in(next, "a", 0)
	p.Record = &next
	f := s.participate(p)
	s.expect("change by a known client", f, store.Facts{Version: first.Version + 2, Choice: 1, Epoch: 1})
	if f.Record != nil {
		s.t.Error("facts contain the record although the call was carried out")
	}
	if r := s.counts("button"); r.Record.Traffic != 1 || r.Excluded != 1 || r.Alternatives[1].Participants() != 1 {
		s.t.Errorf("counts are %s", describe(r))
	}
	s.audit("button")
}

func staleVersionWritesNothing(s subject) {
	old := s.create("button", "red", "blue")
	s.participate(in(old, "known", 1))
	now := s.update("button", func(r *store.Record) { r.Description = "newer" })
	s.unchanged("the version before", func() {
		s.expect("participation", s.participate(in(old, "new", 0)), store.Facts{Version: now.Version, Choice: store.None, Stale: true})
		s.expect("participation of a known client", s.participate(in(old, "known", 0)), store.Facts{Version: now.Version, Choice: 1, Epoch: 1, Stale: true})
		s.expect("conversion", s.convert(by(old, "known", "new KPI")), store.Facts{Version: now.Version, Choice: 1, Epoch: 1, Stale: true})
		s.expect("save", s.save(old), store.Facts{Version: now.Version, Choice: store.None, Stale: true})
		s.expect("clear", s.clear(old, false), store.Facts{Version: now.Version, Choice: store.None, Stale: true})
	})
	never := now
	never.Version += 100
	s.unchanged("a version that never was", func() {
		s.expect("participation", s.participate(in(never, "new", 0)), store.Facts{Version: now.Version, Choice: store.None, Stale: true})
		s.expect("conversion", s.convert(by(never, "known", "")), store.Facts{Version: now.Version, Choice: 1, Epoch: 1, Stale: true})
		s.expect("save", s.save(never), store.Facts{Version: now.Version, Choice: store.None, Stale: true})
	})
}

// changedAlternativesChangeNothing has a caller that knows no record declare an existing
// experiment with other alternatives.
func changedAlternativesChangeNothing(s subject) {
	r := s.create("button", "red", "blue")
	s.participate(in(r, "known", 1))
	other := newRecord("button", "blue", "red", "green")
	other.Version = 1000
	declare := func(client string, choice int) store.Facts {
		p := in(other, client, choice)
		p.Version, p.Record = 0, &other
		return s.participate(p)
	}
	s.unchanged("a declaration of other alternatives", func() {
		f := declare("new", 2)
		s.expect("a new client's", f, store.Facts{Version: r.Version, Choice: store.None, Stale: true})
		if f.Record == nil || describeRecord(*f.Record) != describeRecord(r) {
			s.t.Errorf("facts contain the record %+v, want the remembered %+v", f.Record, r)
		}
		s.expect("a known client's", declare("known", 0), store.Facts{Version: r.Version, Choice: 1, Epoch: 1, Stale: true})
	})
}

func closedTakesNoOne(s subject) {
	takesNoOneAfter(s, func(r *store.Record) { r.Paused = true })
}

func wonTakesNoOne(s subject) {
	takesNoOneAfter(s, func(r *store.Record) { r.Winner = "blue" })
}

// takesNoOneAfter tests that callers with an old version write nothing. Callers with the new
// version do not propose choices, which the engine guarantees, not the store.
func takesNoOneAfter(s subject, change func(*store.Record)) {
	open := s.create("button", "red", "blue")
	s.participate(in(open, "known", 1))
	s.participate(in(open, "out", store.Out))
	reserve := in(open, "reserved", 1)
	reserve.Reserve = true
	s.participate(reserve)
	now := s.update("button", change)
	s.unchanged("a caller who has not heard", func() {
		for client, want := range map[string]store.Facts{
			"new":      {Choice: store.None},
			"known":    {Choice: 1, Epoch: 1},
			"out":      {Choice: store.Out},
			"reserved": {Choice: 1, Epoch: 1, Reserved: true},
		} {
			want.Version, want.Stale = now.Version, true
			f := s.participate(in(open, client, 0))
			s.expect(client+" participates", f, want)
			if f.Record == nil || describeRecord(*f.Record) != describeRecord(now) {
				s.t.Errorf("facts contain the record %+v, want %+v", f.Record, now)
			}
			s.expect(client+" converts", s.convert(by(open, client, "")), want)
		}
	})
}

func outStaysOutUntilAdmitted(s subject) {
	r := s.create("button", "red", "blue")
	out := store.Facts{Version: r.Version, Choice: store.Out}
	wrote := out
	wrote.Wrote = true
	s.expect("out", s.participate(in(r, "client", store.Out)), wrote)
	s.participate(in(r, "other", store.Out))
	s.unchanged("repeating", func() {
		s.expect("out again", s.participate(in(r, "client", store.Out)), out)
		s.expect("no choice", s.participate(in(r, "client", store.None)), out)
		s.expect("conversion", s.convert(by(r, "client", "")), out)
		s.expect("lookup", s.lookup("button", "client"), out)
	})
	if n := s.counts("button").Excluded; n != 2 {
		s.t.Errorf("%d clients are excluded, want 2", n)
	}

	admit := in(r, "client", 1)
	admit.Epoch, admit.At = 2, noon.AddDate(0, 0, 1)
	has := store.Facts{Version: r.Version, Choice: 1, Epoch: 2, Wrote: true}
	s.expect("admission", s.participate(admit), has)
	has.Wrote = false
	s.expect("out after admission", s.participate(in(r, "client", store.Out)), has)

	counts := s.counts("button")
	if counts.Excluded != 1 {
		s.t.Errorf("%d clients are excluded after one of 2 was admitted, want 1", counts.Excluded)
	}
	if a := counts.Alternatives[1]; len(a.Days) != 1 || a.Days[0] != (store.DayParticipants{Day: tomorrow, Participants: 1}) {
		s.t.Errorf("the admitted client is counted as %v, want one on %v", a.Days, tomorrow)
	}
	s.audit("button")
}

// raisedTrafficMovesNobody raises the traffic in steps. In each step a third of the Out clients
// is proposed an alternative, and all other clients another alternative than they have.
func raisedTrafficMovesNobody(s subject) {
	const clients, steps = 30, 3
	r := s.create("button", "red", "blue", "green")
	has := make([]int, clients)
	for i := range has {
		has[i] = store.Out
		s.participate(in(r, uuid(i), store.Out))
	}
	admitted := int64(0)
	for step := range steps {
		r = s.update("button", func(r *store.Record) {
			r.Override.Traffic = float64(step+1) / steps
			r.Ramp.Step = step
		})
		for i := range has {
			wrote := has[i] == store.Out && i%steps == step
			proposed := (has[i] + 1) % len(r.Alternatives)
			if wrote {
				has[i], admitted = i%len(r.Alternatives), admitted+1
				proposed = has[i]
			} else if has[i] == store.Out {
				proposed = store.Out
			}
			s.expect(uuid(i), s.participate(in(r, uuid(i), proposed)), store.Facts{Version: r.Version, Choice: has[i], Epoch: 1, Wrote: wrote})
		}
		counts := s.counts("button")
		var n int64
		for _, a := range counts.Alternatives {
			n += a.Participants()
		}
		if n != admitted || counts.Excluded != clients-admitted {
			s.t.Errorf("at step %d there are %d participants and %d excluded, want %d and %d", step, n, counts.Excluded, admitted, clients-admitted)
		}
		s.audit("button")
	}
}

func reservations(s subject) {
	first := s.create("button", "red", "blue")
	reserve := func(r store.Record, client string, choice int) store.Facts {
		p := in(r, client, choice)
		p.Reserve = true
		return s.participate(p)
	}
	s.participate(in(first, "was out", store.Out))
	reserved := store.Facts{Version: first.Version, Choice: 1, Epoch: 1, Reserved: true, Wrote: true}
	s.expect("reservation", reserve(first, "client", 1), reserved)
	s.expect("reservation for one who was out", reserve(first, "was out", 1), reserved)
	s.checkParticipants("button", 0)
	if n := s.counts("button").Excluded; n != 0 {
		s.t.Errorf("%d clients are excluded, want 0", n)
	}

	now := s.update("button", func(r *store.Record) { r.Epoch.Number = 2 })
	reserved.Version, reserved.Wrote = now.Version, false
	s.unchanged("anything but a participation", func() {
		s.expect("another reservation", reserve(now, "client", 0), reserved)
		s.expect("out", s.participate(in(now, "client", store.Out)), reserved)
		s.expect("no choice", s.participate(in(now, "client", store.None)), reserved)
		s.expect("conversion", s.convert(by(now, "client", "")), reserved)
		s.expect("lookup", s.lookup("button", "client"), reserved)
	})

	p := in(now, "client", 0)
	p.At = noon.AddDate(0, 0, 1)
	has := store.Facts{Version: now.Version, Choice: 1, Epoch: 1, Wrote: true}
	s.expect("participation", s.participate(p), has)
	has.Wrote = false
	s.expect("participation again", s.participate(p), has)
	s.expect("reservation after participation", reserve(now, "client", 1), has)
	s.expect("conversion", s.convert(by(now, "client", "")), store.Facts{Version: now.Version, Choice: 1, Epoch: 1, Wrote: true})

	s.checkParticipants("button", 1)
	if a := s.counts("button").Alternatives[1]; len(a.Days) != 1 || a.Days[0].Day != tomorrow {
		s.t.Errorf("participants are %v, want one on %v, when the reservation was used", a.Days, tomorrow)
	}
	s.audit("button")
}

func lookupWritesNothing(s subject) {
	r := s.create("button", "red", "blue")
	s.participate(in(r, "known", 0))
	s.unchanged("Lookup", func() {
		for i := range 20 {
			s.expect("stranger", s.lookup("button", uuid(i)), store.Facts{Version: r.Version, Choice: store.None})
			s.expect("unknown experiment", s.lookup("link", uuid(i)), store.Facts{Choice: store.None})
			s.expect("known", s.lookup("button", "known"), store.Facts{Version: r.Version, Choice: 0, Epoch: 1})
		}
	})
	s.expect("a stranger's participation", s.participate(in(r, uuid(1), 1)), store.Facts{Version: r.Version, Choice: 1, Epoch: 1, Wrote: true})
}

// dayByAt has clients participate and convert at one instant that is on different days in two
// time zones.
func dayByAt(s subject) {
	tokyo := time.FixedZone("Tokyo", 9*60*60)
	at := time.Date(2026, 3, 1, 0, 30, 0, 0, tokyo)
	r := s.create("button", "red", "blue")
	for client, at := range map[string]time.Time{"in Tokyo": at, "in UTC": at.UTC()} {
		p, c := in(r, client, 0), by(r, client, "")
		p.At, c.At = at, at
		s.participate(p)
		s.convert(c)
	}
	a := s.counts("button").Alternatives[0]
	if len(a.Days) != 2 || a.Days[0].Day != today-1 || a.Days[1].Day != today {
		s.t.Errorf("participants are counted on %v, want one on %v and one on %v", a.Days, today-1, today)
	}
	if days := a.KPI("").Days; len(days) != 2 || days[0].Day != today-1 || days[1].Day != today {
		s.t.Errorf("conversions are counted on %v, want one on %v and one on %v", days, today-1, today)
	}
	s.audit("button")
}
