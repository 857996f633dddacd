package analysis_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
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
	a.AddCohort(1, store.UnknownDay, participants)
	a.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: store.UnknownDay, Sums: store.Sums{Converted: converted}})
}

// countedValues returns counts with a mean value per conversion of each alternative.
func countedValues(values ...int64) store.Counts {
	counts := counted([2]int64{10000, 500}, [2]int64{10000, 500})
	for i, value := range values {
		k := &counts.Alternatives[i].KPIs[0]
		k.Cohorts[0].NonZero = 500
		k.Cohorts[0].Sum = big.NewInt(500 * value * 1e6)
		k.Cohorts[0].Squares = new(big.Int).Mul(big.NewInt(500*(value*value+25)), big.NewInt(1e12))
	}
	return counts
}

func near(got stats.Number, want float64) bool {
	return math.Abs(float64(got)-want) <= 1e-3*math.Abs(want)
}

func TestReportIsComplete(t *testing.T) {
	r := analysis.New(counted([2]int64{10000, 500}, [2]int64{10000, 700}), "", lastOfMay)
	if r.Verdict.State != stats.StateWinner || r.Verdict.Leader != "B" || r.Verdict.Detail != "Up between 16% and 69%; the estimate is 40%. You can end the test." {
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
		"lift from":              {float64(b.LiftIn.Lo), float64(c.LiftIn.Lo)},
		"lift to":                {float64(b.LiftIn.Hi), float64(c.LiftIn.Hi)},
		"difference":             {float64(b.Difference), 0.02},
		"difference from":        {float64(b.DifferenceIn.Lo), float64(c.DifferenceIn.Lo)},
		"p":                      {float64(b.P), c.P},
		"level":                  {float64(b.Level), 0.95},
		"rate from":              {float64(b.RateIn.Lo), 0.06517},
		"rate to":                {float64(b.RateIn.Hi), 0.07517},
		"chance to beat control": {float64(b.ChanceToBeatControl), 1},
		"chance to be best":      {float64(b.ChanceToBeBest), 1},
		"median lift":            {float64(b.CredibleLift.Median), 0.3992},
		"legacy rate":            {b.Legacy.Rate, 7},
		"legacy statistic":       {float64(b.Legacy.Statistic), 35.65},
		"participants a day":     {float64(r.Outlook.PerDay), 20000.0 / 30},
		"days so far":            {float64(r.Outlook.SoFar), 30},
	} {
		if !near(stats.Number(values[0]), values[1]) {
			t.Errorf("%s is %v, want %v", name, values[0], values[1])
		}
	}
	if b.Legacy.Level != "99.9% Confidence" {
		t.Errorf("Sixpack would say %q", b.Legacy.Level)
	}
}

// TestReportsStayTheSame compares the JSON of reports with testdata/reports.json. Programs read it: a difference is a change of
// the API.
func TestReportsStayTheSame(t *testing.T) {
	want, err := os.Open("testdata/reports.json")
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	text, err := json.Marshal([]analysis.Report{
		analysis.New(counted([2]int64{10000, 500}, [2]int64{10000, 700}, [2]int64{10000, 480}), "", lastOfMay),
		analysis.New(countedValues(20, 30), "", lastOfMay),
		analysis.New(counted([2]int64{10000, 500}, [2]int64{9000, 700}), "", lastOfMay),
		analysis.New(counted([2]int64{100, 0}, [2]int64{100, 20}), "", lastOfMay),
		analysis.Summary(counted([2]int64{4000, 200}, [2]int64{4000, 232}), lastOfMay),
	})
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, json.NewDecoder(bytes.NewReader(text)), json.NewDecoder(want))
}

// sameJSON compares the tokens of JSON one by one. Numbers may differ in the last digits, which depend on the processor.
func sameJSON(t *testing.T, got, want *json.Decoder) {
	t.Helper()
	for {
		token, err := got.Token()
		expected, end := want.Token()
		if err == io.EOF && end == io.EOF {
			return
		}
		x, isNumber := token.(float64)
		y, expectsNumber := expected.(float64)
		same := token == expected || isNumber && expectsNumber && math.Abs(x-y) <= 1e-9*math.Abs(y)
		if err != nil || end != nil || !same {
			t.Fatalf("at byte %d: %v, %v; want %v, %v", want.InputOffset(), token, err, expected, end)
		}
	}
}

// TestReportInJSON has no number that JSON does not know, and reads what it
// wrote.
func TestReportInJSON(t *testing.T) {
	for _, counts := range []store.Counts{
		counted([2]int64{0, 0}, [2]int64{0, 0}), counted([2]int64{100, 0}, [2]int64{100, 0}), counted([2]int64{100, 0}, [2]int64{100, 20}),
		counted([2]int64{100, 101}, [2]int64{100, 0}), counted([2]int64{1e9, 1}, [2]int64{1e9, 1e9}), counted([2]int64{1000, 5}, [2]int64{5000, 5}, [2]int64{1, 1}),
	} {
		r := analysis.New(counts, "", lastOfMay)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var again analysis.Report
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		once, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, once) {
			t.Errorf("%s\nreads as\n%s", text, once)
		}
	}
	text, err := json.Marshal(analysis.New(counted([2]int64{100, 0}, [2]int64{100, 20}), "", lastOfMay).Alternatives[1])
	if err != nil {
		t.Fatal(err)
	}
	if want := `"lift":null,"lift_interval":{"lo":2.`; !strings.Contains(string(text), want) || !strings.Contains(string(text), `"hi":null`) {
		t.Errorf("%s has no %s", text, want)
	}
}

// TestMismatchHidesComparisons leaves nothing to be taken for a result.
func TestMismatchHidesComparisons(t *testing.T) {
	r := analysis.New(counted([2]int64{10000, 500}, [2]int64{9000, 700}), "", lastOfMay)
	b := r.Alternatives[1]
	if r.Verdict.State != stats.StateMismatch || !r.SampleRatio.Mismatch {
		t.Errorf("the verdict is %+v, the sample ratio %+v", r.Verdict, r.SampleRatio)
	}
	if b.Lift.Known() || b.LiftIn.Lo.Known() || b.ChanceToBeBest.Known() || b.Standing != "" || !b.Rate.Known() {
		t.Errorf("the challenger is %+v", b)
	}
}

func TestReportByKPIWithValues(t *testing.T) {
	r := analysis.New(countedValues(20, 30), "", lastOfMay)
	b := r.Alternatives[1]
	if r.Measure != analysis.MeasureMean || r.Verdict.State != stats.StateWinner || b.Total != 15000 || b.Mean != 1.5 || !near(b.Lift, 0.5) || !near(b.Difference, 0.5) {
		t.Errorf("by %s: %+v; %+v", r.Measure, r.Verdict, b)
	}
	c, _ := stats.MeansAlwaysValid(
		stats.Values{Participants: 10000, Sum: 10000, Squares: 500 * 425, NonZero: 500},
		stats.Values{Participants: 10000, Sum: 15000, Squares: 500 * 925, NonZero: 500}, 0.05)
	if !near(b.LiftIn.Lo, float64(c.LiftIn.Lo)) || !near(b.P, c.P) || !(b.ChanceToBeBest > 0.99) || b.CredibleLift.Median.Known() {
		t.Errorf("%+v, want %+v", b, c)
	}
}

func TestOutlook(t *testing.T) {
	counts := counted([2]int64{3000, 150}, [2]int64{3000, 160})
	counts.Record.Plan = store.Plan{Effect: 0.2, Power: 0.9}
	o := analysis.New(counts, "", lastOfMay).Outlook
	size := 2 * stats.SampleSizeAlwaysValid(stats.Design{Baseline: 0.05, Wanted: 0.06, Alpha: 0.05, Power: 0.9, Ratio: 1})
	if !near(o.Size, size) || !near(o.Missing, size-6000) || o.PerDay != 200 || !near(o.Days, (size-6000)/200) {
		t.Errorf("the outlook is %+v, want a size of %v", o, size)
	}
	typical := 2 * stats.TypicalLength * stats.SampleSize(stats.Design{Baseline: 0.05, Wanted: 0.06, Alpha: 0.05, Power: 0.9, Ratio: 1})
	if !near(o.TypicalSize, typical) || !near(o.TypicalDays, (typical-6000)/200) {
		t.Errorf("the outlook is %+v, want a typical size of %v", o, typical)
	}
	planned := counts
	planned.Record.Plan.Size = 10_000
	if o := analysis.New(planned, "", lastOfMay).Outlook; o.Size != 10_000 || o.TypicalSize != 10_000 || o.TypicalDays != 20 {
		t.Errorf("with a planned size: %+v", o)
	}
	planned.Record.Plan.Size, planned.Record.Plan.Analysis = 100_000, store.AnalysisFixed
	if o := analysis.New(planned, "", lastOfMay).Outlook; o.TypicalSize != 100_000 || o.Days != o.TypicalDays {
		t.Errorf("with a single look: %+v", o)
	}
	for name, shut := range map[string]func(*store.Record){
		"paused":   func(r *store.Record) { r.Paused = true },
		"archived": func(r *store.Record) { r.Archived = true },
		"won":      func(r *store.Record) { r.Winner = "B" },
	} {
		closed := counts
		shut(&closed.Record)
		if o := analysis.New(closed, "", lastOfMay).Outlook; o.Days.Known() || !o.Size.Known() {
			t.Errorf("%s: the outlook is %+v", name, o)
		}
	}
	young := counted([2]int64{100, 5}, [2]int64{100, 5})
	young.Record.Created = lastOfMay.Add(-6 * time.Hour)
	for i := range young.Alternatives {
		young.Alternatives[i].Days = []store.DayParticipants{{Day: store.DayOf(lastOfMay), Participants: 100}}
	}
	if r := analysis.New(young, "", lastOfMay); r.Outlook.PerDay != 800 || !strings.Contains(r.Verdict.Note, "less than one full week") {
		t.Errorf("on its first day: %+v, %q", r.Outlook, r.Verdict.Note)
	}
	late := counts
	late.Record.Created = lastOfMay.Add(-time.Hour)
	r := analysis.New(late, "", lastOfMay)
	if r.Outlook.PerDay != 200 || r.Outlook.SoFar != 29.5 || !near(r.Outlook.Days, (size-6000)/200) || strings.Contains(r.Verdict.Note, "less than one full week") {
		t.Errorf("made today, of those who came in the 29 days before: %+v, %q", r.Outlook, r.Verdict.Note)
	}
	late.Record.Created = time.Time{}
	if o := analysis.New(late, "", lastOfMay).Outlook; o.PerDay.Known() || o.SoFar.Known() {
		t.Errorf("made at an unknown time: %+v", o)
	}
	weighted := counted([2]int64{9000, 450}, [2]int64{1000, 50}, [2]int64{0, 0})
	weighted.Record.Epoch.Weights = []float64{0.9, 0.1, 0}
	weighted.Epochs[0].Weights = weighted.Record.Epoch.Weights
	size = stats.SampleSizeAlwaysValid(stats.Design{Baseline: 0.05, Wanted: 0.0525, Alpha: 0.05, Power: 0.8, Ratio: 1.0 / 9}) / 0.9
	if o := analysis.New(weighted, "", lastOfMay).Outlook; !near(o.Size, size) {
		t.Errorf("9 to 1: the outlook is %+v, want a size of %v", o, size)
	}
}

// TestIntervalOfAMean is withheld where it would often be wrong.
func TestIntervalOfAMean(t *testing.T) {
	counts := countedValues(20, 30)
	counts.Alternatives[1].KPIs[0].Cohorts[0].NonZero = 99
	r := analysis.New(counts, "", lastOfMay)
	a, b := r.Alternatives[0], r.Alternatives[1]
	if !a.MeanIn.Lo.Known() || b.MeanIn.Lo.Known() || b.MeanIn.Hi.Known() || !b.Mean.Known() || !b.LiftIn.Lo.Known() {
		t.Errorf("of 500 values %+v, of 99 %+v", a, b)
	}
	if note := r.ReadingNote(); !strings.Contains(note, "approximate 95% interval of each mean") {
		t.Errorf("%q", note)
	}
}
