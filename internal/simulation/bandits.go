package simulation

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/stats"
)

// marks is the number of checkpoints of each test.
const marks = 100

// Bandits describes tests of several algorithms with the same visitors.
type Bandits struct {
	Algorithms     []string
	Rates          []float64 // conversion rates in (0,1), control first
	Visitors, Days int
	Window         time.Duration // after which participants count for an algorithm
	Delay          time.Duration // mean time from participation to conversion
	Drift          float64       // fraction by which all rates rise and fall together
}

// BanditsReport reports the results of algorithms in the same tests.
type BanditsReport struct {
	Rates      []float64         `json:"rates"`
	Visitors   int               `json:"visitors"`
	Days       int               `json:"days"`
	Window     float64           `json:"window_hours"`
	Delay      float64           `json:"delay_hours"`
	Drift      float64           `json:"drift"`
	Seed       uint64            `json:"seed"`
	Runs       int               `json:"runs"`
	Asked      int               `json:"runs_asked"` // more than Runs if it was interrupted
	Algorithms []AlgorithmReport `json:"algorithms"`
}

// AlgorithmReport reports the results of one algorithm.
type AlgorithmReport struct {
	Algorithm   string       `json:"algorithm"`
	Regret      Spread       `json:"regret"`      // lost conversions, see [Mark]
	Conversions float64      `json:"conversions"` // on average
	Ahead       Portion      `json:"best_ahead"`  // the best alternative had the most participants
	NamedBest   Portion      `json:"named_best"`  // the verdict named the best alternative
	NamedOther  Portion      `json:"named_other"`
	Shares      []float64    `json:"participants"` // of each alternative, on average, summing to 1
	Learned     bool         `json:"learned"`      // its shares changed in some test
	OverTime    []Checkpoint `json:"over_time"`
}

// A Checkpoint is the state of tests after some visitors.
type Checkpoint struct {
	Visitors int    `json:"visitors"`
	Regret   Spread `json:"regret"`
	Best     Spread `json:"best_share"` // share of the next visitors that get the best alternative
}

// A Spread is a mean over all tests, and the range of the middle 80% of them.
type Spread struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Portion is the number of tests in which something happened, and their share.
type Portion struct {
	Runs  int        `json:"runs"`
	Share float64    `json:"share"`
	Range [2]float64 `json:"range"` // 95% interval of the share
}

// Run simulates n tests of each algorithm, as [Courses] does. If it is interrupted, it returns
// the report of the tests that finished, if there are any, and the error.
func (b Bandits) Run(ctx context.Context, n int, seed uint64, done func()) (BanditsReport, error) {
	scenarios := make([]Scenario, len(b.Algorithms))
	for i, name := range b.Algorithms {
		scenarios[i] = b.scenario(name)
	}
	courses, err := Courses(ctx, scenarios, marks, n, seed, done)
	r := BanditsReport{
		Rates: b.Rates, Visitors: b.Visitors, Days: b.Days, Window: b.Window.Hours(), Delay: b.Delay.Hours(),
		Drift: b.Drift, Seed: seed, Runs: len(courses), Asked: n,
	}
	if len(courses) == 0 {
		return r, err
	}
	for i, name := range b.Algorithms {
		all := make([]Course, len(courses))
		for j := range courses {
			all[j] = courses[j][i]
		}
		r.Algorithms = append(r.Algorithms, b.summarize(name, all))
	}
	return r, err
}

func (b Bandits) scenario(algorithm string) Scenario {
	window := cmp.Or(b.Window, -1) // 0 would be the default of the engine
	c := sixpack.Config{Algorithm: algorithm, Bandit: sixpack.BanditSchedule{Window: window}}
	x := Scenario{
		Days: Even(b.Visitors, b.Days), Rates: Swinging(b.Drift, float64(b.Days), b.Rates...), Open: InEngine(c),
	}
	if b.Delay > 0 {
		x.Delay = Exponential(b.Delay.Hours() / 24)
	}
	return x
}

// summarize summarizes all tests of an algorithm.
func (b Bandits) summarize(name string, all []Course) AlgorithmReport {
	r := AlgorithmReport{Algorithm: name, Shares: make([]float64, len(b.Rates))}
	ahead, named, other := 0, 0, 0
	for _, c := range all {
		r.Learned = r.Learned || c.Learned
		if bestAhead(c.Arms, b.Rates) {
			ahead++
		}
		switch {
		case c.Named == None:
		case namedRightly(c.Named, b.Rates):
			named++
		default:
			other++
		}
		participants := 0.0
		for _, arm := range c.Arms {
			participants += float64(arm.Participants)
		}
		for i, arm := range c.Arms {
			r.Conversions += float64(arm.Converted) / float64(len(all))
			r.Shares[i] += float64(arm.Participants) / participants / float64(len(all))
		}
	}
	r.Ahead, r.NamedBest, r.NamedOther = portionOf(ahead, len(all)), portionOf(named, len(all)), portionOf(other, len(all))
	for i, m := range all[0].Marks {
		r.OverTime = append(r.OverTime, Checkpoint{
			m.Visitors,
			spreadOf(all, func(c Course) float64 { return c.Marks[i].Regret }),
			spreadOf(all, func(c Course) float64 { return c.Marks[i].Best }),
		})
	}
	r.Regret = r.OverTime[len(r.OverTime)-1].Regret
	return r
}

// bestAhead reports whether one of the best alternatives has the most participants.
func bestAhead(arms []stats.Proportion, rates []float64) bool {
	var largest, best int64
	for i, highest := range Highest(rates) {
		largest = max(largest, arms[i].Participants)
		if highest {
			best = max(best, arms[i].Participants)
		}
	}
	return best == largest
}

// namedRightly reports whether a verdict is right to name an alternative: whether it is a best
// one and better than the control or, if it is the control, better than all others.
func namedRightly(named int, rates []float64) bool {
	if named == 0 {
		return rates[0] > slices.Max(rates[1:])
	}
	return rates[named] == slices.Max(rates) && rates[named] > rates[0]
}

func portionOf(n, all int) Portion {
	const confidence = 0.95
	i := stats.Wilson(stats.Proportion{Participants: int64(all), Converted: int64(n)}, confidence)
	return Portion{n, float64(n) / float64(all), [2]float64{float64(i.Lo), float64(i.Hi)}}
}

func spreadOf(all []Course, value func(Course) float64) (s Spread) {
	const low, high = 0.1, 0.9
	values := make([]float64, len(all))
	for i, c := range all {
		values[i] = value(c)
		s.Mean += values[i]
	}
	s.Mean /= float64(len(all))
	slices.Sort(values)
	s.Low, s.High = quantile(values, low), quantile(values, high)
	return s
}

// quantile returns a quantile of sorted values, interpolated linearly.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	part := at - float64(below)
	return sorted[below]*(1-part) + sorted[above]*part
}
