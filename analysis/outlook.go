package analysis

import (
	"math"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Outlook is the number of participants that are still needed, and the days until they have come.
//
// An always-valid analysis ends as soon as it is decided. If the plan's effect is real, that is typically at TypicalSize, and
// at the latest, with the plan's power, at Size. For a fixed analysis both are the planned size.
type Outlook struct {
	// Size is the planned number of participants over all alternatives. In an always-valid analysis without a planned size
	// it is the number that suffices to detect the plan's effect with the plan's power.
	Size    stats.Number `json:"size"`
	Missing stats.Number `json:"missing"` // participants still missing to reach Size
	// TypicalSize is the number of participants at which an always-valid analysis typically detects the plan's effect:
	// [stats.TypicalLength] sizes of a single look, at most Size.
	TypicalSize stats.Number `json:"typical_size"`
	PerDay      stats.Number `json:"per_day"`      // participants per day, over at most the last seven whole days
	Days        stats.Number `json:"days"`         // until Size is reached
	TypicalDays stats.Number `json:"typical_days"` // until TypicalSize is reached, 0 if it was
	SoFar       stats.Number `json:"days_run"`     // days since the experiment was created, or since the first participant if that is earlier
}

func (b *builder) outlook() Outlook {
	nan, start := stats.Number(math.NaN()), b.start()
	o := Outlook{PerDay: b.participantsPerDay(start), SoFar: nan}
	o.TypicalSize, o.Size = b.sufficientSizes()
	if planned := stats.Number(b.Plan.Size); planned > 0 {
		o.Size, o.TypicalSize = planned, min(planned, o.TypicalSize)
		if b.Plan.Analysis == store.AnalysisFixed {
			o.TypicalSize = planned
		}
	}
	if !start.IsZero() {
		o.SoFar = stats.Number(b.now.Sub(start).Hours() / 24)
	}
	o.Missing, o.Days = b.until(o.Size, o.PerDay)
	_, o.TypicalDays = b.until(o.TypicalSize, o.PerDay)
	return o
}

// until returns the number of participants that are missing to reach a size, and the days until they have come. Each is NaN if
// it is unknown.
func (b *builder) until(size, perDay stats.Number) (missing, days stats.Number) {
	missing, days = max(0, size-stats.Number(b.Participants)), stats.Number(math.NaN()) // NaN if size is
	switch {
	case missing == 0:
		days = 0
	case b.Counts.Record.Open() && perDay > 0:
		days = missing / perDay
	}
	return missing, days
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

// sufficientSizes returns the numbers of participants over all alternatives after which an always-valid analysis detects the
// plan's effect: typically, and with the plan's power. They are NaN if they are unknown.
func (b *builder) sufficientSizes() (typical, longest stats.Number) {
	weights := b.Counts.Record.Shares()
	once, anyTime := math.NaN(), math.NaN() // participants of the control
	for _, w := range weights[1:] {
		if w == 0 || weights[0] == 0 {
			continue
		}
		if n, m := b.sufficientForControl(w / weights[0]); !(m <= anyTime) {
			once, anyTime = n, m
		}
	}
	return total(stats.TypicalLength*once, weights), total(anyTime, weights)
}

// total returns the participants over all alternatives if the control gets the given number.
func total(control float64, weights []float64) (n stats.Number) {
	for _, x := range stats.Allocation(control, weights) {
		n += stats.Number(x)
	}
	return n
}

// sufficientForControl returns the numbers of participants of the control that a single look needs, and that suffice at any
// time, if a challenger gets ratio participants for each of them.
func (b *builder) sufficientForControl(ratio float64) (once, anyTime float64) {
	if b.values != nil {
		d := b.meanDesign(ratio)
		return stats.SampleSizeOfMeans(d), stats.SampleSizeOfMeansAlwaysValid(d)
	}
	d := b.design(ratio)
	if d.Wanted >= 1 {
		d.Wanted = d.Baseline * (1 - b.Plan.Effect)
	}
	return stats.SampleSize(d), stats.SampleSizeAlwaysValid(d)
}

// design returns the design of a comparison of rates; its Baseline is NaN if it is unknown.
func (b *builder) design(ratio float64) stats.Design {
	baseline := b.Plan.Baseline
	if baseline == 0 {
		baseline = b.arms[0].Rate()
	}
	if !(baseline > 0 && baseline < 1) {
		baseline = math.NaN()
	}
	return stats.Design{
		Baseline: baseline, Wanted: baseline * (1 + b.Plan.Effect), Alpha: b.alpha(), Power: b.Plan.Power, Ratio: ratio,
	}
}

// meanDesign returns the design of a comparison of means.
func (b *builder) meanDesign(ratio float64) stats.MeanDesign {
	v := b.values[0]
	return stats.MeanDesign{
		Mean: v.Mean(), SD: math.Sqrt(v.Variance()), Lift: b.Plan.Effect, Alpha: b.alpha(), Power: b.Plan.Power, Ratio: ratio,
	}
}

// alpha returns the false-positive rate of one comparison.
func (b *builder) alpha() float64 { return b.Plan.Alpha / float64(b.challengers()) }

// challengers returns the number of challengers that have weight or participants.
func (b *builder) challengers() (n int) {
	for i, w := range b.Counts.Record.Shares() {
		if i > 0 && (w > 0 || b.arms[i].Participants > 0) {
			n++
		}
	}
	return n
}
