package dashboard

import (
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/internal/chart"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/stats"
)

// alternative is an alternative as the pages show it.
type alternative struct {
	*analysis.Alternative

	Series int    // index of its color and dashes
	Mark   string // badge; empty for none
	Share  string // of all participants
	// Estimate is the rate or mean by which alternatives are compared, and EstimateIn
	// its interval. Bar draws both.
	Estimate, EstimateIn string
	Bar                  chart.Bar
	// StandardizedText is the rate or mean that may be compared where shares changed.
	StandardizedText string
	// Effect is the lift over the control, and EffectIn its interval.
	Effect, EffectIn string
}

// seriesColors is the number of colors and dashes.
const seriesColors = 6

// alternatives returns the alternatives of an experiment, and the ends of the axis of
// their intervals, or nil if there is none.
func alternatives(r *analysis.Report) (all []alternative, ticks []string) {
	estimates, intervals := make([]stats.Number, len(r.Alternatives)), make([]stats.Interval, 0, len(r.Alternatives))
	write, writeInterval := format.Rate, format.RateInterval
	if r.Measure == analysis.MeasureMean {
		write, writeInterval = format.Value, format.ValueInterval
	}
	for i := range r.Alternatives {
		a := &r.Alternatives[i]
		x, in := a.Rate, a.RateIn
		if r.Measure == analysis.MeasureMean {
			x, in = a.Mean, a.MeanIn
		}
		if !x.Known() {
			in = stats.Interval{Lo: x, Hi: x}
		}
		estimates[i], intervals = x, append(intervals, in)
		effect, effectIn := r.Effect(*a)
		all = append(all, alternative{
			Alternative: a, Series: i % seriesColors, Mark: mark(r, a), Share: format.Fraction(a.Participants, r.Participants),
			Estimate: write(x, in), EstimateIn: writeInterval(in),
			Effect: effect, EffectIn: effectIn, StandardizedText: write(a.Standardized, in),
		})
	}
	axis := chart.NewAxis(intervals)
	for i := range all {
		all[i].Bar = axis.Bar(estimates[i], intervals[i], estimates[0])
	}
	if axis.Empty() {
		return all, nil
	}
	ends := stats.Interval{Lo: stats.Number(axis.Lo), Hi: stats.Number(axis.Hi)}
	return all, []string{write(ends.Lo, ends), write(ends.Hi, ends)}
}

// mark returns the badge of an alternative. There is none in a sample-ratio mismatch.
func mark(r *analysis.Report, a *analysis.Alternative) string {
	switch {
	case r.SampleRatio.Mismatch:
		return ""
	case a.Name == r.Counts.Record.Winner:
		return "winner"
	case a.Name == r.Verdict.Leader:
		return "best"
	case a.Standing == stats.StandingBetter:
		return "better"
	case a.Standing == stats.StandingWorse:
		return "worse"
	case a.Standing == stats.StandingEquivalent:
		return "no difference"
	default:
		return ""
	}
}

// Good reports whether the badge is green.
func (a alternative) Good() bool { return a.Mark == "winner" || a.Mark == "best" || a.Mark == "better" }

// verdict is a verdict as the pages show it.
type verdict struct {
	analysis.Verdict

	Label string // one or two words
	Tone  string // CSS class of its colors
}

// labels are the labels and tones of verdicts.
var labels = map[stats.State]verdict{
	stats.StateWinner:                {Label: "Better", Tone: "good"},
	stats.StateControlBest:           {Label: "Keep control", Tone: "settled"},
	stats.StateNoPracticalDifference: {Label: "No difference", Tone: "settled"},
	stats.StateInconclusive:          {Label: "Inconclusive", Tone: "warn"},
	stats.StateMismatch:              {Label: "Sample-ratio mismatch", Tone: "bad"},
	stats.StateInvalidCounts:         {Label: "Invalid counts", Tone: "bad"},
	stats.StateNoData:                {Label: "Waiting", Tone: "calm"},
	stats.StateKeepRunning:           {Label: "Running", Tone: "calm"},
}

func newVerdict(r *analysis.Report) verdict {
	v := labels[r.Verdict.State]
	v.Verdict = r.Verdict
	return v
}

// Broken reports whether the data is unreliable.
func (v verdict) Broken() bool { return v.Tone == "bad" }
