package samplesize_test

import (
	"math"
	"testing"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/stats"
)

func rate(baseline, effect, alpha float64, shares ...float64) samplesize.Situation {
	return samplesize.Situation{
		Measure: analysis.MeasureRate, Baseline: baseline, Effect: effect, Alpha: alpha, Power: samplesize.DefaultPower,
		Shares: stats.Shares(shares), PerDay: 1000,
	}
}

// TestPlan compares with reference values. More are in the tests of the command.
func TestPlan(t *testing.T) {
	p := rate(0.2, 0.15, 0.02, 1, 1, 1).Plan()
	if p.Fixed.Participants[0] != 4379 || p.Fixed.Total != 3*4379 || p.Fixed.Days != 14 {
		t.Errorf("one look: %+v", p.Fixed)
	}
	if !(p.Fixed.Total < p.OnAverage.Total && p.OnAverage.Total < p.AlwaysValid.Total) {
		t.Errorf("sizes are %+v", p)
	}
	if n := len(p.Others); n != 3 || p.Others[0].Effect != 0.075 || p.Others[1].Fixed.Total != p.Fixed.Total {
		t.Errorf("other effects: %+v", p.Others)
	}
}

// TestNoSuchEffect checks that a rate that can neither rise nor fall by the effect has no
// plan.
func TestNoSuchEffect(t *testing.T) {
	if p := rate(0.6, 2, 0.05, 1, 1).Plan(); p.AlwaysValid.Total.Known() || p.Fixed.Total.Known() {
		t.Errorf("got %+v", p)
	}
	if s := rate(0.6, 0.8, 0.05, 1, 1); s.Lift() != -0.8 {
		t.Errorf("a rate of 60%% changes by %v, want -0.8", s.Lift())
	}
}

// TestDetectable checks that the smallest effect needs just the participants there are.
func TestDetectable(t *testing.T) {
	s := rate(0.05, 0.1, 0.05, 1, 1)
	d := s.Detectable(60)
	s.Effect = float64(d.Fixed)
	if n := float64(s.Plan().Fixed.Total); d.Participants != 60_000 || math.Abs(n-60_000) > 2 {
		t.Errorf("%v participants for %v, want 60,000", n, d.Fixed)
	}
	// 1,890 challengers for 4,410 participants of the control, not 1,891 by a rounding error.
	s = rate(0.3, 0.1, 0.05, 70, 30)
	s.PerDay = 2100
	s.Effect = float64(s.Detectable(3).Fixed)
	if p := s.Plan().Fixed; p.Total != 6300 || p.Days != 3 {
		t.Errorf("what 6300 participants of 3 days detect needs %v of %v days", p.Total, p.Days)
	}
	if d := s.Detectable(0); d.Fixed.Known() || d.AlwaysValid.Known() {
		t.Errorf("without participants: %+v", d)
	}
}
