package sixpack

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// BanditSchedule says when an [Algorithm] that learns is asked for shares: then a new
// epoch begins, also if they stay as they are. Whichever engine notices that it
// is time does it, for all that share the store. Zero fields are the defaults;
// what is negative is none.
//
// So that nobody is judged before having had time to convert, an epoch's
// participants count when it ended a Window ago. Those whose alternative was
// forced or chosen for them never do.
type BanditSchedule struct {
	Window time.Duration // for a participant to convert; by default a day
	// MinParticipants is how many must count of each alternative before anything
	// is learned from them: 100.
	MinParticipants int64
	Interval        time.Duration // at least, between the beginnings of epochs; by default a minute
	// Batch and Growth are how many participants an epoch has at least: 100, and a
	// hundredth of all. Growth keeps epochs few: a thousand in 100 million
	// participants.
	Batch  int64
	Growth float64
	// Memory is of how many participants it is learned, the latest ones that count,
	// in whole epochs: where what works changes with the seasons, old ones mislead.
	// By default it is all.
	Memory int64
}

// orDefault returns b with defaults for what is zero, and 0 for what is negative.
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

// size returns how many participants an epoch has at least, of so many before it.
func (b BanditSchedule) size(before int64) int64 {
	return max(1, b.Batch, int64(math.Ceil(b.Growth*float64(before))))
}

// cohort is what an engine knows of the participants of an epoch, so that it
// asks the store only when there may be enough of them.
type cohort struct {
	mu    sync.Mutex // guards all below
	epoch uint32
	seen  int64     // participants that this engine let in
	ask   int64     // of seen, when the store is to be asked
	asked time.Time // last
	size  int64     // of the epoch, at least, as far as is known
	share float64   // of all participants that come to this engine, as far as is known
}

// arrive counts a participant, and tells whether to ask the store now. If so,
// nobody else is told until wait.
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

// wait says how many participants the epoch has, and how many it needs. Without
// these it asks again when the interval is over.
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

// count counts a new participant of an algorithm that learns, and begins an epoch
// if it is time. The participant is in already: if that fails, another one will
// bring it about.
func (e *Engine) count(ctx context.Context, r *store.Record, facts store.Facts) {
	epoch := r.Epoch
	if facts.Choice < 0 || facts.Reserved || facts.Epoch != epoch.Number {
		return
	}
	if c := e.cache.cohorts.of(r.Name); c.arrive(epoch, e.config.Bandit.Interval, e.config.Now) {
		have, need := e.begin(ctx, r.Name, epoch.Number)
		c.wait(epoch.Number, have, need)
	}
}

// begin begins a new epoch, if the present one is that of a number and has enough
// participants. It returns how many those are, and how many it needs; 0 of both
// if the store failed or the experiment is another by now.
func (e *Engine) begin(ctx context.Context, experiment string, number uint32) (have, need int64) {
	all, err := e.store.Counts(ctx, experiment)
	if err != nil || len(all) == 0 {
		return 0, 0
	}
	counts := all[0]
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

// drawn returns how many participants the present epoch has, and how many those
// before it have, without those whose alternative nobody drew.
func drawn(counts store.Counts) (present, before int64) {
	for _, a := range counts.Alternatives {
		for _, e := range a.Epochs {
			switch e.Epoch {
			case 0:
			case counts.Record.Epoch.Number:
				present += e.Participants
			default:
				before += e.Participants
			}
		}
	}
	return present, before
}

// arms returns what may be learned from, and the shares to begin with: these only
// while there is not enough.
func (b BanditSchedule) arms(counts store.Counts, now time.Time) []Arm {
	arms := declaredArms(&counts.Record)
	last := b.mature(counts.Epochs, now)
	first := b.remembered(counts.Alternatives, last)
	kpi := counts.Record.PrimaryKPI()
	learned := slices.Clone(arms)
	for i, a := range counts.Alternatives {
		n := came(a, first, last)
		k := store.KPICounts{Epochs: between(a.KPI(kpi).Epochs, first, last, epochOfConversions)}
		totals := k.Totals()
		x := &learned[i]
		x.Proportion = stats.Proportion{Participants: n, Converted: totals.Converted}
		x.Values = analysis.Values(n, totals)
		if x.Weight > 0 && came(a, 1, last) < b.MinParticipants || !x.Proportion.Valid() {
			return arms
		}
	}
	return learned
}

// remembered returns the first of the epochs to learn from, of which last is one:
// so that from there on they have as many participants as are remembered.
func (b BanditSchedule) remembered(alternatives []store.AlternativeCounts, last uint32) uint32 {
	first, missing := uint32(1), b.Memory
	if b.Memory == 0 {
		return first
	}
	for number := last; number > 0 && missing > 0; number-- {
		for _, a := range alternatives {
			missing -= came(a, number, number)
		}
		first = number
	}
	return first
}

// came returns how many participants came in some epochs.
func came(a store.AlternativeCounts, first, last uint32) (n int64) {
	for _, e := range between(a.Epochs, first, last, epochOfParticipants) {
		n += e.Participants
	}
	return n
}

// mature returns the last epoch that ended a Window ago, 0 for none. The present
// one ends now.
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

// between returns the elements of a list, sorted by epoch, from the first epoch to the last.
func between[T any](list []T, first, last uint32, epoch func(T) uint32) []T {
	before := func(t T, number uint32) int { return cmp.Compare(epoch(t), number) }
	from, _ := slices.BinarySearchFunc(list, first, before)
	to, _ := slices.BinarySearchFunc(list, last+1, before)
	return list[from:to]
}

func epochOfParticipants(e store.EpochParticipants) uint32 { return e.Epoch }
func epochOfConversions(e store.EpochConversions) uint32   { return e.Epoch }

// Learning is how an experiment's shares come about at present.
type Learning struct {
	Name      string    // of the algorithm in force: the engine's if nobody named another
	Algorithm Algorithm // nil if the engine has none of this name: the declared shares stay
	// Learns tells whether the algorithm may set other shares than those declared.
	// Only then, what follows says something.
	Learns bool
	Window time.Duration // for a participant to convert before it counts
	Needed int64         // participants of each alternative that must count; see [BanditSchedule]
	// Fewest is how many count of the alternative that has the fewest of them.
	Fewest int64
}

// Waits tells whether there is not enough yet to learn from.
func (l Learning) Waits() bool { return l.Learns && l.Fewest < l.Needed }

// Learning returns how the shares of an experiment come about, whose counts they
// are.
func (e *Engine) Learning(counts store.Counts) Learning {
	r, b := &counts.Record, e.config.Bandit
	l := Learning{Name: e.algorithmName(r), Algorithm: e.named(r)}
	l.Learns = l.Algorithm != nil && learns(l.Algorithm)
	if !l.Learns {
		return l
	}
	l.Window, l.Needed, l.Fewest = b.Window, b.MinParticipants, -1
	last := b.mature(counts.Epochs, e.config.Now())
	for i, arm := range declaredArms(r) {
		if arm.Weight == 0 {
			continue
		}
		if n := came(counts.Alternatives[i], 1, last); l.Fewest < 0 || n < l.Fewest {
			l.Fewest = n
		}
	}
	return l
}
