package sixpack_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestChangedSharesDoNotMislead has an experiment whose second half has ten times the rate, and a
// larger share of challengers: pooled counts make the challenger look better than the control,
// which it is not.
func TestChangedSharesDoNotMislead(t *testing.T) {
	clock := lastOfMay.AddDate(0, 0, -20)
	e := sixpack.New(new(memory.Store), sixpack.Config{Now: func() time.Time { return clock }})
	x := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}, Weights: []float64{9, 1}}
	visit := func(from, rate int) {
		for i := range 5000 {
			client := fmt.Sprint("client ", from, i)
			participate(t, e, x, client)
			if i%rate == 0 {
				_, err := e.Convert(t.Context(), "exp", client)
				check(t, err)
			}
		}
	}
	visit(1, 100)
	clock = clock.AddDate(0, 0, 5)
	late, err := e.Convert(t.Context(), "exp", "client 1 17") // credited to the epoch it entered in
	check(t, err)
	x.Weights = []float64{1, 9}
	visit(2, 10)

	r, err := e.Report(t.Context(), "exp", "")
	check(t, err)
	if !r.Stratified || r.SampleRatio.Mismatch || r.SampleRatio.Freedom != 2 {
		t.Errorf("stratified is %t, the sample ratio %+v", r.Stratified, r.SampleRatio)
	}
	if a, b := r.Alternatives[0].Rate, r.Alternatives[1].Rate; b < 3*a {
		t.Fatalf("the rates are %v and %v: this test shows nothing", a, b)
	}
	if r.Verdict.State != stats.StateKeepRunning || !(r.Alternatives[1].P > 0.05) {
		t.Errorf("equal alternatives: %+v, %+v", r.Verdict, r.Alternatives[1])
	}
	if r.Alternatives[1].ChanceToBeBest.Known() || r.Alternatives[1].CredibleLift.Median.Known() || strings.Contains(r.Verdict.Note, "Chance") {
		t.Errorf("of all participants together: %+v, %q", r.Alternatives[1], r.Verdict.Note)
	}
	for i, name := range r.Counts.Record.Alternatives {
		if name == late.Alternative {
			k := r.Counts.Alternatives[i].KPI("").Epochs()
			if len(k) == 0 || k[0].Epoch != 1 {
				t.Errorf("the conversions of %s are in the epochs %+v", name, k)
			}
		}
	}
}

// TestNobodyDrewTheForced checks that forced and chosen participants are counted apart.
func TestNobodyDrewTheForced(t *testing.T) {
	e := sixpack.New(new(memory.Store), sixpack.Config{})
	x := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}}
	for i := range 1000 {
		participate(t, e, x, fmt.Sprint("drawn ", i))
		participate(t, e, x, fmt.Sprint("forced ", i), sixpack.RecordForce("B"))
		participate(t, e, x, fmt.Sprint("chosen ", i), sixpack.Choose("B"))
	}
	r, err := e.Report(t.Context(), "exp", "")
	check(t, err)
	if r.Participants != 1000 || r.NotDrawn != 2000 || r.Alternatives[1].NotDrawn != 2000 || r.SampleRatio.Mismatch || !r.SampleRatio.Checked || r.SampleRatio.ChiSquared > 10 {
		t.Errorf("%d participants, the sample ratio %+v", r.Participants, r.SampleRatio)
	}
	if c := r.Alternatives[1].ChanceToBeBest; !(c > 0.3 && c < 0.7) {
		t.Errorf("without conversions, the probability of B is %v", c)
	}
}

func TestPlan(t *testing.T) {
	ctx, e := t.Context(), sixpack.New(new(memory.Store), sixpack.Config{})
	x := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}, Plan: store.Plan{Effect: 0.2, KPI: "purchase"}}
	participate(t, e, x, "anna")
	x.Plan.Effect = 0.3 // of no effect: the experiment is there
	participate(t, e, x, "bert")

	r, err := e.Report(ctx, "exp", "purchase")
	check(t, err)
	want := store.Plan{Effect: 0.2, KPI: "purchase", Power: 0.8, Alpha: 0.05, Analysis: store.AnalysisAlwaysValid}
	if r.Plan != want || !r.Primary {
		t.Errorf("the plan is %+v, want %+v; primary is %t", r.Plan, want, r.Primary)
	}
	if r, err := e.Report(ctx, "exp", ""); err != nil || r.Primary {
		t.Errorf("the default KPI: primary is %t, %v", r.Primary, err)
	}
	if _, err := e.Report(ctx, "exp", "never-seen"); !errors.Is(err, invalid("kpi name")) {
		t.Errorf("a KPI that was never seen: %v", err)
	}

	for _, p := range []store.Plan{
		{Effect: -0.1},
		{Effect: math.NaN()},
		{Effect: math.Inf(1)},
		{Baseline: 1},
		{Power: 1},
		{Alpha: 0.6},
		{Size: -1},
		{Analysis: "daily"},
		{Analysis: store.AnalysisFixed},
	} {
		if err := e.SetPlan(ctx, "exp", p); !errors.Is(err, invalid("plan")) {
			t.Errorf("SetPlan(%+v): %v", p, err)
		}
		other := sixpack.Experiment{Name: "other", Alternatives: []string{"A", "B"}, Plan: p}
		if _, err := e.Participate(ctx, other, "anna"); !errors.Is(err, invalid("plan")) {
			t.Errorf("Participate with the plan %+v: %v", p, err)
		}
	}
	if err := e.SetPlan(ctx, "exp", store.Plan{KPI: "a b"}); !errors.Is(err, invalid("kpi name")) {
		t.Errorf("a KPI with a space: %v", err)
	}
	if err := e.SetPlan(ctx, "nothing", store.Plan{}); !errors.Is(err, sixpack.ErrUnknown) {
		t.Errorf("an unknown experiment: %v", err)
	}
	check(t, e.SetPlan(ctx, "exp", store.Plan{Size: 5000}))
	if r, err := e.Report(ctx, "exp", ""); err != nil || r.Outlook.Size != 5000 || r.Outlook.Missing != 4998 {
		t.Errorf("the outlook is %+v, %v", r.Outlook, err)
	}
}

// TestFixedAnalysis checks that a fixed analysis has no verdict before its size, and cannot be set
// once there are participants.
func TestFixedAnalysis(t *testing.T) {
	ctx, e := t.Context(), sixpack.New(new(memory.Store), sixpack.Config{})
	x := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}, Plan: store.Plan{Analysis: store.AnalysisFixed, Size: 1000}}
	for i := range 1000 {
		client := fmt.Sprint(i)
		if a := participate(t, e, x, client); a.Alternative == "B" {
			_, err := e.Convert(ctx, "exp", client)
			check(t, err)
		}
		if i != 998 && i != 999 {
			continue
		}
		r, err := e.Report(ctx, "exp", "")
		check(t, err)
		b := r.Alternatives[1]
		if shown := i == 999; shown != (r.Verdict.State == stats.StateWinner) || shown != b.LiftIn.Lo.Known() || shown != b.ChanceToBeBest.Known() {
			t.Errorf("after %d participants: %+v; %+v", i+1, r.Verdict, b)
		}
	}
	if err := e.SetPlan(ctx, "exp", store.Plan{Analysis: store.AnalysisFixed, Size: 2000}); !errors.Is(err, sixpack.ErrConflict) {
		t.Errorf("a later size: %v", err)
	}
	check(t, e.SetPlan(ctx, "exp", store.Plan{Analysis: store.AnalysisFixed, Size: 1000})) // what it is
	check(t, e.SetPlan(ctx, "exp", store.Plan{}))
	if err := e.SetPlan(ctx, "exp", x.Plan); !errors.Is(err, sixpack.ErrConflict) {
		t.Errorf("a fixed analysis after an always-valid one: %v", err)
	}
	check(t, e.Reset(ctx, "exp"))
	check(t, e.SetPlan(ctx, "exp", x.Plan))
}

// TestPrimaryKPI checks that the primary KPI is the plan's, else the default one, unless only
// others were seen.
func TestPrimaryKPI(t *testing.T) {
	rate := func(kpis ...string) map[string]store.Measure {
		all := make(map[string]store.Measure)
		for _, kpi := range kpis {
			all[kpi] = store.MeasureRate
		}
		return all
	}
	for _, test := range []struct {
		planned  store.Plan
		seen     []string
		measures map[string]store.Measure // of KPIs that an earlier release did not see
		want     string
	}{
		{store.Plan{}, nil, nil, ""},
		{store.Plan{}, []string{"sale", ""}, nil, ""},
		{store.Plan{}, []string{"sale", ""}, rate(""), "sale"},
		{store.Plan{}, []string{"sale", ""}, rate("sale", ""), "sale"},
		{store.Plan{}, []string{"", "sale"}, rate("", "sale"), ""},
		{store.Plan{}, []string{"", "sale"}, rate("sale"), ""},
		{store.Plan{}, []string{"sale", "click"}, nil, "sale"},
		{store.Plan{KPI: "click"}, []string{"sale", "click"}, nil, "click"},
		{store.Plan{KPI: "later"}, []string{""}, nil, "later"},
		{store.Plan{Measure: store.MeasureMean}, []string{"sale", ""}, rate("sale", ""), ""},
	} {
		r := store.Record{KPIs: test.seen, Measures: test.measures, Plan: test.planned}
		if got := r.PrimaryKPI(); got != test.want {
			t.Errorf("of %q, planned %+v: %q, want %q", test.seen, test.planned, got, test.want)
		}
	}
}

// TestReports checks that Reports agrees with Report, except for the fields that take long.
func TestReports(t *testing.T) {
	e := sixpack.New(new(memory.Store), sixpack.Config{})
	for _, name := range []string{"one", "two", "three"} {
		x := sixpack.Experiment{Name: name, Alternatives: []string{"A", "B"}, Plan: store.Plan{KPI: "purchase"}}
		for i := range 200 {
			client := fmt.Sprint(i)
			if a := participate(t, e, x, client); a.Alternative == "B" {
				_, err := e.Convert(t.Context(), name, client, sixpack.KPI("purchase"))
				check(t, err)
			}
		}
	}
	all, err := e.Reports(t.Context())
	check(t, err)
	some, err := e.Reports(t.Context(), "two", "nothing")
	check(t, err)
	if len(all) != 3 || len(some) != 1 || all[0].Experiment != "one" || all[1].Experiment != "three" || some[0].Experiment != "two" {
		t.Fatalf("%d and %d summaries", len(all), len(some))
	}
	full, err := e.Report(t.Context(), "two", "purchase")
	check(t, err)
	s := some[0]
	if s.KPI != "purchase" || s.Verdict.State != stats.StateWinner || s.Verdict.Detail != full.Verdict.Detail || s.Alternatives[1].LiftIn != full.Alternatives[1].LiftIn {
		t.Errorf("%+v\nis not\n%+v", s, full)
	}
	if s.Alternatives[1].ChanceToBeBest.Known() || !full.Alternatives[1].ChanceToBeBest.Known() {
		t.Errorf("the chances are %v and %v", s.Alternatives[1].ChanceToBeBest, full.Alternatives[1].ChanceToBeBest)
	}
}
