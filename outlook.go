package sixpack

import (
	"math"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// outlook returns what is still needed.
func (a *analysis) outlook() Outlook {
	began := a.began()
	o := Outlook{Size: Number(a.Plan.Size), PerDay: a.perDay(began), Days: Number(math.NaN()), SoFar: Number(math.NaN())}
	if a.Plan.Size == 0 {
		o.Size = Number(a.enough())
	}
	o.Missing = max(0, o.Size-Number(a.Participants)) // NaN if Size is
	if !began.IsZero() {
		o.SoFar = Number(a.now.Sub(began).Hours() / 24)
	}
	if a.open() && (o.Missing == 0 || o.PerDay > 0) {
		o.Days = o.Missing / o.PerDay
	}
	if o.Missing == 0 {
		o.Days = 0
	}
	return o
}

// open tells whether anybody may still take part.
func (a *analysis) open() bool {
	return a.Counts.Record.Open()
}

// began returns when the experiment did: when it was created, or at the beginning of
// an earlier day on which clients took part, as those may who were imported. It is
// zero if the time at which it was created is unknown, as the days then are.
func (a *analysis) began() time.Time {
	created, zone := a.Counts.Record.Created, a.now.Location()
	first, ok := a.Counts.FirstDay()
	if !ok || created.IsZero() || first >= store.DayOf(created.In(zone)) {
		return created
	}
	return first.In(zone)
}

// perDay returns how many took part on each of the last whole days, at most seven.
// On the first day it is how many would, if they went on coming as they did.
func (a *analysis) perDay(began time.Time) Number {
	const week = 7
	today := store.DayOf(a.now)
	if began.IsZero() {
		return Number(math.NaN())
	}
	first := max(today-week, store.DayOf(began.In(a.now.Location()))+1)
	if first >= today {
		hours := max(1, a.now.Sub(began).Hours())
		return Number(float64(a.Participants) * 24 / hours)
	}
	var n int64
	for _, c := range a.Counts.Alternatives {
		for _, d := range c.Days {
			if d.Day >= first && d.Day < today {
				n += d.Participants
			}
		}
	}
	return Number(float64(n) / float64(today-first))
}

// enough returns how many participants of all alternatives suffice to find the
// plan's effect, NaN if that cannot be told.
func (a *analysis) enough() (total float64) {
	weights := orEqual(a.Counts.Record.Epoch.Weights, len(a.arms))
	control := math.NaN()
	for _, w := range weights[1:] {
		if w == 0 || weights[0] == 0 {
			continue
		}
		if n := a.enoughFor(w / weights[0]); !(n <= control) {
			control = n
		}
	}
	for _, w := range weights {
		total += math.Ceil(control * w / weights[0])
	}
	return total
}

// enoughFor returns how many participants of control suffice, when a challenger
// gets so many for each of them.
func (a *analysis) enoughFor(ratio float64) float64 {
	p := stats.Design{
		Baseline: a.Plan.Baseline, Alpha: a.Plan.Alpha / float64(len(a.arms)-1), Power: a.Plan.Power, Ratio: ratio,
	}
	if a.values != nil {
		return a.enoughValues(p)
	}
	if p.Baseline == 0 {
		p.Baseline = a.arms[0].Rate()
	}
	if !(p.Baseline > 0 && p.Baseline < 1) {
		return math.NaN()
	}
	p.Wanted = p.Baseline * (1 + a.Plan.Effect)
	if p.Wanted >= 1 {
		p.Wanted = p.Baseline * (1 - a.Plan.Effect)
	}
	return stats.SampleSizeAlwaysValid(p)
}

// enoughValues is enoughFor for means, by a rule of thumb: looking at any time
// takes at most 2.2 times as many as one look.
func (a *analysis) enoughValues(p stats.Design) float64 {
	const anyTime = 2.2
	v := a.values[0]
	if !(v.Mean() > 0) {
		return math.NaN()
	}
	return anyTime * stats.SampleSizeMean(p, math.Sqrt(v.Variance()), v.Mean()*a.Plan.Effect)
}
