package dashboard

import (
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
)

// alternative is one as a page shows it.
type alternative struct {
	*analysis.Alternative

	Series int    // of the colours and dashes
	Mark   string // what is to be said of it first, if anything
	Bar    bar
	Values bool   // it is compared by the mean of its values
	Share  string // of all participants
}

// seriesColours is how many colours and dashes there are.
const seriesColours = 6

// alternatives returns those of an experiment, and the axis of their intervals.
func alternatives(r *analysis.Report) ([]alternative, axis) {
	all := make([]alternative, len(r.Alternatives))
	intervals := make([]stats.Interval, 0, len(all))
	for i := range all {
		a := alternative{
			Alternative: &r.Alternatives[i], Series: i % seriesColours, Mark: mark(r, &r.Alternatives[i]),
			Values: r.Measure == analysis.MeasureMean, Share: percentage(r.Alternatives[i].Participants, r.Participants),
		}
		if a.estimate().Known() {
			intervals = append(intervals, a.interval())
		}
		all[i] = a
	}
	scale := newAxis(intervals)
	for i, a := range all {
		all[i].Bar = scale.bar(a.estimate(), a.interval(), all[0].estimate())
	}
	return all, scale
}

// mark returns what is to be said of an alternative first: nothing while the sample
// ratio is broken.
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

// estimate returns what the alternative is compared by.
func (a alternative) estimate() stats.Number {
	if a.Values {
		return a.Alternative.Mean
	}
	return a.Alternative.Rate
}

func (a alternative) interval() stats.Interval {
	if a.Values {
		return a.Alternative.MeanIn
	}
	return a.Alternative.RateIn
}

// Good tells whether Mark is to be green.
func (a alternative) Good() bool { return a.Mark == "winner" || a.Mark == "best" || a.Mark == "better" }

// Estimate returns what the alternative is compared by.
func (a alternative) Estimate() string {
	if a.Values {
		return a.Mean()
	}
	return a.Rate()
}

// EstimateIn returns the interval of it.
func (a alternative) EstimateIn() string {
	switch {
	case !a.estimate().Known():
		return ""
	case a.Values:
		return a.MeanIn()
	default:
		return a.RateIn()
	}
}

// Rate returns the fraction of participants that converted.
func (a alternative) Rate() string {
	return rate(a.Alternative.Rate, a.Alternative.RateIn)
}

// RateIn returns the interval of the rate.
func (a alternative) RateIn() string { return rateIn(a.Alternative.RateIn) }

// Total returns the sum of the values.
func (a alternative) Total() string { return total(a.Alternative.Total) }

// Mean returns the mean value per participant.
func (a alternative) Mean() string {
	return value(a.Alternative.Mean, a.Alternative.MeanIn)
}

// MeanIn returns the interval of the mean.
func (a alternative) MeanIn() string { return valueIn(a.Alternative.MeanIn) }

// Lift returns the lift against control.
func (a alternative) Lift() string { return lift(a.Alternative.Lift) }

// LiftIn returns the interval of the lift.
func (a alternative) LiftIn() string { return liftIn(a.Alternative.LiftIn) }

// ChanceToBeatControl returns the chance that it is better than control.
func (a alternative) ChanceToBeatControl() string {
	return chance(a.Alternative.ChanceToBeatControl)
}

// ChanceToBeBest returns the chance that it is better than all others.
func (a alternative) ChanceToBeBest() string { return chance(a.Alternative.ChanceToBeBest) }
