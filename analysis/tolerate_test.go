package analysis_test

import (
	"math"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// TestSmallestChange checks that the change that a number of participants detects needs just
// these.
func TestSmallestChange(t *testing.T) {
	counts := counted([2]int64{10_000, 500}, [2]int64{10_000, 500})
	fall := analysis.SmallestChange(counts, store.Guardrail{}, 20_000)
	d := stats.Design{Baseline: 0.05, Wanted: 0.05 * (1 + fall), Alpha: 0.05, Power: 0.8, Ratio: 1}
	if n := stats.SampleSizeAlwaysValid(d); !(fall < 0 && fall > -1) || math.Abs(n-10_000) > 1 {
		t.Errorf("20,000 participants detect a fall of %v, which needs %v of each", fall, n)
	}
	if rise := analysis.SmallestChange(counts, store.Guardrail{RiseIsBad: true}, 20_000); !(rise > 0 && rise < 1) {
		t.Errorf("20,000 participants detect a rise of %v", rise)
	}
	if fall := analysis.SmallestChange(counts, store.Guardrail{}, 100); !math.IsNaN(fall) {
		t.Errorf("100 participants detect a fall of %v", fall)
	}
	if fall := analysis.SmallestChange(counted([2]int64{100, 0}, [2]int64{100, 0}), store.Guardrail{}, 1e6); !math.IsNaN(fall) {
		t.Errorf("without conversions a fall of %v is detected", fall)
	}
	three := counted([2]int64{10_000, 500}, [2]int64{10_000, 500}, [2]int64{10_000, 500})
	if more := analysis.SmallestChange(three, store.Guardrail{}, 30_000); !(more < fall) {
		t.Errorf("two challengers need a larger fall than %v, not %v", fall, more)
	}
}

// TestRulesOut checks whether a guardrail with a tolerated change lets a ramp go on.
func TestRulesOut(t *testing.T) {
	fall, rise := store.Guardrail{}, store.Guardrail{RiseIsBad: true}
	for _, c := range []struct {
		name      string
		arms      [][2]int64
		guardrail store.Guardrail
		want      bool
	}{
		{"enough, and equal", [][2]int64{{100_000, 5000}, {100_000, 5000}}, fall, true},
		{"enough, and equal, of a KPI that must not rise", [][2]int64{{100_000, 5000}, {100_000, 5000}}, rise, true},
		{"too few", [][2]int64{{1000, 50}, {1000, 50}}, fall, false},
		{"no conversions", [][2]int64{{1000, 0}, {1000, 0}}, fall, false},
		{"worse", [][2]int64{{100_000, 5000}, {100_000, 4400}}, fall, false},
		{"risen", [][2]int64{{100_000, 5000}, {100_000, 5600}}, rise, false},
		{"risen, of a KPI that may", [][2]int64{{100_000, 5000}, {100_000, 5600}}, fall, true},
		{"one is worse", [][2]int64{{100_000, 5000}, {100_000, 5000}, {100_000, 4400}}, fall, false},
		{"nobody", [][2]int64{{100, 5}, {0, 0}}, fall, false},
	} {
		if got := analysis.RulesOut(counted(c.arms...), c.guardrail, 0.1); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// TestDetectableNote checks what a ramp says about its steps: more participants detect smaller
// falls.
func TestDetectableNote(t *testing.T) {
	counts := counted([2]int64{10_000, 500}, [2]int64{10_000, 500})
	counts.Record.Ramp = store.Ramp{
		RampPlan: store.RampPlan{Steps: []float64{0.01, 0.1, 0.5, 1}, Hold: 24 * time.Hour, Guardrails: []store.Guardrail{{KPI: ""}}},
		State:    store.RampRunning, Next: lastOfMay.Add(12 * time.Hour), Participants: 18_000,
	}
	const want = "The smallest fall of the default KPI that is detected with a power of 80%, by the end of a step: " +
		"23% at 1% of visitors, 14% at 10% of visitors, 6.9% at 50% of visitors."
	if got := analysis.DetectableNote(counts, lastOfMay); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	counts.Record.Ramp.Next = time.Time{}
	if got := analysis.DetectableNote(counts, lastOfMay); got != "" {
		t.Errorf("while it does not run: %q", got)
	}
}
