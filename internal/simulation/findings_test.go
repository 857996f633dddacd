package simulation_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A watched is an experiment of two alternatives in an engine with a virtual clock. Its counts are
// imported before each look, which is faster than clients.
type watched struct {
	t      *testing.T
	dice   *rand.Rand
	store  memory.Store
	engine *sixpack.Engine
	now    time.Time
	start  time.Time
	record store.Record
	arms   [2]stats.Proportion
}

func watch(t *testing.T, run int, p store.Plan) *watched {
	t.Helper()
	w := &watched{t: t, dice: rand.New(rand.NewPCG(seed, uint64(run))), start: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	w.now = w.start
	w.engine = sixpack.New(&w.store, sixpack.Config{Now: func() time.Time { return w.now }})
	w.record = store.Record{
		Name: "exp", Version: 1, Alternatives: []string{"a", "b"}, Created: w.start, Traffic: 1, Plan: p,
		KPIs: []string{""}, Measures: map[string]store.Measure{"": store.MeasureRate}, Epoch: store.Epoch{Number: 1, Start: w.start},
	}
	return w
}

// visit lets visitors come, each to either alternative, who convert at the given rates.
func (w *watched) visit(n int, rates [2]float64) {
	for range n {
		i := w.dice.IntN(2)
		w.arms[i].Participants++
		if w.dice.Float64() < rates[i] {
			w.arms[i].Converted++
		}
	}
}

// look returns the report at a time after the start.
func (w *watched) look(after time.Duration) analysis.Report {
	w.t.Helper()
	w.now = w.start.Add(after)
	counts := store.NewCounts(w.record, []store.Epoch{w.record.Epoch})
	for i, c := range w.arms {
		a, day := &counts.Alternatives[i], store.DayOf(w.start)
		a.AddDay(day, c.Participants)
		a.AddCohort(1, store.UnknownDay, c.Participants)
		a.KPIs[0].AddDay(day, c.Converted, c.Converted)
		a.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: store.UnknownDay, Sums: store.Sums{Converted: c.Converted}})
	}
	counts.DropZeros()
	if _, err := w.store.Import(w.t.Context(), store.Import{Record: w.record, Counts: &counts}); err != nil {
		w.t.Fatal(err)
	}
	reports, err := w.engine.Reports(w.t.Context(), w.record.Name)
	if err != nil || len(reports) != 1 {
		w.t.Fatal(len(reports), err)
	}
	return reports[0]
}

// atMost checks that at most a fraction of runs raised an alarm, within two standard errors.
func atMost(t *testing.T, alarms, runs int, fraction float64) {
	t.Helper()
	share := float64(alarms) / float64(runs)
	t.Logf("%d of %d runs, %.1f%%", alarms, runs, 100*share)
	if share > fraction+2*math.Sqrt(fraction*(1-fraction)/float64(runs)) {
		t.Errorf("%d of %d runs raise an alarm, more than %v", alarms, runs, fraction)
	}
}

// TestFixedLookRow looks ten times a day at a fixed analysis of equal alternatives, planned for a
// size that is reached early. Only the first look at or after the size counts.
func TestFixedLookRow(t *testing.T) {
	for _, size := range []int64{2000, 10_000} {
		runs, alarms := 150*times(t, 8), 0
		for run := range runs {
			w := watch(t, run, store.Plan{Analysis: store.AnalysisFixed, Size: size})
			final := stats.StateKeepRunning
			for look := 1; look <= 10*days; look++ {
				w.visit(100, [2]float64{0.05, 0.05})
				r := w.look(time.Duration(look) * 24 * time.Hour / 10)
				if final != stats.StateKeepRunning && r.Verdict.State != final {
					t.Fatalf("size %d, run %d: %s became %s", size, run, final, r.Verdict.State)
				}
				final = r.Verdict.State
			}
			if final == stats.StateWinner || final == stats.StateControlBest {
				alarms++
			}
		}
		t.Logf("planned %d, run to %d:", size, 1000*days)
		atMost(t, alarms, runs, 0.05)
	}
}

// TestMeasureRow checks that a single value, or a conversion for another KPI, changes neither a
// verdict nor what a bandit learns.
func TestMeasureRow(t *testing.T) {
	times(t, 1)
	ctx, now := t.Context(), time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	config := sixpack.Config{Now: func() time.Time { return now }, Bandit: sixpack.BanditSchedule{Window: -1, Interval: -1}}
	for _, algorithm := range []string{"hash", "thompson"} {
		e := sixpack.New(new(memory.Store), config)
		x := sixpack.Experiment{Name: "exp", Alternatives: []string{"a", "b"}, Algorithm: algorithm}
		came := func(from, to int) (oneOfA string) {
			for i := from; i < to; i++ {
				client := fmt.Sprint(i)
				a, err := e.Participate(ctx, x, client)
				if err != nil {
					t.Fatal(err)
				}
				every := 20
				if a.Alternative == "b" {
					every = 10
				} else {
					oneOfA = client
				}
				if i%every == 0 {
					if _, err := e.Convert(ctx, "exp", client, sixpack.KPI("purchase")); err != nil {
						t.Fatal(err)
					}
				}
			}
			return oneOfA
		}
		oneOfA := came(0, 6000)
		for _, options := range [][]sixpack.ConvertOption{
			{sixpack.KPI("purchase"), sixpack.Value(0.01)},
			{sixpack.KPI("purchase"), sixpack.Value(1e6)},
			{},
			{sixpack.Value(1e6)},
		} {
			if _, err := e.Convert(ctx, "exp", oneOfA, options...); err != nil {
				t.Fatal(err)
			}
			all, err := e.Reports(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if r := all[0]; r.KPI != "purchase" || r.Measure != analysis.MeasureRate || r.Verdict.State != stats.StateWinner || r.Verdict.Leader != "b" {
				t.Errorf("%s: by %q, %s: %s", algorithm, r.KPI, r.Measure, r.Verdict.Headline)
			}
		}
		came(6000, 7000)
		counts, err := e.Counts(ctx, "exp")
		if err != nil {
			t.Fatal(err)
		}
		if shares := counts.Record.Shares(); algorithm == "thompson" && shares[1] < 0.9 {
			t.Errorf("thompson gives the better alternative %v", shares)
		}
	}
}

// TestMismatchRow loses 700 participants of one alternative on the third day. Looks four times a
// day must never see that clear up, although later participants hide it.
func TestMismatchRow(t *testing.T) {
	const perDay, looks = 5000, 4
	runs, stayed := 25*times(t, 8), 0
	for run := range runs {
		w := watch(t, run, store.Plan{})
		noticed := false
		for look := 1; look <= looks*days; look++ {
			w.visit(perDay/looks, [2]float64{0.05, 0.05})
			if look == 3*looks {
				w.arms[1].Participants -= 700
				w.arms[1].Converted -= 35
			}
			r := w.look(time.Duration(look) * 24 * time.Hour / looks)
			if noticed && (r.Verdict.State != stats.StateMismatch || r.SampleRatio.Since.IsZero()) {
				t.Fatalf("run %d: the mismatch cleared after look %d: %s", run, look, r.Verdict.State)
			}
			noticed = r.SampleRatio.Mismatch
		}
		if !noticed { // chance made up for a part of the loss
			continue
		}
		stayed++
		if err := w.engine.AcknowledgeMismatch(t.Context(), "exp"); err != nil {
			t.Fatal(err)
		}
		for look := looks*days + 1; look <= 2*looks*days; look++ {
			w.visit(perDay/looks, [2]float64{0.05, 0.05})
			if r := w.look(time.Duration(look) * 24 * time.Hour / looks); r.SampleRatio.Mismatch {
				t.Fatalf("run %d: a mismatch after the acknowledgment: p %v", run, r.SampleRatio.P)
			}
		}
		for range 8 {
			w.visit(perDay, [2]float64{0.05, 0.05})
			w.arms[1].Participants -= 400
			w.arms[1].Converted -= 20
		}
		if r := w.look(3 * days * 24 * time.Hour); !r.SampleRatio.Mismatch {
			t.Errorf("run %d: a second mismatch is not noticed: p %v", run, r.SampleRatio.P)
		}
	}
	t.Logf("in %d of %d runs a mismatch was noticed, and stayed", stayed, runs)
	if 4*stayed < 3*runs {
		t.Errorf("only %d of %d mismatches were noticed", stayed, runs)
	}
}
