package storetest

import (
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

func importMerges(s subject) {
	r := s.create("button", "red", "blue")
	for client, choice := range map[string]int{
		"same": 0, "other": 1, "out": store.Out, "still out": store.Out, "now out": 0, "out, now reserved": store.Out,
	} {
		s.participate(in(r, client, choice))
	}
	for _, client := range []string{"reserved", "still reserved"} {
		p := in(r, client, 0)
		p.Reserve = true
		s.participate(p)
	}
	s.convert(worth(r, "same", "", 5))
	s.convert(by(r, "same", ""))

	given := newRecord("button", "red", "blue")
	given.Version, given.Description = 1000, "ignored"
	conversions := []store.ClientConversion{did("", 2, 9), did("purchase", 2, 7)}
	client := func(id string, choice int, conversions ...store.ClientConversion) store.Client {
		return store.Client{ID: id, Choice: choice, Epoch: 3, Day: tomorrow, Conversions: conversions}
	}
	reserved := func(id string) store.Client {
		c := client(id, 1)
		c.Reserved = true
		return c
	}
	got := s.imports(store.Import{Record: given, Clients: []store.Client{
		client("new", 1, conversions...),
		client("same", 0, conversions...),  // has not converted for "purchase"
		client("other", 0, conversions...), // has another alternative
		client("out", 0, conversions...),
		client("still out", store.Out),
		client("now out", store.Out),
		client("reserved", 1, conversions...),
		client("still reserved", store.Out),
		client("new out", store.Out),
		reserved("new reserved"),
		reserved("other"),
		reserved("out, now reserved"),
	}})
	if want := (store.Imported{Clients: 6, Conversions: 7}); got != want {
		s.t.Errorf("Import returned %+v, want %+v", got, want)
	}

	was := func(id string, choice int, conversions ...store.ClientConversion) store.Client {
		return store.Client{ID: id, Choice: choice, Epoch: 1, Day: today, Conversions: conversions}
	}
	still := was("still reserved", 0)
	still.Reserved = true
	want := describeClients([]store.Client{
		client("new", 1, conversions...),
		was("same", 0, did("", 2, 5), did("purchase", 2, 7)),
		was("other", 1),
		client("out", 0, conversions...),
		was("still out", store.Out),
		was("now out", 0),
		client("reserved", 1, conversions...),
		still,
		client("new out", store.Out),
		reserved("new reserved"),
		reserved("out, now reserved"),
	})
	if got := describeClients(s.clients("button")); got != want {
		s.t.Errorf("the clients are\n%s\nwant\n%s", got, want)
	}
	r.KPIs, r.Measures = []string{"", "purchase"}, map[string]store.Measure{"": store.MeasureMean}
	if got := describeRecord(s.counts("button").Record); got != describeRecord(r) {
		s.t.Errorf("the record is %s, want %s", got, describeRecord(r))
	}
	s.audit("button")
}

// importRaises imports conversions of clients that are known with fewer, as many, or more events.
func importRaises(s subject) {
	r := s.create("button", "red", "blue")
	known, given, raised := store.Import{Record: r}, store.Import{Record: r}, 0
	var want []store.Client
	for was := range anyConversions() {
		for is := range anyConversions() {
			c := store.Client{ID: uuid(len(want)), Choice: 1, Epoch: 1, Day: today, Conversions: []store.ClientConversion{was}}
			known.Clients = append(known.Clients, c)
			is.Day = tomorrow
			other := c
			other.Epoch, other.Day, other.Conversions = 3, tomorrow, []store.ClientConversion{is}
			given.Clients = append(given.Clients, other)
			if is.Events > was.Events {
				raised++
				is.Day = today
				c.Conversions = []store.ClientConversion{is}
			}
			want = append(want, c)
		}
	}
	s.imports(known)
	if got := s.imports(given); got != (store.Imported{Raised: raised}) {
		s.t.Errorf("Import returned %+v, want %d raised", got, raised)
	}
	if got := s.clients("button"); describeClients(got) != describeClients(want) {
		s.t.Errorf("the clients are\n%s\nwant\n%s", describeClients(got), describeClients(want))
	}
	s.audit("button")
	for _, d := range s.counts("button").Alternatives[1].KPI("revenue").Days {
		if d.Day != today {
			s.t.Errorf("%d conversions are counted on %v, want all on the day of the first", d.Events, d.Day)
		}
	}
	s.unchanged("repeating an import that raised conversions", func() {
		for _, i := range []store.Import{given, known} {
			if got := s.imports(i); got != (store.Imported{}) {
				s.t.Errorf("the second Import returned %+v, want nothing", got)
			}
		}
	})
}

func anyConversions() iter.Seq[store.ClientConversion] {
	return func(yield func(store.ClientConversion) bool) {
		for _, events := range []int64{1, 200, 1 << 40} {
			for _, total := range []store.Amount{0, -12_345_678, 1<<53 + 1, store.MaxTotal, -store.MaxTotal} {
				if !yield(did("revenue", events, total)) {
					return
				}
			}
		}
	}
}

// importCopies copies an experiment by its Counts and Clients, twice, with traffic in between.
func importCopies(s subject) {
	r := s.create("source", "red", "blue", "green")
	copied := r
	copied.Name = "copy"
	var events atomic.Int64
	for seed := range uint64(2) {
		s.must(s.doAnything(r, seed, &events, func(n int) bool { return n == 1000 }))
		r = s.update("source", func(r *store.Record) { r.Epoch.Number++ })
		want := s.counts("source")
		rest := s.counts("source")
		copied.KPIs, copied.Measures = want.Record.KPIs, want.Record.Measures
		i := store.Import{Record: copied, Clients: s.clients("source"), Counts: &rest}
		for _, c := range i.Clients {
			rest.SubClient(c)
		}
		for range 2 {
			s.imports(i)
			got := s.counts("copy")
			want.Record, want.Epochs = got.Record, got.Epochs
			if describe(got) != describe(want) {
				s.t.Fatalf("the counts of the copy are\n%s\nwant\n%s", describe(got), describe(want))
			}
			if got := describeClients(s.clients("copy")); got != describeClients(i.Clients) {
				s.t.Fatalf("the clients of the copy are\n%s\nwant\n%s", got, describeClients(i.Clients))
			}
			s.checkShape(got)
		}
	}
}

// importForgetsCohorts imports counts that do not know the cohorts of early days, as those of
// earlier releases. Then no early cohort is known, because it would lack a part of its clients.
func importForgetsCohorts(s subject) {
	r := s.create("button", "red", "blue")
	for i, at := range []time.Time{noon, noon.AddDate(0, 0, 1)} {
		p := in(r, uuid(i), 1)
		p.At = at
		s.participate(p)
		s.convert(worth(r, uuid(i), "revenue", 5))
	}
	for _, c := range []struct {
		knownFrom    store.Day
		cohorts, sum string
	}{
		{tomorrow, "[{1 an unknown day 1} {1 2026-03-02 1}]", " 1 an unknown day {1 1 5 25} 1 2026-03-02 {1 1 5 25}"},
		{tomorrow + 1, "[{1 an unknown day 2}]", " 1 an unknown day {2 2 10 50}"},
		{0, "[{1 2026-03-01 1} {1 2026-03-02 1}]", " 1 2026-03-01 {1 1 5 25} 1 2026-03-02 {1 1 5 25}"},
	} {
		counts := store.NewCounts(r, nil)
		counts.KnownFrom = c.knownFrom
		s.imports(store.Import{Record: r, Counts: &counts})
		got := s.counts("button")
		blue := got.Alternatives[1]
		if cohorts, sum := fmt.Sprint(blue.Cohorts), describeCohorts(blue.KPI("revenue")); cohorts != c.cohorts || sum != c.sum || got.KnownFrom != c.knownFrom {
			s.t.Errorf("known from %v: the cohorts are %s and %s, want %s and %s", got.KnownFrom, cohorts, sum, c.cohorts, c.sum)
		}
		s.checkSums(got)
		s.audit("button")
	}
}
