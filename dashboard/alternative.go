package dashboard

import (
	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/stats"
)

// alternative is one as a page shows it.
type alternative struct {
	*sixpack.AlternativeResults

	Series int    // of the colours and dashes
	Mark   string // what is to be said of it first, if anything
	Bar    bar
	Values bool   // it is compared by the mean of its values
	Share  string // of all participants
}

// seriesColours is how many colours and dashes there are.
const seriesColours = 6

// alternatives returns those of an experiment.
func alternatives(r *sixpack.Results) []alternative {
	all := make([]alternative, len(r.Alternatives))
	intervals := make([]sixpack.Interval, len(all))
	for i := range all {
		all[i] = alternative{
			AlternativeResults: &r.Alternatives[i], Series: i % seriesColours,
			Mark: mark(r, &r.Alternatives[i]), Values: r.Measure == sixpack.Mean,
		}
		all[i].Share = rate(sixpack.Number(float64(r.Alternatives[i].Participants) / float64(r.Participants)))
		intervals[i] = all[i].interval()
	}
	scale := newAxis(intervals)
	for i := range all {
		all[i].Bar = scale.bar(all[i].estimate(), intervals[i], all[0].estimate())
	}
	return all
}

// mark returns what is to be said of an alternative first: nothing while the sample
// ratio is broken.
func mark(r *sixpack.Results, a *sixpack.AlternativeResults) string {
	switch {
	case r.SampleRatio.Mismatch:
		return ""
	case a.Name == r.Counts.Record.Winner:
		return "winner"
	case a.Name == r.Verdict.Leader:
		return "best"
	case a.Standing == stats.Better:
		return "better"
	case a.Standing == stats.Worse:
		return "worse"
	case a.Standing == stats.Equivalent:
		return "no difference"
	default:
		return ""
	}
}

// estimate returns what the alternative is compared by.
func (a alternative) estimate() sixpack.Number {
	if a.Values {
		return a.AlternativeResults.Mean
	}
	return a.AlternativeResults.Rate
}

func (a alternative) interval() sixpack.Interval {
	if a.Values {
		return a.AlternativeResults.MeanIn
	}
	return a.AlternativeResults.RateIn
}

// Good tells whether Mark is to be green.
func (a alternative) Good() bool { return a.Mark == "winner" || a.Mark == "best" || a.Mark == "better" }

// Compared tells whether there is a lift against the control.
func (a alternative) Compared() bool { return !a.Control && (a.Lift() != unknown || a.LiftIn() != "") }

// Estimate returns what the alternative is compared by.
func (a alternative) Estimate() string {
	if a.Values {
		return a.Mean()
	}
	return a.Rate()
}

// EstimateIn returns the interval of it.
func (a alternative) EstimateIn() string {
	if a.Values {
		return a.MeanIn()
	}
	return a.RateIn()
}

// What follows are the numbers as they are read.

func (a alternative) Rate() string   { return rate(a.AlternativeResults.Rate) }
func (a alternative) RateIn() string { return rateIn(a.AlternativeResults.RateIn) }
func (a alternative) Total() string  { return value(a.AlternativeResults.Total) }
func (a alternative) Mean() string   { return value(a.AlternativeResults.Mean) }
func (a alternative) MeanIn() string { return valueIn(a.AlternativeResults.MeanIn) }
func (a alternative) Lift() string   { return lift(a.AlternativeResults.Lift) }
func (a alternative) LiftIn() string { return liftIn(a.AlternativeResults.LiftIn) }
func (a alternative) ChanceToBeatControl() string {
	return chance(a.AlternativeResults.ChanceToBeatControl)
}
func (a alternative) ChanceToBeBest() string { return chance(a.AlternativeResults.ChanceToBeBest) }
