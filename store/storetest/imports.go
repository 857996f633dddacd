package storetest

import (
	"context"
	"errors"
	"math/big"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// baseCounts returns counts as an import may bring them: n participants of
// each alternative in epoch 1, of whom one converted for a KPI twice.
func baseCounts(alternatives []string, kpi string, n int64) *store.Results {
	r := store.NewResults(store.Record{Alternatives: alternatives, KPIs: []string{kpi}}, nil)
	for i := range r.Alternatives {
		a := &r.Alternatives[i]
		a.AddDay(today-10, n)
		a.AddEpoch(1, n)
		a.KPIs[0].AddDay(today-9, 1, 2)
		a.KPIs[0].AddEpoch(store.EpochConversions{Epoch: 1, Converted: 1, NonZero: 1, Sum: big.NewInt(-n), Squares: big.NewInt(n * n)})
	}
	return &r
}

func did(kpi string, events int64, total store.Amount) store.ClientConversion {
	return store.ClientConversion{KPI: kpi, Day: today, Events: events, Total: total}
}

func importCreates(s subject) {
	r := full("button")
	r.KPIs = []string{"invented"}
	clients := []store.Client{
		{ID: uuid(1), Choice: 2, Epoch: 4, Day: today, Conversions: []store.ClientConversion{did("z", 3, -5), did("", 1, 0)}},
		{ID: uuid(2), Choice: 0, Epoch: 0, Day: tomorrow, Conversions: []store.ClientConversion{did("", 1, 1e6)}},
		{ID: "out", Choice: store.Out, Day: today},
		{ID: "reserved", Choice: 1, Epoch: 2, Day: today, Reserved: true},
	}
	got := s.imports(store.Import{Record: r, Clients: clients})
	if want := (store.Imported{Created: true, Clients: 4, Conversions: 3}); got != want {
		s.t.Errorf("Import says %+v, want %+v", got, want)
	}
	r.KPIs = []string{"z", ""} // only what someone converted for
	if got := describeRecord(s.results("button").Record); got != describeRecord(r) {
		s.t.Errorf("the imported record is %s, want %s", got, describeRecord(r))
	}
	if got := s.clients("button"); describeClients(got) != describeClients(clients) {
		s.t.Errorf("the imported clients are\n%s\nwant\n%s", describeClients(got), describeClients(clients))
	}
	s.audit("button")

	if got := s.imports(store.Import{Record: newRecord("empty", "red", "blue")}); got != (store.Imported{Created: true}) {
		s.t.Errorf("Import of a record alone says %+v", got)
	}
	s.audit("empty")
}

func importIsIdempotent(s subject) {
	i := store.Import{
		Record: newRecord("button", "red", "blue"),
		Clients: []store.Client{
			{ID: "a", Choice: 0, Epoch: 1, Day: today, Conversions: []store.ClientConversion{did("revenue", 2, 5), did("", 1, 0)}},
			{ID: "a", Choice: 0, Epoch: 1, Day: today, Conversions: []store.ClientConversion{did("revenue", 2, 5)}}, // as some exports do
			{ID: "out", Choice: store.Out, Day: today},
			{ID: "reserved", Choice: 1, Epoch: 1, Day: today, Reserved: true},
		},
		Counts: baseCounts([]string{"red", "blue"}, "revenue", 10),
	}
	if got, want := s.imports(i), (store.Imported{Created: true, Clients: 3, Conversions: 2}); got != want {
		s.t.Errorf("the first Import says %+v, want %+v", got, want)
	}
	s.unchanged("repeating an import", func() {
		if got := s.imports(i); got != (store.Imported{}) {
			s.t.Errorf("the second Import says %+v, want nothing", got)
		}
	})

	r := s.update("button", func(r *store.Record) { r.Description = "changed" })
	s.convert(worth(r, "a", "revenue", 1))
	s.participate(in(r, "reserved", 0))
	s.participate(in(r, "out", 1))
	s.unchanged("repeating an import after more has happened", func() { s.imports(i) })
}

func importMerges(s subject) {
	r := s.create("button", "red", "blue")
	for client, choice := range map[string]int{"same": 0, "other": 1, "out": store.Out, "still out": store.Out, "now out": 0} {
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
	conversions := []store.ClientConversion{did("", 9, 9), did("purchase", 2, 7)}
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
		client("same", 0, conversions...),  // "purchase" is news
		client("other", 0, conversions...), // has another alternative
		client("out", 0, conversions...),
		client("still out", store.Out),
		client("now out", store.Out),
		client("reserved", 1, conversions...),
		client("still reserved", store.Out),
		client("new out", store.Out),
		reserved("new reserved"),
		reserved("other"),
	}})
	if want := (store.Imported{Clients: 5, Conversions: 7}); got != want {
		s.t.Errorf("Import says %+v, want %+v", got, want)
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
	})
	if got := describeClients(s.clients("button")); got != want {
		s.t.Errorf("the clients are\n%s\nwant\n%s", got, want)
	}
	r.KPIs = []string{"", "purchase"}
	if got := describeRecord(s.results("button").Record); got != describeRecord(r) {
		s.t.Errorf("the record is %s, want %s", got, describeRecord(r))
	}
	s.audit("button")
}

// importAmidTraffic has the same clients come and be imported at the same time.
func importAmidTraffic(s subject) {
	const each = 40
	r := s.create("button", "red", "blue")
	var came, imported int64 // each changed by one of the two only
	inStep(s.t, 20, func(ctx context.Context, racer, round int) (f store.Facts, err error) {
		part := store.Import{Record: r}
		for i := range each {
			c := store.Client{ID: uuid(round*each + i), Choice: 1, Epoch: 1, Day: today, Conversions: []store.ClientConversion{did("", 1, 2)}}
			part.Clients = append(part.Clients, c)
		}
		if racer == 0 {
			done, err := s.store.Import(ctx, part)
			imported += int64(done.Clients)
			return f, err
		}
		for _, c := range part.Clients {
			if f, err = s.store.Participate(ctx, in(r, c.ID, 0)); err != nil {
				return f, err
			}
			if f.Wrote {
				came++
			}
		}
		return f, nil
	})
	a := s.results("button").Alternatives
	if red, blue := a[0].Participants(), a[1].Participants(); red != came || blue != imported {
		s.t.Errorf("%d clients came and %d were imported, but %d and %d are counted", came, imported, red, blue)
	}
	s.audit("button")
}

func importCountsReplace(s subject) {
	r := s.create("button", "red", "blue")
	s.participate(in(r, "client", 1))
	s.convert(worth(r, "client", "revenue", 7))
	live := s.results("button")
	counts := func(kpi string, n int64) {
		s.t.Helper()
		if got := s.imports(store.Import{Record: r, Counts: baseCounts(r.Alternatives, kpi, n)}); got != (store.Imported{}) {
			s.t.Errorf("Import of counts alone says %+v", got)
		}
	}
	check := func(what string, base *store.Results, kpis ...string) {
		s.t.Helper()
		now := live.Record.Clone()
		now.KPIs = kpis
		want := store.NewResults(now, live.Epochs)
		want.Add(live)
		want.Add(*base)
		if got := s.results("button"); describe(got) != describe(want) {
			s.t.Errorf("after %s the results are\n%s\nwant\n%s", what, describe(got), describe(want))
		}
	}
	counts("revenue", 10)
	check("an import of counts", baseCounts(r.Alternatives, "revenue", 10), "revenue")
	counts("visits", 20)
	check("another import of counts", baseCounts(r.Alternatives, "visits", 20), "revenue", "visits")
	s.imports(store.Import{Record: r})
	check("an import without counts", baseCounts(r.Alternatives, "visits", 20), "revenue", "visits")

	excluded := baseCounts(r.Alternatives, "revenue", 3)
	excluded.Excluded = 4
	s.imports(store.Import{Record: r, Counts: excluded})
	s.participate(in(r, "out", store.Out))
	live.Excluded++
	check("an import with clients who were out", excluded, "revenue", "visits")
	if clients := s.clients("button"); len(clients) != 2 {
		s.t.Errorf("imported counts made clients of themselves: %v", clients)
	}
}

func importContradictionRefused(s subject) {
	r := s.create("button", "red", "blue")
	s.participate(in(r, "client", 0))
	good := store.Client{ID: "new", Choice: 1, Epoch: 1, Day: today, Conversions: []store.ClientConversion{did("purchase", 1, 1)}}
	bad := store.Client{ID: "newer", Choice: 2, Epoch: 1, Day: today}
	refused := func(what string, i store.Import) {
		s.t.Helper()
		s.unchanged(what, func() {
			done, err := s.store.Import(s.t.Context(), i)
			if !errors.Is(err, store.ErrInvalid) || done != (store.Imported{}) {
				s.t.Errorf("Import with %s says %+v, %v; want ErrInvalid", what, done, err)
			}
		})
	}
	for what, alternatives := range map[string][]string{
		"another alternative":  {"red", "green"},
		"another order":        {"blue", "red"},
		"one alternative more": {"red", "blue", "green"},
		"one alternative less": {"red"},
		"no alternatives":      nil,
	} {
		other := r.Clone()
		other.Alternatives = slices.Clone(alternatives)
		refused(what, store.Import{Record: other, Clients: []store.Client{good}[:min(1, len(alternatives)/2)]})
	}
	refused("a client of an alternative not there", store.Import{Record: r, Clients: []store.Client{good, bad}})
	refused("such a client of a new experiment", store.Import{Record: newRecord("link", "red", "blue"), Clients: []store.Client{good, bad}})
}
