package storetest

import (
	"sync/atomic"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// RunDurable tests that the data of a store survives closing and reopening it. The open function
// opens an empty store, as in [Run]. The suite closes the store and calls reopen to open the same
// data again.
func RunDurable(t *testing.T, open func(tb testing.TB) (s store.Store, reopen func() store.Store)) {
	for _, p := range []struct {
		name string
		test func(d durable)
	}{
		{"EverythingSurvives", everythingSurvives},
		{"CountingGoesOn", countingGoesOn},
		{"ForgottenStaysForgotten", forgottenStaysForgotten},
		{"IdentitySurvives", identitySurvives},
	} {
		t.Run(p.name, func(t *testing.T) {
			s, reopen := open(t)
			p.test(durable{subject{t: t, store: s}, reopen})
		})
	}
}

type durable struct {
	subject
	reopen func() store.Store
}

// again closes the store and reopens it.
func (d durable) again() durable {
	d.t.Helper()
	d.must(d.store.Close())
	d.store = d.reopen()
	return d
}

func everythingSurvives(d durable) {
	d.used("button")
	d.used("日本語: a/b *")
	r := full("imported")
	d.imports(store.Import{
		Record:  r,
		Epochs:  []store.Epoch{{Number: 2, Start: noon, Weights: []float64{0.1, 0.2, 0.7}}, {Number: 3, Start: noon}},
		Clients: []store.Client{{ID: "full", Choice: 2, Epoch: 4, Day: today, Conversions: []store.ClientConversion{did("revenue", 1<<40, -store.MaxTotal)}}},
		Counts:  baseCounts(r.Alternatives, "visits", -1<<40),
	})
	d.imports(store.Import{
		Record:  r,
		Clients: []store.Client{{ID: "full", Choice: 2, Epoch: 4, Day: today, Conversions: []store.ClientConversion{did("revenue", 1<<41, store.MaxTotal)}}},
	})
	strange := d.create("strange", "red", "blue")
	for i, id := range strangeIDs() {
		d.participate(in(strange, id, i%2))
	}
	for i := range 3 {
		_, err := d.store.Save(d.t.Context(), strange, made(i))
		d.must(err)
		strange.Version++
	}
	d.doMuch()
	before := d.state()
	for range 2 {
		d = d.again()
		if after := d.state(); after != before {
			d.t.Fatalf("reopening changed what the store holds, from\n%s\nto\n%s", before, after)
		}
	}
	d.audit("random")
	d.audit("strange")
}

func (d durable) doMuch() {
	d.t.Helper()
	r := d.create("random", "red", "blue", "green")
	var events atomic.Int64
	together(d.t, 8, func(i int) error {
		return d.doAnything(r, uint64(i), &events, func(n int) bool { return n == 1000 })
	})
}

func countingGoesOn(d durable) {
	r := d.used("button")
	d = d.again()
	d.unchanged("repeating", func() {
		d.expect("known client", d.participate(in(r, "late", 0)), store.Facts{Version: r.Version, Choice: 1, Epoch: 2})
		d.expect("out client", d.participate(in(r, "out", store.Out)), store.Facts{Version: r.Version, Choice: store.Out})
		d.imports(store.Import{Record: r, Counts: baseCounts(r.Alternatives, "imported", 10)})
	})
	old := r
	old.Version--
	d.unchanged("an old version", func() { d.participate(in(old, "new", 0)) })

	d.expect("conversion", d.convert(worth(r, "late", "revenue", -500_000)), store.Facts{Version: r.Version, Choice: 1, Epoch: 2, Wrote: true})
	d.expect("use of a reservation", d.participate(in(r, "reserved", 0)), store.Facts{Version: r.Version, Choice: 1, Epoch: 2, Wrote: true})
	d.expect("admission", d.participate(in(r, "out", 0)), store.Facts{Version: r.Version, Choice: 0, Epoch: 2, Wrote: true})
	counts := d.counts("button")
	if counts.Excluded != 0 {
		d.t.Errorf("%d clients are excluded, want 0", counts.Excluded)
	}
	d.checkParticipants("button", 4+20) // including those of baseCounts
	if k := counts.Alternatives[1].KPI("revenue"); k.Converted() != 1 || k.Events() != 2 || k.Totals().Sum.Int64() != 12_000_000 {
		d.t.Errorf("conversions before and after reopening are counted as %+v", k)
	}
}

func forgottenStaysForgotten(d durable) {
	d.used("deleted")
	cleared := d.used("cleared")
	purged := d.used("purged")
	_, err := d.store.Delete(d.t.Context(), "deleted", made(1))
	d.must(err)
	_, err = d.store.Clear(d.t.Context(), cleared, false, made(2))
	d.must(err)
	d.clear(purged, true)
	before := d.state()
	d = d.again()
	if after := d.state(); after != before {
		d.t.Errorf("reopening changed what the store holds, from\n%s\nto\n%s", before, after)
	}
	d.checkLog("reopening", "deleted", made(1))
	d.checkLog("reopening", "cleared", made(2))
	for experiment, want := range map[string]store.Facts{
		"deleted": {Choice: store.None},
		"cleared": {Version: cleared.Version + 1, Choice: store.None},
		"purged":  {Version: purged.Version + 1, Choice: store.None},
	} {
		d.expect(experiment, d.lookup(experiment, "late"), want)
	}
}
