package sixpack

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// BanditSchedule says when an algorithm that learns computes new shares, and from which
// participants. New shares begin an epoch, even if they are the same as before. One of
// the engines that share a store begins it for all. Zero fields mean the default,
// negative ones none.
//
// The participants of an epoch are mature, and counted, once it ended a Window ago.
// Participants whose alternative was forced or chosen are never counted.
type BanditSchedule struct {
	Window          time.Duration // for a participant to convert; default: a day
	MinParticipants int64         // mature participants of each alternative before anything is learned; default: 100
	Interval        time.Duration // minimum time between the starts of epochs; default: a minute
	// Batch and Growth set the minimum size of an epoch: a number of participants, by
	// default 100, and a fraction of all participants before, by default 0.01. Growth
	// limits the number of epochs, to about a thousand for 100 million participants.
	Batch  int64
	Growth float64
	// Memory is the number of the most recent mature participants to learn from, in
	// whole epochs. Older ones mislead if what works changes. Default: all.
	Memory int64
}

// orDefault returns b with defaults for zero fields, and 0 for negative ones.
func (b BanditSchedule) orDefault() BanditSchedule {
	return BanditSchedule{
		Window:          max(0, cmp.Or(b.Window, 24*time.Hour)),
		MinParticipants: max(0, cmp.Or(b.MinParticipants, 100)),
		Interval:        max(0, cmp.Or(b.Interval, time.Minute)),
		Batch:           max(0, cmp.Or(b.Batch, 100)),
		Growth:          max(0, cmp.Or(b.Growth, 0.01)),
		Memory:          max(0, b.Memory),
	}
}

// size returns the minimum number of participants of an epoch after so many others.
func (b BanditSchedule) size(before int64) int64 {
	return max(1, b.Batch, int64(math.Ceil(b.Growth*float64(before))))
}

// cohort is what an engine knows of the participants of the present epoch, so that it
// asks the store only when there may be enough of them.
type cohort struct {
	mu    sync.Mutex // guards all below
	epoch uint32
	seen  int64     // participants that this engine admitted
	ask   int64     // the value of seen at which to ask the store
	asked time.Time // last
	size  int64     // minimum size of the epoch, as last known
	share float64   // fraction of all participants that this engine admits, as last known
}

// arrive counts a participant and reports whether to ask the store now. If so, it does
// not report it again before a call of wait.
func (c *cohort) arrive(epoch store.Epoch, interval time.Duration, now func() time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch.Number {
		c.epoch, c.seen = epoch.Number, 0
		c.ask = int64(math.Ceil(float64(c.size) * c.share))
	}
	c.seen++
	if c.seen < c.ask {
		return false
	}
	if t := now(); t.Sub(epoch.Start) >= interval && t.Sub(c.asked) >= interval {
		c.asked, c.ask = t, math.MaxInt64
		return true
	}
	return false
}

// wait sets how many participants the epoch has and how many it needs. If both are 0, the
// store is asked again after the interval.
func (c *cohort) wait(epoch uint32, have, need int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size = cmp.Or(need, c.size)
	if c.epoch != epoch {
		return
	}
	if need == 0 {
		c.ask = c.seen + 1
		return
	}
	c.share = min(1, float64(c.seen)/float64(max(1, have)))
	c.ask = c.seen + max(1, int64(math.Ceil(float64(need-have)*c.share)))
}

// count counts a new participant of an algorithm that learns, and begins an epoch if it
// is time. If that fails, a later participant retries.
func (e *Engine) count(ctx context.Context, r *store.Record, facts store.Facts) {
	epoch := r.Epoch
	if facts.Choice < 0 || facts.Reserved || facts.Epoch != epoch.Number {
		return
	}
	if c := &e.cache.of(r.Name).cohort; c.arrive(epoch, e.config.Bandit.Interval, e.config.Now) {
		have, need := e.begin(ctx, r.Name, epoch.Number)
		c.wait(epoch.Number, have, need)
	}
}

// begin begins a new epoch if the present one has the given number and enough
// participants. It returns how many it has and needs, or 0 for both if the store failed
// or the epoch is another by now.
func (e *Engine) begin(ctx context.Context, experiment string, number uint32) (have, need int64) {
	counts, err := e.Counts(ctx, experiment)
	if err != nil {
		return 0, 0
	}
	r := &counts.Record
	algorithm := e.algorithm(r)
	if r.Epoch.Number != number || !learns(algorithm) {
		e.remember(experiment, r)
		return 0, 0
	}
	have, before := drawn(counts)
	need = e.config.Bandit.size(before)
	if have < need {
		return have, need
	}
	now := e.config.Now()
	changed := r.Clone()
	changed.Epoch = store.Epoch{Number: number + 1, Start: now, Weights: weigh(algorithm, e.config.Bandit.arms(counts, now))}
	facts, err := e.store.Save(ctx, changed)
	if err != nil {
		return 0, 0
	}
	e.update(experiment, &changed, facts)
	return have, need
}

// drawn returns the numbers of participants in the present epoch and in the epochs before
// it, without those whose alternative was forced or chosen.
func drawn(counts store.Counts) (present, before int64) {
	number := counts.Record.Epoch.Number
	for _, a := range counts.Alternatives {
		present += a.Between(number, number)
		before += a.Between(1, number-1)
	}
	return present, before
}

// arms returns the alternatives with their declared shares and, if there are enough, the
// counts of mature participants.
func (b BanditSchedule) arms(counts store.Counts, now time.Time) []bandit.Arm {
	arms := declaredArms(&counts.Record)
	last := b.mature(counts.Epochs, now)
	first := b.remembered(counts.Alternatives, last)
	kpi := counts.Record.PrimaryKPI()
	mean := analysis.MeasureOf(counts, kpi) == store.MeasureMean
	learned := slices.Clone(arms)
	for i, a := range counts.Alternatives {
		n, totals := a.Between(first, last), a.KPI(kpi).Between(first, last)
		x := &learned[i]
		x.Proportion = stats.Proportion{Participants: n, Converted: totals.Converted}
		if mean {
			x.Values = analysis.ValuesOf(n, totals)
		}
		if x.Weight > 0 && a.Between(1, last) < b.MinParticipants || !x.Proportion.Valid() {
			return arms
		}
	}
	if mean && !slices.ContainsFunc(learned, func(x bandit.Arm) bool { return x.Values.NonZero != 0 }) {
		return arms // rates would decide
	}
	return learned
}

// remembered returns the first epoch to learn from, so that the epochs from there to last
// have at least Memory participants.
func (b BanditSchedule) remembered(alternatives []store.AlternativeCounts, last uint32) uint32 {
	first, missing := uint32(1), b.Memory
	if b.Memory == 0 {
		return first
	}
	for number := last; number > 0 && missing > 0; number-- {
		for _, a := range alternatives {
			missing -= a.Between(number, number)
		}
		first = number
	}
	return first
}

// mature returns the last epoch that ended at least a Window ago, or 0. The present one
// ends now.
func (b BanditSchedule) mature(epochs []store.Epoch, now time.Time) (last uint32) {
	for i, e := range epochs {
		end := now
		if i+1 < len(epochs) {
			end = epochs[i+1].Start
		}
		if now.Sub(end) >= b.Window {
			last = e.Number
		}
	}
	return last
}

// Learning describes how the shares of an experiment are set at present.
type Learning struct {
	Name      string           // of the algorithm in effect
	Algorithm bandit.Algorithm // nil if the engine does not know it, so that the declared shares remain
	Learns    bool             // whether it may set other shares than the declared ones; else the rest is zero
	Window    time.Duration    // for a participant to convert, as in [BanditSchedule]
	Needed    int64            // mature participants that each alternative needs before anything is learned
	Fewest    int64            // mature participants of the alternative with the fewest
}

// Waits reports whether there are too few participants to learn from.
func (l Learning) Waits() bool { return l.Learns && l.Fewest < l.Needed }

// Learning reports how the shares of the experiment with these counts are set.
func (e *Engine) Learning(counts store.Counts) Learning {
	r, b := &counts.Record, e.config.Bandit
	l := Learning{Name: e.algorithmName(r), Algorithm: e.named(r)}
	if l.Learns = l.Algorithm != nil && learns(l.Algorithm); !l.Learns {
		return l
	}
	l.Window, l.Needed, l.Fewest = b.Window, b.MinParticipants, math.MaxInt64
	last := b.mature(counts.Epochs, e.config.Now())
	for i, share := range declaredShares(r) {
		if share > 0 {
			l.Fewest = min(l.Fewest, counts.Alternatives[i].Between(1, last))
		}
	}
	return l
}
