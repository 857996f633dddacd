package sixpack_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

var lastOfMay = time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC)

// counted returns what an experiment has counted that runs for 30 days with
// constant shares, as much on each of them; arms are [participants, converted].
func counted(arms ...[2]int64) store.Counts {
	r := store.Record{
		Name: "exp", Created: lastOfMay.AddDate(0, 0, -30), Traffic: 1, KPIs: []string{""},
		Epoch: store.Epoch{Number: 1, Start: lastOfMay.AddDate(0, 0, -30)},
	}
	for i := range arms {
		r.Alternatives = append(r.Alternatives, string(rune('A'+i)))
	}
	results := store.NewCounts(r, []store.Epoch{r.Epoch})
	for i, c := range arms {
		spread(&results.Alternatives[i], c[0], c[1])
	}
	return results
}

// spread counts participants and conversions over the last 30 days.
func spread(a *store.AlternativeCounts, participants, converted int64) {
	const days = 30
	for d := range int64(days) {
		day := store.DayOf(lastOfMay) - store.Day(d)
		a.AddDay(day, participants*(d+1)/days-participants*d/days)
		n := converted*(d+1)/days - converted*d/days
		a.KPIs[0].AddDay(day, n, n)
	}
	a.AddEpoch(1, participants)
	a.KPIs[0].AddEpoch(store.EpochConversions{Epoch: 1, Converted: converted})
}

func near(got sixpack.Number, want float64) bool {
	return math.Abs(float64(got)-want) <= 1e-3*math.Abs(want)
}

func TestResultsAreComplete(t *testing.T) {
	r := sixpack.Analyze(counted([2]int64{10000, 500}, [2]int64{10000, 700}), "", lastOfMay)
	if r.Verdict.State != stats.StateWinner || r.Verdict.Leader != "B" || r.Verdict.Detail != "+40 %, and at least +16 %. You can stop now." {
		t.Errorf("the verdict is %+v", r.Verdict)
	}
	if !r.SampleRatio.Checked || r.SampleRatio.Mismatch || r.SampleRatio.P != 1 {
		t.Errorf("the sample ratio is %+v", r.SampleRatio)
	}
	a, b := r.Alternatives[0], r.Alternatives[1]
	if !a.Control || a.Standing != stats.StandingControl || a.Lift.Known() || a.P.Known() || a.ChanceToBeatControl.Known() {
		t.Errorf("the control is %+v", a)
	}
	if b.Participants != 10000 || b.Converted != 700 || b.Events != 700 || b.Rate != 0.07 || b.Standing != stats.StandingBetter {
		t.Errorf("the challenger is %+v", b)
	}
	c, _ := stats.AlwaysValid(stats.Proportion{Participants: 10000, Converted: 500}, stats.Proportion{Participants: 10000, Converted: 700}, 0.05)
	for name, values := range map[string][2]float64{
		"lift":                   {float64(b.Lift), 0.4},
		"lift from":              {float64(b.LiftIn.Lo), c.LiftIn.Lo},
		"lift to":                {float64(b.LiftIn.Hi), c.LiftIn.Hi},
		"difference":             {float64(b.Difference), 0.02},
		"difference from":        {float64(b.DifferenceIn.Lo), c.DifferenceIn.Lo},
		"p":                      {float64(b.P), c.P},
		"level":                  {float64(b.Level), 0.95},
		"rate from":              {float64(b.RateIn.Lo), 0.06517},
		"rate to":                {float64(b.RateIn.Hi), 0.07517},
		"chance to beat control": {float64(b.ChanceToBeatControl), 1},
		"chance to be best":      {float64(b.ChanceToBeBest), 1},
		"median lift":            {float64(b.CredibleLift.Median), 0.3992},
		"legacy rate":            {float64(b.Legacy.Rate), 7},
		"legacy statistic":       {float64(b.Legacy.Statistic), 35.65},
		"participants a day":     {float64(r.Outlook.PerDay), 20000.0 / 30},
		"days so far":            {float64(r.Outlook.SoFar), 30},
	} {
		if !near(sixpack.Number(values[0]), values[1]) {
			t.Errorf("%s is %v, want %v", name, values[0], values[1])
		}
	}
	if b.Legacy.Level != "99.9% Confidence" {
		t.Errorf("Sixpack would say %q", b.Legacy.Level)
	}
}

// TestResultsInJSON has no number that JSON does not know, and reads what it
// wrote.
func TestResultsInJSON(t *testing.T) {
	for _, counts := range []store.Counts{
		counted([2]int64{0, 0}, [2]int64{0, 0}), counted([2]int64{100, 0}, [2]int64{100, 0}), counted([2]int64{100, 0}, [2]int64{100, 20}),
		counted([2]int64{100, 101}, [2]int64{100, 0}), counted([2]int64{1e9, 1}, [2]int64{1e9, 1e9}), counted([2]int64{1000, 5}, [2]int64{5000, 5}, [2]int64{1, 1}),
	} {
		r := sixpack.Analyze(counts, "", lastOfMay)
		text, err := json.Marshal(r)
		check(t, err)
		var again sixpack.Results
		check(t, json.Unmarshal(text, &again))
		once, err := json.Marshal(again)
		check(t, err)
		if !bytes.Equal(text, once) {
			t.Errorf("%s\nreads as\n%s", text, once)
		}
	}
	text, err := json.Marshal(sixpack.Analyze(counted([2]int64{100, 0}, [2]int64{100, 20}), "", lastOfMay).Alternatives[1])
	check(t, err)
	if want := `"lift":null,"lift_interval":{"lo":2.`; !strings.Contains(string(text), want) || !strings.Contains(string(text), `"hi":null`) {
		t.Errorf("%s has no %s", text, want)
	}
}

// TestNothingIsShownOfABrokenSplit leaves nothing to be taken for a result.
func TestNothingIsShownOfABrokenSplit(t *testing.T) {
	r := sixpack.Analyze(counted([2]int64{10000, 500}, [2]int64{9000, 700}), "", lastOfMay)
	b := r.Alternatives[1]
	if r.Verdict.State != stats.StateMismatch || !r.SampleRatio.Mismatch {
		t.Errorf("the verdict is %+v, the sample ratio %+v", r.Verdict, r.SampleRatio)
	}
	if b.Lift.Known() || b.LiftIn.Lo.Known() || b.ChanceToBeBest.Known() || b.Standing != "" || !b.Rate.Known() {
		t.Errorf("the challenger is %+v", b)
	}
}

func TestResultsOfAKPIWithValues(t *testing.T) {
	counts := counted([2]int64{10000, 500}, [2]int64{10000, 500})
	for i, value := range []int64{20, 30} {
		k := &counts.Alternatives[i].KPIs[0]
		k.Epochs[0].NonZero = 500
		k.Epochs[0].Sum = big.NewInt(500 * value * 1e6)
		k.Epochs[0].Squares = new(big.Int).Mul(big.NewInt(500*(value*value+25)), big.NewInt(1e12))
	}
	r := sixpack.Analyze(counts, "", lastOfMay)
	b := r.Alternatives[1]
	if r.Measure != sixpack.MeasureMean || r.Verdict.State != stats.StateWinner || b.Total != 15000 || b.Mean != 1.5 || !near(b.Lift, 0.5) || !near(b.Difference, 0.5) {
		t.Errorf("by %s: %+v; %+v", r.Measure, r.Verdict, b)
	}
	c, _ := stats.MeansAlwaysValid(
		stats.Values{Participants: 10000, Sum: 10000, Squares: 500 * 425, NonZero: 500},
		stats.Values{Participants: 10000, Sum: 15000, Squares: 500 * 925, NonZero: 500}, 0.05)
	if !near(b.LiftIn.Lo, c.LiftIn.Lo) || !near(b.P, c.P) || !(b.ChanceToBeBest > 0.99) || b.CredibleLift.Median.Known() {
		t.Errorf("%+v, want %+v", b, c)
	}
}

// TestChangedSharesDoNotMislead has an experiment whose second half gets ten
// times the rate, and of challengers many more than the first: pooled they look
// far better than they are, which is as good.
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

	r, err := e.Results(t.Context(), "exp", "")
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
			k := r.Counts.Alternatives[i].KPI("").Epochs
			if len(k) == 0 || k[0].Epoch != 1 {
				t.Errorf("the conversions of %s are in the epochs %+v", name, k)
			}
		}
	}
}

// TestNobodyDrewTheForced leaves clients that were forced, or chose, out of the
// check of the sample ratio.
func TestNobodyDrewTheForced(t *testing.T) {
	e := sixpack.New(new(memory.Store), sixpack.Config{})
	x := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}}
	for i := range 1000 {
		participate(t, e, x, fmt.Sprint("drawn ", i))
		participate(t, e, x, fmt.Sprint("forced ", i), sixpack.RecordForce("B"))
		participate(t, e, x, fmt.Sprint("chosen ", i), sixpack.Choose("B"))
	}
	r, err := e.Results(t.Context(), "exp", "")
	check(t, err)
	if r.Participants != 3000 || r.SampleRatio.Mismatch || !r.SampleRatio.Checked || r.SampleRatio.ChiSquared > 10 {
		t.Errorf("%d participants, the sample ratio %+v", r.Participants, r.SampleRatio)
	}
	if c := r.Alternatives[1].ChanceToBeBest; !(c > 0.3 && c < 0.7) {
		t.Errorf("nobody converted, and the chance of B is %v", c)
	}
}

func TestPlan(t *testing.T) {
	ctx, e := t.Context(), sixpack.New(new(memory.Store), sixpack.Config{})
	x := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}, Plan: store.Plan{Effect: 0.2, KPI: "purchase"}}
	participate(t, e, x, "anna")
	x.Plan.Effect = 0.3 // of no effect: the experiment is there
	participate(t, e, x, "bert")

	r, err := e.Results(ctx, "exp", "purchase")
	check(t, err)
	want := store.Plan{Effect: 0.2, KPI: "purchase", Power: 0.8, Alpha: 0.05, Analysis: store.AnalysisAlwaysValid}
	if r.Plan != want || !r.Primary {
		t.Errorf("the plan is %+v, want %+v; primary is %t", r.Plan, want, r.Primary)
	}
	if r, err := e.Results(ctx, "exp", ""); err != nil || r.Primary {
		t.Errorf("the default KPI: primary is %t, %v", r.Primary, err)
	}
	if _, err := e.Results(ctx, "exp", "never-seen"); !errors.Is(err, invalid("kpi name")) {
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
		if err := e.SetPlan(ctx, "exp", p); !errors.Is(err, sixpack.ErrPlan) {
			t.Errorf("SetPlan(%+v): %v", p, err)
		}
		other := sixpack.Experiment{Name: "other", Alternatives: []string{"A", "B"}, Plan: p}
		if _, err := e.Participate(ctx, other, "anna"); !errors.Is(err, sixpack.ErrPlan) {
			t.Errorf("Participate with the plan %+v: %v", p, err)
		}
	}
	if err := e.SetPlan(ctx, "exp", store.Plan{KPI: "a b"}); !errors.Is(err, invalid("kpi name")) {
		t.Errorf("a KPI with a space: %v", err)
	}
	if err := e.SetPlan(ctx, "nothing", store.Plan{}); !errors.Is(err, sixpack.ErrUnknown) {
		t.Errorf("an experiment that is not there: %v", err)
	}
	check(t, e.SetPlan(ctx, "exp", store.Plan{Size: 5000}))
	if r, err := e.Results(ctx, "exp", ""); err != nil || r.Outlook.Size != 5000 || r.Outlook.Missing != 4998 {
		t.Errorf("the outlook is %+v, %v", r.Outlook, err)
	}
}

// TestFixedAnalysis shows nothing before its size, and cannot be chosen when
// something was seen.
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
		r, err := e.Results(ctx, "exp", "")
		check(t, err)
		b := r.Alternatives[1]
		if shown := i == 999; shown != (r.Verdict.State == stats.StateWinner) || shown != b.LiftIn.Lo.Known() || shown != b.ChanceToBeBest.Known() {
			t.Errorf("after %d participants: %+v; %+v", i+1, r.Verdict, b)
		}
	}
	if err := e.SetPlan(ctx, "exp", store.Plan{Analysis: store.AnalysisFixed, Size: 2000}); !errors.Is(err, sixpack.ErrLate) {
		t.Errorf("a later size: %v", err)
	}
	check(t, e.SetPlan(ctx, "exp", store.Plan{Analysis: store.AnalysisFixed, Size: 1000})) // what it is
	check(t, e.SetPlan(ctx, "exp", store.Plan{}))
	if err := e.SetPlan(ctx, "exp", x.Plan); !errors.Is(err, sixpack.ErrLate) {
		t.Errorf("back to one look: %v", err)
	}
	check(t, e.Reset(ctx, "exp"))
	check(t, e.SetPlan(ctx, "exp", x.Plan))
}

func TestOutlook(t *testing.T) {
	counts := counted([2]int64{3000, 150}, [2]int64{3000, 160})
	counts.Record.Plan = store.Plan{Effect: 0.2, Power: 0.9}
	o := sixpack.Analyze(counts, "", lastOfMay).Outlook
	size := 2 * stats.SampleSizeAlwaysValid(stats.Design{Baseline: 0.05, Wanted: 0.06, Alpha: 0.05, Power: 0.9, Ratio: 1})
	if !near(o.Size, size) || !near(o.Missing, size-6000) || o.PerDay != 200 || !near(o.Days, (size-6000)/200) {
		t.Errorf("the outlook is %+v, want a size of %v", o, size)
	}
	for name, shut := range map[string]func(*store.Record){
		"paused":   func(r *store.Record) { r.Paused = true },
		"archived": func(r *store.Record) { r.Archived = true },
		"won":      func(r *store.Record) { r.Winner = "B" },
	} {
		closed := counts
		shut(&closed.Record)
		if o := sixpack.Analyze(closed, "", lastOfMay).Outlook; o.Days.Known() || !o.Size.Known() {
			t.Errorf("%s: the outlook is %+v", name, o)
		}
	}
	young := counted([2]int64{100, 5}, [2]int64{100, 5})
	young.Record.Created = lastOfMay.Add(-6 * time.Hour)
	for i := range young.Alternatives {
		young.Alternatives[i].Days = []store.DayParticipants{{Day: store.DayOf(lastOfMay), Participants: 100}}
	}
	if r := sixpack.Analyze(young, "", lastOfMay); r.Outlook.PerDay != 800 || !strings.Contains(r.Verdict.Note, "less than one full week") {
		t.Errorf("on its first day: %+v, %q", r.Outlook, r.Verdict.Note)
	}
	late := counts
	late.Record.Created = lastOfMay.Add(-time.Hour)
	r := sixpack.Analyze(late, "", lastOfMay)
	if r.Outlook.PerDay != 200 || r.Outlook.SoFar != 29.5 || !near(r.Outlook.Days, (size-6000)/200) || strings.Contains(r.Verdict.Note, "less than one full week") {
		t.Errorf("made today, of those who came in the 29 days before: %+v, %q", r.Outlook, r.Verdict.Note)
	}
	late.Record.Created = time.Time{}
	if o := sixpack.Analyze(late, "", lastOfMay).Outlook; o.PerDay.Known() || o.SoFar.Known() {
		t.Errorf("made nobody knows when: %+v", o)
	}
	weighted := counted([2]int64{9000, 450}, [2]int64{1000, 50}, [2]int64{0, 0})
	weighted.Record.Epoch.Weights = []float64{0.9, 0.1, 0}
	weighted.Epochs[0].Weights = weighted.Record.Epoch.Weights
	size = stats.SampleSizeAlwaysValid(stats.Design{Baseline: 0.05, Wanted: 0.0525, Alpha: 0.025, Power: 0.8, Ratio: 1.0 / 9}) / 0.9
	if o := sixpack.Analyze(weighted, "", lastOfMay).Outlook; !near(o.Size, size) {
		t.Errorf("9 to 1: the outlook is %+v, want a size of %v", o, size)
	}
}

// TestPrimaryKPI is the plan's, or the default one, unless only others were seen.
func TestPrimaryKPI(t *testing.T) {
	for _, test := range []struct {
		planned string
		seen    []string
		want    string
	}{
		{"", nil, ""},
		{"", []string{"sale", ""}, ""},
		{"", []string{"sale", "click"}, "sale"},
		{"click", []string{"sale", "click"}, "click"},
		{"later", []string{""}, "later"},
	} {
		r := store.Record{KPIs: test.seen, Plan: store.Plan{KPI: test.planned}}
		if got := r.PrimaryKPI(); got != test.want {
			t.Errorf("of %q, planned %q: %q, want %q", test.seen, test.planned, got, test.want)
		}
	}
}

// TestSummaries says what Results does, but for what takes long.
func TestSummaries(t *testing.T) {
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
	all, err := e.Summaries(t.Context())
	check(t, err)
	some, err := e.Summaries(t.Context(), "two", "nothing")
	check(t, err)
	if len(all) != 3 || len(some) != 1 || all[0].Experiment != "one" || all[1].Experiment != "three" || some[0].Experiment != "two" {
		t.Fatalf("%d and %d summaries", len(all), len(some))
	}
	full, err := e.Results(t.Context(), "two", "purchase")
	check(t, err)
	s := some[0]
	if s.KPI != "purchase" || s.Verdict.State != stats.StateWinner || s.Verdict.Detail != full.Verdict.Detail || s.Alternatives[1].LiftIn != full.Alternatives[1].LiftIn {
		t.Errorf("%+v\nis not\n%+v", s, full)
	}
	if s.Alternatives[1].ChanceToBeBest.Known() || !full.Alternatives[1].ChanceToBeBest.Known() {
		t.Errorf("the chances are %v and %v", s.Alternatives[1].ChanceToBeBest, full.Alternatives[1].ChanceToBeBest)
	}
}
