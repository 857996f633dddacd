package analysis_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// addNotDrawn counts participants of an alternative that was not drawn for them, and how many of them converted.
func addNotDrawn(counts *store.Counts, alternative int, participants, converted int64) {
	a := &counts.Alternatives[alternative]
	day := store.DayOf(lastOfMay)
	a.AddDay(day, participants)
	a.AddCohort(0, day, participants)
	a.KPIs[0].AddDay(day, converted, converted)
	a.KPIs[0].AddCohort(store.CohortConversions{Epoch: 0, Day: day, Sums: store.Sums{Converted: converted}})
}

// TestOnlyDrawnParticipantsCount adds colleagues who see a forced alternative, and convert far more with one of them.
func TestOnlyDrawnParticipantsCount(t *testing.T) {
	plain := counted([2]int64{10000, 500}, [2]int64{10000, 510})
	plain.Record.Plan.Size = 20_100
	want := analysis.New(plain, "", lastOfMay)
	mixed := counted([2]int64{10000, 500}, [2]int64{10000, 510})
	mixed.Record.Plan.Size = 20_100
	addNotDrawn(&mixed, 0, 200, 10)
	addNotDrawn(&mixed, 1, 300, 240)
	got := analysis.New(mixed, "", lastOfMay)

	if got.Verdict.State != stats.StateKeepRunning || got.Participants != 20_000 || got.NotDrawn != 500 || got.Stratified {
		t.Errorf("%+v, %d drawn and %d not", got.Verdict, got.Participants, got.NotDrawn)
	}
	for i, a := range got.Alternatives {
		b := want.Alternatives[i]
		if a.NotDrawn != []int64{200, 300}[i] {
			t.Errorf("%+v", a)
		}
		a.NotDrawn, a.Events, a.Legacy = b.NotDrawn, b.Events, b.Legacy
		if x, y := fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b); x != y { // NaN differs from itself
			t.Errorf("with participants who were not drawn:\n%s\nwant\n%s", x, y)
		}
	}
	if note := got.NotDrawnNote(); !strings.Contains(note, "500 participants") || !strings.Contains(note, "200 in “A” and 300 in “B”") || want.NotDrawnNote() != "" {
		t.Errorf("%q", note)
	}
	for _, a := range analysis.Compare(mixed, "").Arms {
		if a.Standing == stats.StandingBetter {
			t.Errorf("as a guardrail: %+v", a)
		}
	}

	alone := counted([2]int64{0, 0}, [2]int64{0, 0})
	addNotDrawn(&alone, 0, 5000, 100)
	addNotDrawn(&alone, 1, 5000, 400)
	if r := analysis.New(alone, "", lastOfMay); r.Verdict.State != stats.StateNoData || r.Verdict.Headline != "No participants yet." || r.NotDrawn != 10_000 {
		t.Errorf("with nobody drawn: %+v", r.Verdict)
	}
}

// inEpochs returns counts of epochs with weights; each alternative has [participants, converted] in each.
func inEpochs(weights [][]float64, arms ...[][2]int64) store.Counts {
	counts := counted(make([][2]int64, len(arms))...)
	counts.Epochs = nil
	for i, w := range weights {
		counts.Record.Epoch = store.Epoch{Number: uint32(i + 1), Start: lastOfMay.AddDate(0, 0, i-len(weights)), Weights: stats.Shares(w)}
		counts.Epochs = append(counts.Epochs, counts.Record.Epoch)
	}
	for i, epochs := range arms {
		a := &counts.Alternatives[i]
		for j, c := range epochs {
			a.AddDay(store.DayOf(lastOfMay), c[0])
			a.AddCohort(uint32(j+1), store.DayOf(lastOfMay), c[0])
			a.KPIs[0].AddDay(store.DayOf(lastOfMay), c[1], c[1])
			a.KPIs[0].AddCohort(store.CohortConversions{Epoch: uint32(j + 1), Day: store.DayOf(lastOfMay), Sums: store.Sums{Converted: c[1]}})
		}
	}
	return counts
}

// TestLeaderWhereSharesChanged has b 60% and c 30% better than the control in both epochs. Pooled, c has the highest rate, and b
// a lower one than the control, because hardly anybody got b when everybody bought more.
func TestLeaderWhereSharesChanged(t *testing.T) {
	counts := inEpochs([][]float64{{1, 2, 1}, {1, 0.3, 2}},
		[][2]int64{{10000, 500}, {10000, 1500}}, [][2]int64{{20000, 1600}, {3000, 720}}, [][2]int64{{10000, 650}, {20000, 3900}})
	r := analysis.New(counts, "", lastOfMay)
	a, b, c := r.Alternatives[0], r.Alternatives[1], r.Alternatives[2]
	if r.Verdict.State != stats.StateWinner || r.Verdict.Leader != "B" || c.Standing != stats.StandingBetter || !(b.Rate < c.Rate) {
		t.Errorf("%+v; %+v", r.Verdict, r.Alternatives)
	}
	if !near(b.Standardized/a.Standardized, 1.6) || !near(c.Standardized/a.Standardized, 1.3) {
		t.Errorf("the standardized rates are %v, %v and %v", a.Standardized, b.Standardized, c.Standardized)
	}
	if x := analysis.New(counted([2]int64{100, 10}, [2]int64{100, 10}), "", lastOfMay).Alternatives[0]; x.Standardized.Known() {
		t.Errorf("with constant shares: %+v", x)
	}
}

// TestEmptyAlternatives compares the others.
func TestEmptyAlternatives(t *testing.T) {
	two := analysis.New(counted([2]int64{10000, 500}, [2]int64{10000, 700}), "", lastOfMay)
	three := inEpochs([][]float64{{1, 1, 0}}, [][2]int64{{10000, 500}}, [][2]int64{{10000, 700}}, [][2]int64{{0, 0}})
	r := analysis.New(three, "", lastOfMay)
	b, c := r.Alternatives[1], r.Alternatives[2]
	if r.Verdict.State != stats.StateWinner || b.P != two.Alternatives[1].P || b.LiftIn != two.Alternatives[1].LiftIn || b.ChanceToBeBest != two.Alternatives[1].ChanceToBeBest {
		t.Errorf("%+v; %+v", r.Verdict, b)
	}
	if c.Standing != "" || c.Lift.Known() || c.ChanceToBeBest.Known() || c.P.Known() || c.CredibleLift.Median.Known() {
		t.Errorf("without weight and participants: %+v", c)
	}
	if arms := analysis.Compare(three, "").Arms; len(arms) != 3 || arms[1].Standing != stats.StandingBetter {
		t.Errorf("as a guardrail: %+v", arms)
	}
	for name, want := range map[string]struct {
		weights []float64
		arms    [][2]int64
		state   stats.State
		detail  string
	}{
		"with weight, and hundreds expected": {[]float64{1, 1, 1}, [][2]int64{{150, 5}, {150, 7}, {0, 0}}, stats.StateMismatch, "50/50/0 where 33.3/33.3/33.3"},
		"with weight, and few expected":      {[]float64{1, 1, 1}, [][2]int64{{20, 5}, {25, 7}, {0, 0}}, stats.StateKeepRunning, "The true effect of B could be"},
		"one of two, and hundreds expected":  {[]float64{1, 1}, [][2]int64{{300, 5}, {0, 0}}, stats.StateMismatch, "100/0 where 50/50"},
		"one of two, and few expected":       {[]float64{1, 1}, [][2]int64{{100, 5}, {0, 0}}, stats.StateNoData, ""},
		"the control":                        {[]float64{0, 1, 1}, [][2]int64{{0, 0}, {100, 5}, {100, 5}}, stats.StateNoData, ""},
	} {
		var arms [][][2]int64
		for _, c := range want.arms {
			arms = append(arms, [][2]int64{c})
		}
		r := analysis.New(inEpochs([][]float64{want.weights}, arms...), "", lastOfMay)
		if r.Verdict.State != want.state || !strings.Contains(r.Verdict.Detail, want.detail) || r.SampleRatio.Mismatch != (want.state == stats.StateMismatch) {
			t.Errorf("%s: %+v, %+v", name, r.Verdict, r.SampleRatio)
		}
		if want.state == stats.StateMismatch && math.IsNaN(float64(r.SampleRatio.P)) {
			t.Errorf("%s: %+v", name, r.SampleRatio)
		}
	}
}
