package analysis

import (
	"math"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Outlook is the number of participants that are still needed, and the days until they have come.
type Outlook struct {
	// Size is the planned number of participants over all alternatives. In an always-valid analysis without a planned size
	// it is the number that suffices to detect the plan's effect with the plan's power.
	Size    stats.Number `json:"size"`
	Missing stats.Number `json:"missing"`  // participants still missing to reach Size
	PerDay  stats.Number `json:"per_day"`  // participants per day, over at most the last seven whole days
	Days    stats.Number `json:"days"`     // until Size is reached
	SoFar   stats.Number `json:"days_run"` // days since the experiment was created, or since the first participant if that is earlier
}

func (b *builder) outlook() Outlook {
	nan, start := stats.Number(math.NaN()), b.start()
	o := Outlook{Size: stats.Number(b.Plan.Size), PerDay: b.participantsPerDay(start), Days: nan, SoFar: nan}
	if b.Plan.Size == 0 {
		o.Size = stats.Number(b.sufficientSize())
	}
	o.Missing = max(0, o.Size-stats.Number(b.Participants)) // NaN if Size is
	if !start.IsZero() {
		o.SoFar = stats.Number(b.now.Sub(start).Hours() / 24)
	}
	if o.Missing == 0 {
		o.Days = 0
	} else if b.Counts.Record.Open() && o.PerDay > 0 {
		o.Days = o.Missing / o.PerDay
	}
	return o
}

// start returns the time at which the experiment was created, or the start of an earlier day on which clients took part, as
// imported ones may. It is zero if the time of creation is unknown, because then the days are too.
func (b *builder) start() time.Time {
	created, zone := b.Counts.Record.Created, b.now.Location()
	first, ok := b.Counts.FirstDay()
	if !ok || created.IsZero() || first >= store.DayOf(created.In(zone)) {
		return created
	}
	return first.In(zone)
}

// participantsPerDay returns the mean over the last whole days, at most seven. On the first day it extrapolates from the
// hours so far.
func (b *builder) participantsPerDay(start time.Time) stats.Number {
	const week = 7
	today := store.DayOf(b.now)
	if start.IsZero() {
		return stats.Number(math.NaN())
	}
	first := max(today-week, store.DayOf(start.In(b.now.Location()))+1)
	if first >= today {
		hours := max(1, b.now.Sub(start).Hours())
		return stats.Number(float64(b.Participants) * 24 / hours)
	}
	var n int64
	for _, c := range b.Counts.Alternatives {
		for _, d := range c.Days {
			if d.Day >= first && d.Day < today {
				n += d.Participants
			}
		}
	}
	return stats.Number(float64(n) / float64(today-first))
}

// sufficientSize returns the number of participants over all alternatives that suffices to detect the plan's effect in an
// always-valid analysis; NaN if it is unknown.
func (b *builder) sufficientSize() (total float64) {
	weights := b.Counts.Record.Shares()
	control := math.NaN()
	for _, w := range weights[1:] {
		if w == 0 || weights[0] == 0 {
			continue
		}
		if n := b.sufficientForControl(w / weights[0]); !(n <= control) {
			control = n
		}
	}
	for _, n := range stats.Allocation(control, weights) {
		total += n
	}
	return total
}

// sufficientForControl returns the number of participants of the control that suffices if a challenger gets ratio
// participants for each of them.
func (b *builder) sufficientForControl(ratio float64) float64 {
	d := stats.Design{
		Baseline: b.Plan.Baseline, Alpha: b.Plan.Alpha / float64(b.challengers()), Power: b.Plan.Power, Ratio: ratio,
	}
	if b.values != nil {
		return b.sufficientForMean(d)
	}
	if d.Baseline == 0 {
		d.Baseline = b.arms[0].Rate()
	}
	if !(d.Baseline > 0 && d.Baseline < 1) {
		return math.NaN()
	}
	d.Wanted = d.Baseline * (1 + b.Plan.Effect)
	if d.Wanted >= 1 {
		d.Wanted = d.Baseline * (1 - b.Plan.Effect)
	}
	return stats.SampleSizeAlwaysValid(d)
}

// challengers returns the number of challengers that have weight or participants.
func (b *builder) challengers() (n int) {
	for i, w := range b.Counts.Record.Shares() {
		if i > 0 && (w > 0 || b.arms[i].Participants > 0) {
			n++
		}
	}
	return n
}

// sufficientForMean is sufficientForControl for means, by a rule of thumb: an always-valid analysis needs at most 2.2 times
// the participants of a single look.
func (b *builder) sufficientForMean(d stats.Design) float64 {
	const alwaysValid = 2.2
	v := b.values[0]
	if !(v.Mean() > 0) {
		return math.NaN()
	}
	return alwaysValid * stats.SampleSizeMean(d, math.Sqrt(v.Variance()), v.Mean()*b.Plan.Effect)
}
