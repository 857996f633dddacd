package sixpack_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/operatortest"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// taken imports an experiment of alternatives A and B whose participants and conversions are given.
// A repeated import replaces the counts.
func taken(t *testing.T, s store.Store, p store.Plan, participants, converted [2]int64) {
	t.Helper()
	r := store.Record{
		Name: "exp", Version: 1, Alternatives: []string{"A", "B"}, Created: lastOfMay, Traffic: 1, Plan: p,
		KPIs: []string{""}, Measures: map[string]store.Measure{"": store.MeasureRate}, Epoch: store.Epoch{Number: 1, Start: lastOfMay},
	}
	counts := store.NewCounts(r, []store.Epoch{r.Epoch})
	for i := range counts.Alternatives {
		a := &counts.Alternatives[i]
		a.AddDay(store.DayOf(lastOfMay), participants[i])
		a.AddCohort(1, store.UnknownDay, participants[i])
		a.KPIs[0].AddDay(store.DayOf(lastOfMay), converted[i], converted[i])
		a.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: store.UnknownDay, Sums: store.Sums{Converted: converted[i]}})
	}
	counts.DropZeros()
	_, err := s.Import(t.Context(), store.Import{Record: r, Counts: &counts})
	check(t, err)
}

func report(t *testing.T, e *sixpack.Engine) analysis.Report {
	t.Helper()
	r, err := e.Report(t.Context(), "exp", "")
	check(t, err)
	return r
}

// TestOnlyLook looks several times at a fixed analysis, with two engines: the first look at the
// planned size is final, until a restart or another plan.
func TestOnlyLook(t *testing.T) {
	var s memory.Store
	now := lastOfMay
	config := sixpack.Config{Now: func() time.Time { return now }}
	e, other := sixpack.New(&s, config), sixpack.New(&s, config)
	p := store.Plan{Analysis: store.AnalysisFixed, Size: 2000}

	taken(t, &s, p, [2]int64{900, 900}, [2]int64{90, 200})
	if r := report(t, e); r.Verdict.State != stats.StateKeepRunning || !r.Counts.Record.Look.IsZero() {
		t.Errorf("before the planned size: %+v", r.Verdict)
	}
	now = now.AddDate(0, 0, 1)
	taken(t, &s, p, [2]int64{1000, 1001}, [2]int64{100, 101})
	first := report(t, e)
	if first.Verdict.State != stats.StateInconclusive || !first.Verdict.Final.Equal(now) {
		t.Errorf("at the planned size: %+v", first.Verdict)
	}
	version := first.Counts.Record.Version

	now = now.AddDate(0, 0, 9)
	taken(t, &s, p, [2]int64{9000, 9001}, [2]int64{900, 1800})
	for _, e := range []*sixpack.Engine{e, other} {
		r := report(t, e)
		if r.Verdict.State != stats.StateInconclusive || !r.Verdict.Final.Equal(first.Verdict.Final) || r.Verdict.Detail != first.Verdict.Detail ||
			r.Alternatives[1].P != first.Alternatives[1].P || r.Alternatives[1].LiftIn != first.Alternatives[1].LiftIn {
			t.Errorf("later: %+v, want %+v", r.Verdict, first.Verdict)
		}
		if r.Participants != 18_001 || r.Alternatives[1].Converted != 1800 || r.Counts.Record.Version != version {
			t.Errorf("later: %d participants, version %d", r.Participants, r.Counts.Record.Version)
		}
		want := "This verdict is final: it was made on 1 June 2026, at 2,001 participants."
		if got := r.Verdict.Note[:min(len(want), len(r.Verdict.Note))]; got != want {
			t.Errorf("the note is %q", r.Verdict.Note)
		}
	}
	if err := e.SetWinner(t.Context(), "exp", "B"); err != nil { // by the final verdict, neither is worse
		t.Error(err)
	}
	check(t, e.ResetWinner(t.Context(), "exp"))

	check(t, e.SetPlan(t.Context(), "exp", store.Plan{}))
	if r := report(t, e); r.Verdict.State != stats.StateWinner || !r.Verdict.Final.IsZero() || !r.Counts.Record.Look.IsZero() {
		t.Errorf("by another plan: %+v", r.Verdict)
	}
	log, err := e.Changes(t.Context(), "exp", 1)
	check(t, err)
	if err := e.Undo(t.Context(), "exp", log[0].ID); operatortest.Of(err) != operatortest.Refused {
		t.Errorf("a fixed analysis came back: %v", err)
	}
}

// TestRestartForgetsLook restarts an experiment after its only look.
func TestRestartForgetsLook(t *testing.T) {
	var s memory.Store
	e := sixpack.New(&s, sixpack.Config{})
	taken(t, &s, store.Plan{Analysis: store.AnalysisFixed, Size: 2000}, [2]int64{1000, 1000}, [2]int64{100, 200})
	if r := report(t, e); r.Verdict.Leader != "B" || r.Counts.Record.Look.Leader != "B" {
		t.Errorf("the only look: %+v", r.Verdict)
	}
	check(t, e.Reset(t.Context(), "exp"))
	if r := report(t, e); r.Verdict.State != stats.StateNoData || !r.Counts.Record.Look.IsZero() {
		t.Errorf("after a restart: %+v", r.Verdict)
	}
}

// TestMismatchStays hides a sample-ratio mismatch with later participants: it stays until it is
// acknowledged.
func TestMismatchStays(t *testing.T) {
	var s memory.Store
	e := sixpack.New(&s, sixpack.Config{Now: func() time.Time { return lastOfMay }})
	taken(t, &s, store.Plan{}, [2]int64{1000, 700}, [2]int64{100, 70})
	if err := e.AcknowledgeMismatch(t.Context(), "nothing"); err == nil {
		t.Error("an unknown experiment is acknowledged")
	}
	first := report(t, e)
	if !first.SampleRatio.Mismatch || first.SampleRatio.Since.IsZero() {
		t.Errorf("the mismatch is not noticed: %+v", first.SampleRatio)
	}
	taken(t, &s, store.Plan{}, [2]int64{101_000, 101_000}, [2]int64{10_100, 20_200})
	r := report(t, e)
	if want := "On 31 May 2026, the split was 59/41 where 50/50 was set"; r.Verdict.State != stats.StateMismatch ||
		r.SampleRatio.P != first.SampleRatio.P || r.Verdict.Detail[:min(len(want), len(r.Verdict.Detail))] != want {
		t.Errorf("later: %+v %s", r.SampleRatio, r.Verdict.Detail)
	}
	if analysis.Obstacle(r.Counts) == "" {
		t.Error("a ramp goes on")
	}

	check(t, e.AcknowledgeMismatch(t.Context(), "exp"))
	acknowledged := report(t, e)
	if s := acknowledged.SampleRatio; acknowledged.Verdict.Leader != "B" || s.Mismatch || s.Acknowledged.IsZero() || s.P != 1 {
		t.Errorf("acknowledged: %+v, %s", s, acknowledged.Verdict.Headline)
	}
	log, err := e.Changes(t.Context(), "exp", 0)
	check(t, err)
	if len(log) != 1 || log[0].Action != store.ActionAcknowledge || !log[0].Undoable {
		t.Errorf("the change history is %+v", log)
	}
	check(t, e.Undo(t.Context(), "exp", log[0].ID))
	if r := report(t, e); r.Verdict.State != stats.StateMismatch {
		t.Errorf("undone: %s", r.Verdict.State)
	}
	log, err = e.Changes(t.Context(), "exp", 0)
	check(t, err)
	check(t, e.Undo(t.Context(), "exp", log[0].ID))

	// The next mismatch is noticed although the earlier participants outweigh it.
	taken(t, &s, store.Plan{}, [2]int64{102_000, 101_700}, [2]int64{10_200, 20_300})
	if r := report(t, e); r.Verdict.State != stats.StateMismatch || r.Counts.Record.Mismatch.Shares[0] < 0.58 {
		t.Errorf("the next one: %s, %+v", r.Verdict.State, r.Counts.Record.Mismatch)
	}
	check(t, e.Reset(t.Context(), "exp"))
	if r := report(t, e); !r.Counts.Record.Mismatch.IsZero() {
		t.Error("a restart keeps the mismatch")
	}
}

// TestFixedMeasure checks what fixes the measure of a KPI, and what is suggested when another one
// has far more data.
func TestFixedMeasure(t *testing.T) {
	e := sixpack.New(new(memory.Store), sixpack.Config{})
	x := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}}
	converts := func(from, to int, options ...sixpack.ConvertOption) analysis.Report {
		t.Helper()
		for i := from; i < to; i++ {
			client := fmt.Sprint(i)
			participate(t, e, x, client)
			_, err := e.Convert(t.Context(), "exp", client, options...)
			check(t, err)
		}
		all, err := e.Reports(t.Context())
		check(t, err)
		return all[0]
	}
	expect := func(r analysis.Report, kpi string, m analysis.Measure, suggests string) {
		t.Helper()
		if r.KPI != kpi || r.Measure != m || r.SuggestionNote() != suggests {
			t.Errorf("by the %s of %q, want the %s of %q: %s", r.Measure, r.KPI, m, kpi, r.SuggestionNote())
		}
	}
	purchase, value := sixpack.KPI("purchase"), sixpack.Value(3)
	expect(converts(0, 2, sixpack.KPI("purchse")), "purchse", analysis.MeasureRate, "")
	expect(converts(2, 21, purchase, value), "purchse", analysis.MeasureRate, "")
	r := converts(21, 302, purchase, value)
	expect(r, "purchse", analysis.MeasureRate, "The experiment is judged by “purchse”, which has 2 conversions. 300 conversions came for “purchase”.")
	if s := *r.Suggestion; s != (analysis.Suggestion{KPI: "purchase", Measure: analysis.MeasureMean, Conversions: 300}) {
		t.Errorf("the suggestion is %+v", s)
	}
	check(t, e.SetPlan(t.Context(), "exp", store.Plan{KPI: "purchase"}))
	expect(converts(302, 303), "purchase", analysis.MeasureMean, "")
	expect(converts(303, 4000, purchase), "purchase", analysis.MeasureMean,
		"The experiment is judged by the mean value of “purchase”, but only 300 of 3,997 conversions have a value.")
	check(t, e.SetPlan(t.Context(), "exp", store.Plan{KPI: "purchase", Measure: store.MeasureRate}))
	expect(converts(4000, 4001), "purchase", analysis.MeasureRate, "")
	check(t, e.SetPlan(t.Context(), "exp", store.Plan{Measure: store.MeasureMean}))
	expect(converts(4001, 4002), "", analysis.MeasureMean, "")
	if err := e.SetPlan(t.Context(), "exp", store.Plan{Measure: "median"}); err == nil {
		t.Error("an unknown measure is accepted")
	}
}

// TestMeasureOfEarlierRelease checks that KPIs whose measure is not known are compared as before:
// by values, if there are any.
func TestMeasureOfEarlierRelease(t *testing.T) {
	r := store.Record{Name: "exp", Alternatives: []string{"A", "B"}, KPIs: []string{"", "sale"}, Epoch: store.Epoch{Number: 1}}
	counts := store.NewCounts(r, []store.Epoch{r.Epoch})
	counts.Alternatives[0].KPIs[1].AddCohort(store.CohortConversions{Epoch: 1, Day: store.UnknownDay, Sums: store.Sums{Converted: 2, NonZero: 1}})
	for kpi, want := range map[string]analysis.Measure{"": analysis.MeasureRate, "sale": analysis.MeasureMean, "unknown": analysis.MeasureRate} {
		if got := analysis.MeasureOf(counts, kpi); got != want {
			t.Errorf("%q: %s", kpi, got)
		}
	}
}

// TestBanditOfWorthlessConversions lets a bandit learn from a KPI whose measure is the mean, but
// whose values are all 0: its rates must not decide.
func TestBanditOfWorthlessConversions(t *testing.T) {
	for value, learns := range map[float64]bool{0: false, 1: true} {
		e := sixpack.New(new(memory.Store), sixpack.Config{Bandit: sixpack.BanditSchedule{Window: -1, Interval: -1}})
		x := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}, Algorithm: "thompson"}
		for i := range 1500 {
			client := fmt.Sprint(i)
			if a := participate(t, e, x, client); a.Alternative == "B" {
				_, err := e.Convert(t.Context(), "exp", client, sixpack.Value(value))
				check(t, err)
			}
		}
		if r := countsOf(t, e, "exp").Record; (r.Shares()[1] > 0.8) != learns || r.MeasureOf("") != store.MeasureMean {
			t.Errorf("of values %v: shares %v by the %s", value, r.Shares(), r.MeasureOf(""))
		}
	}
}
