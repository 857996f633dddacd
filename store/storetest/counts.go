package storetest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// countsAddUp has many callers use an experiment, while others read its counts and one begins new
// epochs.
func countsAddUp(s subject) {
	r := s.create("button", "red", "blue", "green")
	const callers, looks = 8, 20
	var events, looked, ended atomic.Int64
	wait := begin(callers, func(i int) error {
		defer ended.Add(1)
		return s.doAnything(r, uint64(i), &events, func(n int) bool { return n >= 1000 && looked.Load() >= looks })
	})
	for ; ended.Load() < callers; looked.Add(1) {
		s.checkSums(s.counts("button"))
		f := s.lookup("button", "nobody")
		next := f.Record.Clone()
		next.Epoch.Number++
		s.save(next)
	}
	wait(s.t)

	var counted int64
	for _, a := range s.counts("button").Alternatives {
		for _, k := range a.KPIs {
			counted += k.Events()
		}
	}
	if counted != events.Load() {
		s.t.Errorf("%d conversions are counted of %d that were acknowledged", counted, events.Load())
	}
	s.audit("button")
}

// doAnything makes random calls until enough returns true or a second has passed. It adds the
// number of acknowledged conversions to events.
func (s subject) doAnything(r store.Record, seed uint64, events *atomic.Int64, enough func(n int) bool) error {
	dice := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // A test is to do the same each time.
	for n := range rounds(math.MaxInt) {
		if enough(n) {
			break
		}
		who := n/4 + dice.IntN(50) // some of them are new
		client := uuid(who)
		var f store.Facts
		var err error
		if dice.IntN(2) == 0 {
			p := in(r, client, dice.IntN(5)-2)
			if who%10 == 0 {
				p.Choice = store.Out // otherwise all clients would be admitted in the end
			}
			p.Reserve = p.Choice >= 0 && dice.IntN(4) == 0
			p.At = noon.AddDate(0, 0, dice.IntN(3))
			f, err = s.store.Participate(s.t.Context(), p)
		} else {
			c := by(r, client, []string{"", "revenue", "visits"}[dice.IntN(3)])
			c.Value, c.HasValue = store.Amount(dice.IntN(7)-3), dice.IntN(2) == 0
			c.At = noon.AddDate(0, 0, dice.IntN(3))
			f, err = s.store.Convert(s.t.Context(), c)
			if f.Wrote {
				events.Add(1)
			}
		}
		if err != nil {
			return err
		}
		if f.Record != nil {
			r = *f.Record
		}
	}
	return nil
}

// checkSums tests that the sums over days and over cohorts agree.
func (s subject) checkSums(r store.Counts) {
	s.t.Helper()
	s.checkShape(r)
	for i, a := range r.Alternatives {
		if days, cohorts := a.Participants(), a.Between(0, math.MaxUint32); days != cohorts {
			s.t.Fatalf("alternative %d has %d participants by day and %d by cohort", i, days, cohorts)
		}
		for _, k := range a.KPIs {
			if days, cohorts := describeSums(sumOfDays(k)), describeSums(k.Totals()); days != cohorts {
				s.t.Fatalf("alternative %d, KPI %q: the sums by day are %s and by cohort %s", i, k.KPI, days, cohorts)
			}
		}
	}
}

func sumOfDays(k store.KPICounts) store.Sums {
	sums := store.NewSums()
	for _, d := range k.Days {
		sums.Add(d.Sums)
	}
	return sums
}

// countsByDayAndCohort tests that conversions and values are counted on the days of the
// conversions, and for the cohorts of the clients.
func countsByDayAndCohort(s subject) {
	r := s.create("button", "red", "blue")
	on := func(day store.Day) time.Time { return noon.AddDate(0, 0, int(day-today)) }
	participate := func(client string, day store.Day, reserve bool) {
		p := in(r, client, 0)
		p.At, p.Reserve = on(day), reserve
		s.participate(p)
	}
	convert := func(client string, day store.Day, v store.Amount) {
		c := worth(r, client, "revenue", v)
		c.At = on(day)
		s.convert(c)
	}
	participate("early", today, false)
	participate("late", tomorrow, false)
	participate("reserved", today, true)
	r = s.update("button", func(r *store.Record) { r.Epoch.Number = 2 })
	participate("second epoch", tomorrow, false)
	participate("reserved", tomorrow+1, false)
	convert("early", today, 5)
	convert("early", tomorrow, 7)
	convert("late", tomorrow, -3)
	convert("late", tomorrow+1, 3)
	convert("reserved", tomorrow+1, 0)
	convert("second epoch", tomorrow+2, 1)

	check := func(when string) {
		s.t.Helper()
		got := s.counts("button")
		s.checkSums(got)
		red := got.Alternatives[0]
		k := red.KPI("revenue")
		for _, c := range []struct{ what, got, want string }{
			{"participants by day", fmt.Sprint(red.Days), "[{2026-03-01 1} {2026-03-02 2} {2026-03-03 1}]"},
			{"participants by cohort", fmt.Sprint(red.Cohorts), "[{1 2026-03-01 1} {1 2026-03-02 1} {1 2026-03-03 1} {2 2026-03-02 1}]"},
			{"conversions by day", describeDays(k), "{2026-03-01 1 1} {2026-03-02 1 2} {2026-03-03 1 2} {2026-03-04 1 1}"},
			{
				"values by day", describeDayValues(k),
				" 2026-03-01 {1 1 5 25} 2026-03-02 {1 1 4 128} 2026-03-03 {1 -1 3 -9} 2026-03-04 {1 1 1 1}",
			},
			{
				"values by cohort", describeCohorts(k),
				" 1 2026-03-01 {1 1 12 144} 1 2026-03-02 {1 0 0 0} 1 2026-03-03 {1 0 0 0} 2 2026-03-02 {1 1 1 1}",
			},
		} {
			if c.got != c.want {
				s.t.Errorf("%s, %s are %s, want %s", when, c.what, c.got, c.want)
			}
		}
	}
	check("after conversions")
	s.audit("button")
	s.clear(r, true)
	check("after Clear that keeps counts")
	r.Version++
	s.clear(r, false)
	if got := s.counts("button").Alternatives[0]; len(got.Days)+len(got.Cohorts)+len(got.KPIs) != 0 {
		s.t.Errorf("after Clear, there are counts %v", got)
	}
}

func countsOfSeveral(s subject) {
	names := []string{"b", "a", "c c", "B", "ä"}
	for i, name := range names {
		r := s.create(name, "red", "blue")
		for j := range i {
			s.participate(in(r, uuid(j), 0))
		}
	}
	sorted := slices.Sorted(slices.Values(names))
	for _, ask := range []struct{ names, want []string }{
		{nil, sorted},
		{[]string{"c c", "a", "b"}, []string{"c c", "a", "b"}},
		{[]string{"missing", "b", "", "B", "b b"}, []string{"b", "B"}},
		{[]string{"missing"}, nil},
	} {
		counts, err := s.store.Counts(s.t.Context(), ask.names...)
		s.must(err)
		var got []string
		for _, r := range counts {
			got = append(got, r.Record.Name)
			s.checkShape(r)
			if n := r.Alternatives[0].Participants(); n != int64(slices.Index(names, r.Record.Name)) {
				s.t.Errorf("Counts(%q): %d participants in %q", ask.names, n, r.Record.Name)
			}
		}
		if !slices.Equal(got, ask.want) {
			s.t.Errorf("Counts(%q) is of %q, want %q", ask.names, got, ask.want)
		}
	}
	var got []string
	for _, r := range s.records() {
		got = append(got, r.Name)
	}
	if !slices.Equal(got, sorted) {
		s.t.Errorf("Records returned %q, want %q", got, sorted)
	}
}

func manyAlternatives(s subject) {
	const n = 30
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint("alternative ", i)
	}
	r := s.create("button", names...)
	for i := range 2 * n {
		s.expect("participation", s.participate(in(r, uuid(i), i%n)), store.Facts{Version: r.Version, Choice: i % n, Epoch: 1, Wrote: true})
	}
	for i := range n {
		s.convert(worth(r, uuid(i), "revenue", store.Amount(i)))
	}
	for i, a := range s.counts("button").Alternatives {
		if p, k := a.Participants(), a.KPI("revenue"); p != 2 || k.Converted() != 1 || k.Totals().Sum.Int64() != int64(i) {
			s.t.Errorf("alternative %d has %d participants and %+v, want 2, and 1 conversion worth %d", i, p, k, i)
		}
	}
	s.audit("button")
}

func clientsIteratesAll(s subject) {
	const n = 10_000
	given := make([]store.Client, n)
	for i := range given {
		c := store.Client{ID: uuid(i), Choice: i%3 - 1, Epoch: 1, Day: today}
		if i%2 == 0 {
			c.ID = "client " + strconv.Itoa(i)
		}
		c.Reserved = c.Choice >= 0 && i%5 == 0
		if c.Choice >= 0 && !c.Reserved && i%7 == 0 {
			c.Conversions = []store.ClientConversion{{KPI: "revenue", Day: today, Events: 2, Total: store.Amount(i)}}
		}
		given[i] = c
	}
	r := newRecord("button", "red", "blue")
	s.imports(store.Import{Record: r, Clients: given})

	clients := s.store.Clients(s.t.Context(), "button")
	for range 2 {
		var got []store.Client
		for c, err := range clients {
			s.must(err)
			got = append(got, c)
		}
		if len(got) != n || describeClients(got) != describeClients(given) {
			s.t.Fatalf("Clients returned %d clients, want the %d that were imported", len(got), n)
		}
	}
	s.audit("button")

	seen := 0
	for c, err := range clients {
		s.must(err)
		s.expect("participation meanwhile", s.participate(in(r, "late "+c.ID, 0)), store.Facts{Version: r.Version, Choice: 0, Epoch: 1, Wrote: true})
		seen++
		if seen == 10 {
			break
		}
	}
	s.breakByCancel(r)
}

// breakByCancel tests that an iteration whose context ends returns its error, unless it has
// already finished.
func (s subject) breakByCancel(r store.Record) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	failed := false
	for _, err := range s.store.Clients(ctx, r.Name) {
		if failed {
			s.t.Fatal("Clients continues after an error")
		}
		failed = err != nil
		cancel()
	}
}
