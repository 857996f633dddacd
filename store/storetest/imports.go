package storetest

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// baseCounts returns counts for an import: n participants of each alternative in epoch 1, one of
// whom converted twice for a KPI.
func baseCounts(alternatives []string, kpi string, n int64) *store.Counts {
	r := store.NewCounts(store.Record{Alternatives: alternatives, KPIs: []string{kpi}}, nil)
	for i := range r.Alternatives {
		a := &r.Alternatives[i]
		a.AddDay(today-10, n)
		a.AddCohort(1, today-10, n)
		sums := store.Sums{Converted: 1, NonZero: 1, Sum: big.NewInt(-n), Squares: big.NewInt(n * n)}
		a.KPIs[0].AddConversions(store.DayConversions{Day: today - 9, Events: 2, Sums: sums})
		a.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: today - 10, Sums: sums})
	}
	return &r
}

func did(kpi string, events int64, total store.Amount) store.ClientConversion {
	return store.ClientConversion{KPI: kpi, Day: today, Events: events, Total: total}
}

func importCreates(s subject) {
	r := full("button")
	r.KPIs, r.Measures = []string{"invented"}, map[string]store.Measure{"invented": store.MeasureMean, "unknown": store.MeasureRate}
	clients := []store.Client{
		{ID: uuid(1), Choice: 2, Epoch: 4, Day: today, Conversions: []store.ClientConversion{did("z", 3, -5), did("", 1, 0)}},
		{ID: uuid(2), Choice: 0, Epoch: 0, Day: tomorrow, Conversions: []store.ClientConversion{did("", 1, 1e6)}},
		{ID: "out", Choice: store.Out, Day: today},
		{ID: "reserved", Choice: 1, Epoch: 2, Day: today, Reserved: true},
	}
	got := s.imports(store.Import{Record: r, Clients: clients})
	if want := (store.Imported{Created: true, Clients: 4, Conversions: 3}); got != want {
		s.t.Errorf("Import returned %+v, want %+v", got, want)
	}
	r.KPIs = []string{"invented", "z", ""}
	delete(r.Measures, "unknown")
	if got := describeRecord(s.counts("button").Record); got != describeRecord(r) {
		s.t.Errorf("the imported record is %s, want %s", got, describeRecord(r))
	}
	if got := s.clients("button"); describeClients(got) != describeClients(clients) {
		s.t.Errorf("the imported clients are\n%s\nwant\n%s", describeClients(got), describeClients(clients))
	}
	s.audit("button")

	if got := s.imports(store.Import{Record: newRecord("empty", "red", "blue")}); got != (store.Imported{Created: true}) {
		s.t.Errorf("Import of a record alone returned %+v", got)
	}
	s.audit("empty")
}

func importKeepsEpochs(s subject) {
	r := full("button")
	earlier := []store.Epoch{
		{Number: 1, Start: noon.Add(time.Nanosecond)},
		{Number: 3, Start: noon.Add(time.Minute), Weights: []float64{1.0 / 3, 0.5, 1.0 / 6}},
	}
	i := store.Import{Record: r, Epochs: earlier}
	s.imports(i)
	want := append(slices.Clone(earlier), r.Epoch)
	check := func(what string) {
		s.t.Helper()
		got := s.counts("button")
		s.checkShape(got)
		if got, want := describe(store.Counts{Epochs: got.Epochs}), describe(store.Counts{Epochs: want}); got != want {
			s.t.Errorf("after %s the epochs are\n%s\nwant\n%s", what, got, want)
		}
	}
	check("an import")
	i.Epochs = []store.Epoch{{Number: 2, Start: noon}}
	s.unchanged("an import with other epochs", func() { s.imports(i) })
	next := store.Epoch{Number: 6, Start: noon.Add(time.Hour)}
	r = s.update("button", func(r *store.Record) { r.Epoch = next })
	want = append(want, next)
	check("a new epoch")
	s.clear(r, false)
	want = []store.Epoch{next}
	check("Clear")
}

func importLearnsKPIs(s subject) {
	r := newRecord("button", "red", "blue")
	check := func(what string, want ...string) {
		s.t.Helper()
		got := s.counts("button")
		s.checkShape(got)
		if !slices.Equal(got.Record.KPIs, want) {
			s.t.Errorf("after %s the KPIs are %q, want %q", what, got.Record.KPIs, want)
		}
	}
	client := store.Client{ID: "client", Choice: 1, Epoch: 1, Day: today, Conversions: []store.ClientConversion{did("a", 1, 1), did("b", 1, 1)}}
	r.KPIs = []string{"c", "", "b", "c"}
	s.imports(store.Import{Record: r, Clients: []store.Client{client}, Counts: baseCounts(r.Alternatives, "0", 1)})
	check("an import", "c", "", "b", "a", "0")
	r.KPIs = []string{"z", "a", "d"}
	s.imports(store.Import{Record: r})
	check("an import that is known", "c", "", "b", "a", "0", "z", "d")
}

func importIsIdempotent(s subject) {
	i := store.Import{
		Record: newRecord("button", "red", "blue"),
		Clients: []store.Client{
			{ID: "a", Choice: 0, Epoch: 1, Day: today, Conversions: []store.ClientConversion{did("revenue", 2, 5), did("", 1, 0)}},
			{ID: "a", Choice: 0, Epoch: 1, Day: today, Conversions: []store.ClientConversion{did("revenue", 2, 5)}}, // the same client twice, as in some exports
			{ID: "out", Choice: store.Out, Day: today},
			{ID: "reserved", Choice: 1, Epoch: 1, Day: today, Reserved: true},
		},
		Counts: baseCounts([]string{"red", "blue"}, "revenue", 10),
	}
	if got, want := s.imports(i), (store.Imported{Created: true, Clients: 3, Conversions: 2}); got != want {
		s.t.Errorf("the first Import returned %+v, want %+v", got, want)
	}
	s.unchanged("repeating an import", func() {
		if got := s.imports(i); got != (store.Imported{}) {
			s.t.Errorf("the second Import returned %+v, want nothing", got)
		}
	})

	r := s.update("button", func(r *store.Record) { r.Description = "changed" })
	s.convert(worth(r, "a", "revenue", 1))
	s.participate(in(r, "reserved", 0))
	s.participate(in(r, "out", 1))
	s.unchanged("repeating an import after more has happened", func() { s.imports(i) })
}

// importAmidTraffic imports clients while the same clients participate.
func importAmidTraffic(s subject) {
	const each = 40
	r := s.create("button", "red", "blue")
	var came, imported int64 // each is changed by only one goroutine
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
	a := s.counts("button").Alternatives
	if red, blue := a[0].Participants(), a[1].Participants(); red != came || blue != imported {
		s.t.Errorf("%d clients came and %d were imported, but %d and %d are counted", came, imported, red, blue)
	}
	s.audit("button")
}

func importCountsReplace(s subject) {
	r := s.create("button", "red", "blue")
	s.participate(in(r, "client", 1))
	s.convert(worth(r, "client", "revenue", 7))
	live := s.counts("button")
	counts := func(kpi string, n int64) {
		s.t.Helper()
		if got := s.imports(store.Import{Record: r, Counts: baseCounts(r.Alternatives, kpi, n)}); got != (store.Imported{}) {
			s.t.Errorf("Import of counts alone returned %+v", got)
		}
	}
	check := func(what string, base *store.Counts, kpis ...string) {
		s.t.Helper()
		now := live.Record.Clone()
		now.KPIs = kpis
		want := store.NewCounts(now, live.Epochs)
		want.Add(live)
		want.Add(*base)
		want.DropZeros()
		if got := s.counts("button"); describe(got) != describe(want) {
			s.t.Errorf("after %s the counts are\n%s\nwant\n%s", what, describe(got), describe(want))
		}
	}
	counts("revenue", 10)
	check("an import of counts", baseCounts(r.Alternatives, "revenue", 10), "revenue")
	counts("visits", 20)
	check("another import of counts", baseCounts(r.Alternatives, "visits", 20), "revenue", "visits")
	s.imports(store.Import{Record: r})
	check("an import without counts", baseCounts(r.Alternatives, "visits", 20), "revenue", "visits")

	undone := func() *store.Counts {
		r := store.NewCounts(live.Record, nil)
		r.Sub(live)
		return &r
	}
	s.imports(store.Import{Record: r, Counts: undone()})
	check("an import that undoes everything", undone(), "revenue", "visits")

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
				s.t.Errorf("Import with %s returned %+v, %v; want ErrInvalid", what, done, err)
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
	for what, numbers := range map[string][]uint32{
		"epochs in no order": {3, 2},
		"an epoch twice":     {2, 2},
		"the present epoch":  {1, 4},
		"a later epoch":      {5},
	} {
		for _, i := range []store.Import{{Record: r}, {Record: newRecord("link", "red", "blue")}} {
			i.Record.Epoch.Number = 4
			for _, n := range numbers {
				i.Epochs = append(i.Epochs, store.Epoch{Number: n, Start: noon})
			}
			refused(what, i)
		}
	}
	refused("a client of an alternative not there", store.Import{Record: r, Clients: []store.Client{good, bad}})
	refused("such a client of a new experiment", store.Import{Record: newRecord("link", "red", "blue"), Clients: []store.Client{good, bad}})
}
