package simulation

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// AA describes A/A tests: tests whose alternatives all have the same conversion rate,
// so that every difference that a method finds is a false positive.
type AA struct {
	Experiment     string    // on which the tests are modeled; empty: none
	KPI            string    // of Experiment
	Rate           float64   // in (0,1)
	Split          []float64 // weights of the alternatives, of any scale, control first
	Visitors, Days int
	PerDay         []int   // visitors of each day; nil: Visitors evenly over Days
	Delays         []int64 // numbers of conversions that took 0, 1, … days; nil: all convert at once
	Alpha          float64 // false-positive rate to which methods are held, in (0,0.1]
}

// LikeExperiment returns A/A tests modeled on an experiment: with its current weights, its
// visitors per day and the rate of its control, which is 0 without conversions. It leaves
// out alternatives with weight 0.
func LikeExperiment(c store.Counts, kpi string) AA {
	aa := AA{Experiment: c.Record.Name, KPI: kpi}
	for _, share := range c.Record.Shares() {
		if share > 0 {
			aa.Split = append(aa.Split, 100*share)
		}
	}
	if control := c.Alternatives[0]; control.Participants() > 0 {
		aa.Rate = float64(control.KPI(kpi).Converted()) / float64(control.Participants())
	}
	first, _ := c.FirstDay()
	for _, a := range c.Alternatives {
		for _, d := range a.Days {
			n, day := int(max(0, d.Participants)), int(d.Day-first)
			aa.PerDay = append(aa.PerDay, make([]int, max(0, day+1-len(aa.PerDay)))...)
			aa.PerDay[day] += n
			aa.Visitors += n
		}
	}
	aa.Days = len(aa.PerDay)
	return aa
}

// Delays returns the numbers of conversions for a KPI that took 0, 1, … days, nil if there are
// none. It stops at the first error of clients.
func Delays(clients iter.Seq2[store.Client, error], kpi string) (days []int64, err error) {
	for c, err := range clients {
		if err != nil {
			return nil, err
		}
		for _, v := range c.Conversions {
			if late := int(v.Day - c.Day); v.KPI == kpi && c.Choice >= 0 && late >= 0 {
				days = append(days, make([]int64, max(0, late+1-len(days)))...)
				days[late]++
			}
		}
	}
	return days, nil
}

// AAReport reports how often methods raised a false alarm in A/A tests.
type AAReport struct {
	Experiment string     `json:"experiment,omitempty"`
	KPI        string     `json:"kpi,omitempty"`
	Rate       float64    `json:"rate"`
	Split      []float64  `json:"split"`
	Visitors   int        `json:"visitors"`
	Days       int        `json:"days"`
	MeanDelay  float64    `json:"mean_delay_days"`
	Alpha      float64    `json:"alpha"`
	Seed       uint64     `json:"seed"`
	Runs       int        `json:"runs"`
	Asked      int        `json:"runs_asked"` // more than Runs if it was interrupted
	Methods    []AAMethod `json:"methods"`
}

// AAMethod reports how often one method raised a false alarm.
type AAMethod struct {
	Method   string     `json:"method"`
	Looks    Looks      `json:"looks"`
	Alarms   int        `json:"false_alarms"`
	Share    float64    `json:"share"`
	Range    [2]float64 `json:"range"`           // 95% interval of the share
	Visitors *int       `json:"median_visitors"` // to the first alarm; null without any
	Allowed  float64    `json:"allowed"`         // the share to which the method is held
}

// Run runs n tests in an engine, as [Runs] does. If it is interrupted, it returns the report
// of the tests that finished, if there are any, and the error.
func (a AA) Run(ctx context.Context, n int, seed uint64, done func()) (AAReport, error) {
	outcomes, err := Runs(ctx, a.scenario(), a.methods(), n, seed, done)
	r := a.report(outcomes)
	r.Seed, r.Asked = seed, n
	return r, err
}

func (a AA) scenario() Scenario {
	x := Scenario{
		Days: a.PerDay, Rates: Constant(slices.Repeat([]float64{a.Rate}, len(a.Split))...), Weights: a.Split,
		Open: InEngine(sixpack.Config{}),
	}
	if x.Days == nil {
		x.Days = Even(a.Visitors, a.Days)
	}
	if a.Delays != nil {
		x.Delay = a.delay
	}
	return x
}

// delay draws the number of days that a conversion takes.
func (a AA) delay(dice *rand.Rand) float64 {
	var all int64
	for _, n := range a.Delays {
		all += n
	}
	left := dice.Int64N(all)
	for days, n := range a.Delays {
		if left -= n; left < 0 {
			return float64(days)
		}
	}
	return 0 // not reached
}

func (a AA) meanDelay() float64 {
	var sum, all int64
	for days, n := range a.Delays {
		sum += int64(days) * n
		all += n
	}
	if all == 0 {
		return 0
	}
	return float64(sum) / float64(all)
}

// methods returns the methods that look at the tests, under the names of reports.
func (a AA) methods() []Method {
	verdict, z, best, fixed, ratio := Verdict(a.Alpha), ZTest(a.Alpha), Best(1-a.Alpha), Fixed(a.Alpha), SampleRatio()
	verdict.Name = "sixpack's verdict"
	z.Name = fmt.Sprintf("z-test, p < %.4g%%", 100*a.Alpha)
	best.Name = fmt.Sprintf("chance to be best > %.4g%%", 100*(1-a.Alpha))
	fixed.Name = "G-test, one look"
	ratio.Name = "sample ratio check"
	return []Method{verdict, verdict.At(EveryDay), z, z.At(EveryDay), best, best.At(EveryDay), fixed, ratio}
}

func (a AA) report(outcomes []Outcome) AAReport {
	r := AAReport{
		Experiment: a.Experiment, KPI: a.KPI, Rate: a.Rate, Split: a.Split, MeanDelay: a.meanDelay(),
		Alpha: a.Alpha, Runs: len(outcomes),
	}
	for _, n := range a.scenario().Days {
		r.Visitors += n
		r.Days++
	}
	methods := a.methods()
	for i, m := range methods {
		after := After(outcomes, i)
		p := portionOf(len(after), len(outcomes))
		one := AAMethod{Method: m.Name, Looks: m.Looks, Alarms: p.Runs, Share: p.Share, Range: p.Range, Allowed: a.Alpha}
		if i == len(methods)-1 { // the sample ratio check
			one.Allowed = stats.MismatchLevel
		}
		if n := len(after); n > 0 {
			one.Visitors = &after[n/2]
		}
		r.Methods = append(r.Methods, one)
	}
	return r
}
