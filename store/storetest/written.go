package storetest

import (
	_ "embed"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// written describes the data set that [RunWritten] expects.
//
//go:embed testdata/written.txt
var written string

// RunWritten tests that a store reads and continues data that an earlier release
// wrote. The open function returns a store that holds the data set described in
// testdata/written.txt: experiments with KPIs, values, epochs and imported counts, of
// which one is archived and purged, one was reset and one was deleted.
func RunWritten(t *testing.T, open func(tb testing.TB) store.Store) {
	for _, p := range []promise{
		{"WrittenDataIsRead", writtenDataIsRead},
		{"WrittenDataIsContinued", writtenDataIsContinued},
		{"WrittenDataIsDeleted", writtenDataIsDeleted},
	} {
		t.Run(p.name, func(t *testing.T) { p.test(subject{t, open(t), open}) })
	}
}

func writtenDataIsRead(s subject) {
	counts, err := s.store.Counts(s.t.Context())
	s.must(err)
	for _, r := range counts {
		s.checkSums(r)
	}
	if got := s.described(describeEpochs) + "log of deleted\n" + describeChanges(s.log("deleted")); got != written {
		s.t.Errorf("the store holds\n%s\nwant\n%s", got, written)
	}
}

func writtenDataIsContinued(s subject) {
	r := *s.lookup("button", "").Record
	has := store.Facts{Version: r.Version, Choice: 1, Epoch: 2}
	s.expect("known client", s.participate(in(r, "late", 0)), has)
	has.Wrote = true
	s.expect("further conversion", s.convert(worth(r, "late", "revenue", -1000)), has)
	s.expect("conversion for another KPI", s.convert(by(r, "late", "new")), has)
	if now := s.lookup("button", "").Record; now.PrimaryKPI() != r.PrimaryKPI() || now.MeasureOf("revenue") != "" || now.MeasureOf("new") != store.MeasureRate {
		s.t.Errorf("the primary KPI %q became %q, the measures are %q", r.PrimaryKPI(), now.PrimaryKPI(), now.Measures)
	}
	has.Epoch = 1
	s.expect("use of a reservation", s.participate(in(r, "reserved", 0)), has)
	s.expect("admission", s.participate(in(r, "out", 0)), store.Facts{Version: r.Version, Choice: 0, Epoch: 4, Wrote: true})
	s.expect("new client", s.participate(in(r, "new", 2)), store.Facts{Version: r.Version, Choice: 2, Epoch: 4, Wrote: true})
	s.expect("repurchase", s.convert(worth(r, "short", "revenue", 5)), store.Facts{Version: r.Version, Choice: 2, Epoch: 1, Wrote: true})
	s.audit("button")
	s.knowsLaterCohorts(r)

	many := *s.lookup("many", "").Record
	s.expect("conversion", s.convert(worth(many, uuid(2), "", 7)), store.Facts{Version: many.Version, Choice: 69, Epoch: 1, Wrote: true})
	s.audit("many")

	imported := *s.lookup("imported", "").Record
	rich := store.Facts{Version: imported.Version, Choice: 1, Epoch: 2, Overflow: true}
	s.expect("overflow", s.convert(worth(imported, uuid(7), "visits", 1)), rich)
	rich.Overflow, rich.Wrote = false, true
	s.expect("refund", s.convert(worth(imported, uuid(7), "visits", -1)), rich)
	totals := s.counts("imported").Alternatives[1].KPI("visits")
	if n := totals.Events(); n != 100_001+2 {
		s.t.Errorf("there are %d conversions, want the imported ones and 1 more", n)
	}
}

// knowsLaterCohorts tests that cohorts are known for days after those that an earlier release
// counted.
func (s subject) knowsLaterCohorts(r store.Record) {
	s.t.Helper()
	from := s.counts(r.Name).KnownFrom
	p, c := in(r, "after the upgrade", 0), worth(r, "after the upgrade", "revenue", 5)
	p.At, c.At = from.Time(), from.Time()
	s.participate(p)
	s.convert(c)
	red := s.counts(r.Name).Alternatives[0]
	k := red.KPI("revenue")
	if last := red.Cohorts[len(red.Cohorts)-1]; from == 0 || last != (store.Cohort{Epoch: 4, Day: from, Participants: 1}) {
		s.t.Errorf("cohorts are known from %v, and the last is %v", from, last)
	}
	if got, want := describeSums(k.Cohorts[len(k.Cohorts)-1].Sums), "{1 1 5 25}"; got != want {
		s.t.Errorf("the sums of the last cohort are %s, want %s", got, want)
	}
	s.audit(r.Name)
}

func writtenDataIsDeleted(s subject) {
	names := []string{"deleted"}
	for i, r := range s.records() {
		if i%2 == 0 {
			s.clear(r, i%4 == 0)
		}
		s.delete(r.Name)
		names = append(names, r.Name)
	}
	if records := s.records(); len(records) != 0 {
		s.t.Errorf("there are records %v", records)
	}
	for _, name := range names {
		r := s.create(name, "red", "blue")
		if got, want := describe(s.counts(name)), describe(store.NewCounts(r, []store.Epoch{r.Epoch})); got != want {
			s.t.Errorf("after deletion and creation the counts are\n%s\nwant\n%s", got, want)
		}
		if clients := s.clients(name); len(clients) != 0 {
			s.t.Errorf("after deletion and creation there are clients %v", clients)
		}
	}
	s.checkLog("deletion", "deleted", made(7))
}
