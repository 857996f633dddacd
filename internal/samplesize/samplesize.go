// Package samplesize computes how many participants and days a test needs, and the
// smallest effect that it detects in a number of days: for looking at any time, as
// experiments do, and for one look at a fixed size.
package samplesize

import (
	"math"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
)

// Defaults of a plan.
const (
	DefaultEffect = 0.05
	DefaultAlpha  = 0.05
	DefaultPower  = 0.8
)

// A Situation is the input of a plan.
type Situation struct {
	Experiment   string           `json:"experiment,omitempty"`
	Alternatives []string         `json:"alternatives"`
	Measure      analysis.Measure `json:"measure"`
	Baseline     float64          `json:"baseline"`     // rate or mean of the control; 0 if unknown
	SD           float64          `json:"sd,omitempty"` // standard deviation of values
	Effect       float64          `json:"effect"`       // smallest lift that matters, as a fraction
	Alpha        float64          `json:"alpha"`
	Power        float64          `json:"power"`
	Shares       []float64        `json:"shares"`  // of the alternatives, control first, summing to 1
	PerDay       stats.Number     `json:"per_day"` // participants of all alternatives; NaN if unknown
}

// OfExperiment returns the situation of an experiment: its plan, and its measured rate or
// mean, shares and traffic.
func OfExperiment(r analysis.Report) Situation {
	s := Situation{
		Experiment: r.Experiment, Alternatives: r.Counts.Record.Alternatives, Measure: r.Measure,
		Effect: r.Plan.Effect, Alpha: r.Plan.Alpha, Power: r.Plan.Power,
		PerDay: stats.Number(math.NaN()),
	}
	s.Shares = r.Counts.Record.Shares()
	if r.Outlook.PerDay > 0 {
		s.PerDay = r.Outlook.PerDay
	}
	control := r.Alternatives[0]
	switch {
	case r.Measure == analysis.MeasureMean:
		v := r.Values(0)
		if mean, sd := v.Mean(), math.Sqrt(v.Variance()); mean > 0 && sd > 0 {
			s.Baseline, s.SD = mean, sd
		}
	case r.Plan.Baseline != 0:
		s.Baseline = r.Plan.Baseline
	case control.Rate > 0 && control.Rate < 1:
		s.Baseline = float64(control.Rate)
	}
	return s
}

// A Size is the number of participants, and of days, that a test needs.
type Size struct {
	Effect       float64        `json:"effect"`
	Participants []stats.Number `json:"participants"` // of each alternative
	Total        stats.Number   `json:"total"`
	Days         stats.Number   `json:"days"` // NaN if the traffic is unknown
}

// A Plan holds the sizes that a test needs.
type Plan struct {
	Situation

	AlwaysValid Size   `json:"always_valid"`         // looked at any time, at most
	OnAverage   Size   `json:"always_valid_average"` // the same typically: on average, if there is an effect of that size
	Fixed       Size   `json:"fixed"`                // one look
	Others      []Plan `json:"-"`                    // for half the effect, the effect and twice the effect
}

// Plan returns the sizes that the test needs. They are NaN if the effect is impossible, as
// when a rate would be above 100%.
func (s Situation) Plan() Plan {
	p := s.planFor(s.Effect)
	for _, times := range []float64{0.5, 1, 2} {
		p.Others = append(p.Others, s.planFor(times*s.Effect))
	}
	return p
}

func (s Situation) planFor(effect float64) Plan {
	s.Effect = effect
	fixed := s.control(oneLook, effect)
	return Plan{
		Situation:   s,
		AlwaysValid: s.size(effect, s.control(anyTime, effect)),
		OnAverage:   s.size(effect, stats.TypicalLength*fixed),
		Fixed:       s.size(effect, fixed),
	}
}

// A method computes the participants of the control that a test needs.
type method struct {
	rates func(stats.Design) float64
	means func(stats.MeanDesign) float64
}

var (
	oneLook = method{stats.SampleSize, stats.SampleSizeOfMeans}
	anyTime = method{stats.SampleSizeAlwaysValid, stats.SampleSizeOfMeansAlwaysValid}
)

// control returns the number of participants of the control that an effect needs. It is NaN if there cannot be such an effect.
func (s Situation) control(m method, effect float64) float64 {
	largest, alpha := math.NaN(), s.Alpha/float64(len(s.Shares)-1)
	for _, w := range s.Shares[1:] {
		var n float64
		if ratio := w / s.Shares[0]; s.Measure == analysis.MeasureMean {
			n = m.means(stats.MeanDesign{Mean: s.Baseline, SD: s.SD, Lift: effect, Alpha: alpha, Power: s.Power, Ratio: ratio})
		} else if rate := wanted(s.Baseline, effect); rate <= 0 {
			return math.NaN()
		} else {
			n = m.rates(stats.Design{Baseline: s.Baseline, Wanted: rate, Alpha: alpha, Power: s.Power, Ratio: ratio})
		}
		if !(n <= largest) {
			largest = n
		}
	}
	return largest
}

// wanted returns the rate of a challenger with the effect: above the baseline, or below
// it if that would be above 100%.
func wanted(baseline, effect float64) float64 {
	if up := baseline * (1 + effect); up < 1 {
		return up
	}
	return baseline * (1 - effect)
}

// Lift returns the effect with its sign: a rate that cannot rise by it falls.
func (s Situation) Lift() float64 {
	if s.Measure == analysis.MeasureRate && wanted(s.Baseline, s.Effect) < s.Baseline {
		return -s.Effect
	}
	return s.Effect
}

// size returns the sizes of all alternatives.
func (s Situation) size(effect, control float64) Size {
	all := Size{Effect: effect, Participants: make([]stats.Number, len(s.Shares))}
	for i, n := range stats.Allocation(control, s.Shares) {
		all.Participants[i] = stats.Number(n)
		all.Total += stats.Number(n)
	}
	all.Days = stats.Number(math.Ceil(float64(all.Total / s.PerDay)))
	return all
}

// Detectable is the smallest effect that a test detects in a number of days.
type Detectable struct {
	Situation

	Days         int          `json:"days"`
	Participants float64      `json:"participants"`        // of all alternatives
	AlwaysValid  stats.Number `json:"always_valid_effect"` // looked at any time; NaN: none
	Fixed        stats.Number `json:"fixed_effect"`        // one look at the end; NaN: none
}

// Detectable returns the smallest effect that the test detects in the given days.
func (s Situation) Detectable(days int) Detectable {
	n := float64(days) * float64(s.PerDay)
	return Detectable{
		Situation: s, Days: days, Participants: n,
		AlwaysValid: s.smallest(anyTime, n*s.Shares[0]),
		Fixed:       s.smallest(oneLook, n*s.Shares[0]),
	}
}

// smallest returns the smallest effect that needs no more than the given number of
// participants of the control, NaN if there is none.
func (s Situation) smallest(m method, control float64) stats.Number {
	const steps, largest, nearly = 200, 100.0, 1 - 1e-9
	lo, hi := 0.0, largest
	if s.Measure == analysis.MeasureRate { // up to a rate of nearly 100%
		hi = min(largest, (1-s.Baseline)/s.Baseline*nearly)
	}
	if s.control(m, hi) > control {
		return stats.Number(math.NaN())
	}
	for range steps {
		if middle := (lo + hi) / 2; s.control(m, middle) > control {
			lo = middle
		} else {
			hi = middle
		}
	}
	return stats.Number(hi)
}
