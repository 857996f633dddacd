package storetest

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// full returns a record with a value in every field.
func full(name string) store.Record {
	return store.Record{
		Name:         name,
		Version:      1<<52 - 5,
		Alternatives: []string{"red", "blue", "dark green"},
		Salt:         "salt of " + name,
		Created:      noon.Add(123456789 * time.Nanosecond),
		Traffic:      0.1,
		Weights:      []float64{1, 2, 1.0 / 3},
		Algorithm:    "thompson",
		Override:     store.Override{Traffic: 0.3, Weights: []float64{3, 2, 1}, Algorithm: "random"},
		Plan: store.Plan{
			KPI: "purchase", Measure: store.MeasureMean, Effect: 0.1, Baseline: 1.0 / 3, Power: 0.9, Alpha: 0.01, Size: 1 << 60, Analysis: store.AnalysisFixed,
		},
		Ramp: store.Ramp{
			RampPlan: store.RampPlan{
				Steps: []float64{0.01, 1.0 / 3, 1}, Hold: 24*time.Hour + time.Nanosecond,
				Guardrails: []store.Guardrail{{KPI: "error", RiseIsBad: true}, {}},
			},
			State: store.RampRunning, Step: 1, Since: noon.Add(time.Nanosecond), Next: noon.Add(25 * time.Hour),
			Left: time.Hour, Participants: 1 << 60, Reason: "nobody <took> part",
		},
		Look: store.Look{
			At: noon.Add(2 * time.Nanosecond), State: "winner", Leader: "blue",
			Epochs: []store.LookedEpoch{{Epoch: 3, Alternatives: []store.LookedSum{
				{Participants: 1 << 60, Converted: 7, NonZero: 6, Sum: big.NewInt(-1 << 62), Squares: new(big.Int).Lsh(big.NewInt(1), 200)}, {}, {},
			}}},
		},
		Mismatch: store.Mismatch{
			At: noon.Add(3 * time.Nanosecond), P: 1e-300, Shares: []float64{1.0 / 3, 0.5, 0.25}, Expected: []float64{0.5, 0.25, 0.25},
			Acknowledged: noon.Add(4 * time.Nanosecond), Epoch: 4, Participants: []int64{1 << 60, 0, 1},
		},
		Epoch:       store.Epoch{Number: 4, Start: noon.Add(time.Hour), Weights: []float64{0.5, 0.3, 0.2}},
		Winner:      "blue",
		Paused:      true,
		Archived:    true,
		Purged:      true,
		Description: "Is <blue> better?\nWe'll see: 100 % \"sûr\" 🎲",
	}
}

func recordsKeepTheirFields(s subject) {
	r := full("button")
	p := in(r, "nobody", store.None)
	p.Version, p.Record = 0, &r
	check := func(step string) {
		s.t.Helper()
		want := describeRecord(r)
		records := s.records()
		if len(records) != 1 || describeRecord(records[0]) != want {
			s.t.Errorf("after %s Records returned %+v, want %s", step, records, want)
		}
		if f := s.lookup("button", "nobody"); f.Record == nil || describeRecord(*f.Record) != want {
			s.t.Errorf("after %s Lookup returned %+v, want %s", step, f.Record, want)
		}
		if got := describeRecord(s.counts("button").Record); got != want {
			s.t.Errorf("after %s Counts returned %s, want %s", step, got, want)
		}
	}
	s.participate(p)
	check("creation")

	r = s.update("button", func(r *store.Record) {
		r.Traffic, r.Weights, r.Algorithm, r.Override = 1, nil, "", store.Override{}
		r.Ramp = store.Ramp{}
		r.Winner, r.Paused, r.Archived, r.Purged = "", false, false, false
		r.Epoch = store.Epoch{Number: 5, Start: noon.Add(2 * time.Hour)}
	})
	check("Save")

	next := full("button")
	next.Version = r.Version
	s.clear(next, false)
	r = next
	r.Version++
	check("Clear")
}

func kpisKeptByStore(s subject) {
	r := newRecord("button", "red", "blue")
	r.KPIs, r.Measures = []string{"invented"}, map[string]store.Measure{"invented": store.MeasureMean}
	p := in(r, "client", 0)
	p.Version, p.Record = 0, &r
	s.participate(p)
	check := func(step string, want ...string) {
		s.t.Helper()
		measures := make(map[string]store.Measure)
		for _, kpi := range want {
			if measures[kpi] = store.MeasureRate; kpi == "" {
				measures[kpi] = store.MeasureMean
			}
		}
		for what, r := range map[string]store.Record{"Counts": s.counts("button").Record, "Lookup": *s.lookup("button", "client").Record} {
			if !slices.Equal(r.KPIs, want) || !maps.Equal(r.Measures, measures) {
				s.t.Errorf("after %s %s returned the KPIs %q with %q, want %q with %q", step, what, r.KPIs, r.Measures, want, measures)
			}
		}
	}
	check("creation")
	// The first conversion for a KPI fixes its measure: here a value of 0 for the default KPI.
	for _, c := range []store.Conversion{by(r, "client", "z"), worth(r, "client", "", 0), by(r, "client", "a"), worth(r, "client", "z", 5), by(r, "client", "")} {
		s.expect("conversion", s.convert(c), store.Facts{Version: r.Version, Choice: 0, Epoch: 1, Wrote: true})
	}
	check("conversions", "z", "", "a")

	now := s.update("button", func(r *store.Record) { r.KPIs, r.Measures = []string{"invented"}, nil })
	check("Save", "z", "", "a")
	now.KPIs, now.Measures = nil, nil
	p = in(now, "client", 0)
	p.Record = &now
	s.participate(p)
	check("participation with a record", "z", "", "a")
	s.audit("button")
}

func epochsAreRemembered(s subject) {
	first := s.create("button", "red", "blue")
	s.participate(in(first, "early", 0))
	reserve := in(first, "reserved", 0)
	reserve.Reserve = true
	s.participate(reserve)
	second := s.update("button", func(r *store.Record) {
		r.Epoch = store.Epoch{Number: 2, Start: noon.Add(time.Hour), Weights: []float64{0.25, 0.75}}
	})
	s.participate(in(second, "late", 0))
	forced := in(second, "forced", 0)
	forced.Epoch = 0
	s.participate(forced)
	s.participate(in(second, "reserved", 0))
	last := s.update("button", func(r *store.Record) { r.Epoch = store.Epoch{Number: 9, Start: noon.Add(2 * time.Hour)} })
	s.participate(in(last, "last", 0))
	for client, epoch := range map[string]uint32{"early": 1, "reserved": 1, "late": 2, "forced": 0, "last": 9} {
		s.expect(client, s.convert(worth(last, client, "", 5)), store.Facts{Version: last.Version, Choice: 0, Epoch: epoch, Wrote: true})
	}

	r := s.counts("button")
	if got, want := fmt.Sprint(r.Epochs), fmt.Sprint([]store.Epoch{first.Epoch, second.Epoch, last.Epoch}); got != want {
		s.t.Errorf("epochs are %v, want %v", got, want)
	}
	want := []store.EpochParticipants{{Epoch: 0, Participants: 1}, {Epoch: 1, Participants: 2}, {Epoch: 2, Participants: 1}, {Epoch: 9, Participants: 1}}
	if got := r.Alternatives[0].Epochs(); !slices.Equal(got, want) {
		s.t.Errorf("participants by epoch are %v, want %v", got, want)
	}
	s.audit("button") // with conversions in the epochs in which their clients entered
}

func saveComparesVersions(s subject) {
	r := s.create("button", "red", "blue")
	for round := range rounds(50) {
		const callers = 8
		var answers [callers]store.Facts
		together(s.t, callers, func(i int) (err error) {
			r := r.Clone()
			r.Description = fmt.Sprint(round, " by ", i)
			answers[i], err = s.store.Save(s.t.Context(), r)
			return err
		})
		var winners []string
		for i, f := range answers {
			if f.Wrote {
				winners = append(winners, fmt.Sprint(round, " by ", i))
			}
			if f.Version != r.Version+1 {
				s.t.Errorf("of several Saves of version %d one returned %+v", r.Version, f)
			}
		}
		r = *s.lookup("button", "nobody").Record
		if len(winners) != 1 || r.Description != winners[0] {
			s.t.Fatalf("of several Saves of one version these reported that they wrote: %q; remembered is %q", winners, r.Description)
		}
	}
}

// used returns the record of a new experiment with clients in all states, conversions and
// imported counts.
func (s subject) used(name string) store.Record {
	s.t.Helper()
	first := s.create(name, "red", "blue")
	s.participate(in(first, "early", 0))
	s.convert(by(first, "early", ""))
	r := s.update(name, func(r *store.Record) { r.Epoch = store.Epoch{Number: 2, Start: noon} })
	s.imports(store.Import{Record: r, Counts: baseCounts(r.Alternatives, "imported", 10)})
	s.participate(in(r, "late", 1))
	s.participate(in(r, "out", store.Out))
	reserve := in(r, "reserved", 1)
	reserve.Reserve = true
	s.participate(reserve)
	s.convert(worth(r, "late", "revenue", 12_500_000))
	return r
}

func clearForgets(s subject) {
	r := s.used("button")
	s.used("button 2")
	other := describe(s.counts("button 2"))
	r.Salt, r.Epoch, r.KPIs, r.Measures = "new salt", store.Epoch{Number: 3, Start: noon.Add(time.Hour)}, nil, nil
	s.expect("clear", s.clear(r, false), store.Facts{Version: r.Version + 1, Choice: store.None, Wrote: true})
	r.Version++

	got, want := describe(s.counts("button")), describe(store.NewCounts(r, []store.Epoch{r.Epoch}))
	if got != want {
		s.t.Errorf("after Clear the counts are\n%s\nwant\n%s", got, want)
	}
	if clients := s.clients("button"); len(clients) != 0 {
		s.t.Errorf("after Clear there are clients %v", clients)
	}
	for _, client := range []string{"early", "late", "out", "reserved"} {
		s.expect(client, s.lookup("button", client), store.Facts{Version: r.Version, Choice: store.None})
	}
	if describe(s.counts("button 2")) != other {
		s.t.Error("Clear changed another experiment")
	}

	s.participate(in(r, "late", 0))
	s.convert(by(r, "late", "revenue"))
	if k := s.counts("button").Alternatives[0].KPI("revenue"); k.Converted() != 1 || k.Totals().Sum.Sign() != 0 {
		s.t.Errorf("a first conversion after Clear is counted as %+v", k)
	}
	s.audit("button")
}

func clearKeepsCounts(s subject) {
	r := s.used("button")
	want := s.counts("button")
	r.Purged, r.Archived = true, true
	s.expect("clear", s.clear(r, true), store.Facts{Version: r.Version + 1, Choice: store.None, Wrote: true})
	want.Record.Version++
	want.Record.Purged, want.Record.Archived = true, true
	want.Excluded-- // the client that was Out is deleted, too
	if got := s.counts("button"); describe(got) != describe(want) {
		s.t.Errorf("after Clear the counts are\n%s\nwant\n%s", describe(got), describe(want))
	}
	if clients := s.clients("button"); len(clients) != 0 {
		s.t.Errorf("after Clear there are clients %v", clients)
	}
	r.Version++
	s.unchanged("conversion of a forgotten client", func() {
		s.expect("conversion", s.convert(by(r, "late", "revenue")), store.Facts{Version: r.Version, Choice: store.None})
	})
}

func deleteLeavesNothing(s subject) {
	names := []string{"button", "button 2", "butt", "button:n", "buttons", "Button", "other"}
	var old store.Record
	for _, name := range slices.Backward(names) {
		old = s.used(name)
	}
	others := func() string {
		counts, err := s.store.Counts(s.t.Context(), names[1:]...)
		s.must(err)
		var b strings.Builder
		for _, r := range counts {
			b.WriteString(describe(r) + describeClients(s.clients(r.Record.Name)))
		}
		return b.String()
	}
	before := others()
	if !s.delete("button") {
		s.t.Error("Delete found no experiment")
	}
	if after := others(); after != before {
		s.t.Errorf("Delete changed other experiments from\n%s\nto\n%s", before, after)
	}
	s.unchanged("calls to a deleted experiment", func() {
		s.expect("lookup", s.lookup("button", "late"), store.Facts{Choice: store.None})
		s.expect("participation", s.participate(in(old, "late", 0)), store.Facts{Choice: store.None, Stale: true})
		s.expect("conversion", s.convert(by(old, "late", "")), store.Facts{Choice: store.None, Stale: true})
		s.expect("save", s.save(old), store.Facts{Choice: store.None, Stale: true})
		if s.delete("button") {
			s.t.Error("Delete found the experiment again")
		}
	})

	again := newRecord("button", "red", "blue")
	again.Version, again.Epoch.Number = 1000, 5
	p := in(again, "late", 0)
	p.Version, p.Record = 0, &again
	s.expect("creation", s.participate(p), store.Facts{Version: 1000, Choice: 0, Epoch: 5, Wrote: true})
	s.unchanged("what was meant for the experiment before", func() {
		s.expect("participation", s.participate(in(old, "new", 0)), store.Facts{Version: 1000, Choice: store.None, Stale: true})
		s.expect("conversion", s.convert(by(old, "late", "")), store.Facts{Version: 1000, Choice: 0, Epoch: 5, Stale: true})
		s.expect("save", s.save(old), store.Facts{Version: 1000, Choice: store.None, Stale: true})
	})
	want := store.NewCounts(again, []store.Epoch{again.Epoch})
	want.Alternatives[0].AddDay(today, 1)
	want.Alternatives[0].AddCohort(5, today, 1)
	if got := s.counts("button"); describe(got) != describe(want) {
		s.t.Errorf("the counts of the new experiment are\n%s\nwant\n%s", describe(got), describe(want))
	}
	if clients := s.clients("button"); len(clients) != 1 || len(clients[0].Conversions) != 0 {
		s.t.Errorf("the clients of the new experiment are %v, want one without conversions", clients)
	}
}
