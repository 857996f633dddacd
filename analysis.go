package sixpack

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// confidence is that of the intervals which describe and decide nothing.
const confidence = 0.95

// analysis is Results as they are made.
type analysis struct {
	Results

	now      time.Time
	arms     []stats.Proportion // of all epochs
	values   []stats.Values     // of all epochs; nil if rates are compared
	question stats.Question
	answer   stats.Decision
}

func newAnalysis(counts store.Counts, kpi string, now time.Time) *analysis {
	r := counts.Record
	a := &analysis{now: now}
	a.Experiment, a.KPI, a.Primary = r.Name, kpi, kpi == r.PrimaryKPI()
	a.Counts, a.Plan, a.Measure = counts, planned(r.Plan), MeasureRate
	a.Participants, a.Excluded = participants(counts), counts.Excluded
	a.Alternatives = make([]AlternativeResults, len(r.Alternatives))
	a.arms = make([]stats.Proportion, len(r.Alternatives))
	for i, c := range counts.Alternatives {
		k := c.KPI(kpi)
		a.arms[i] = stats.Proportion{Participants: c.Participants(), Converted: k.Converted()}
		totals := k.Totals()
		a.values = append(a.values, values(c.Participants(), totals))
		if totals.NonZero != 0 {
			a.Measure = MeasureMean
		}
	}
	if a.Measure == MeasureRate {
		a.values = nil
	}
	a.question = stats.Question{
		Epochs: epochs(counts, kpi, a.Measure), Alpha: a.Plan.Alpha, MinEffect: a.Plan.Effect,
		Planned: a.Plan.Size, Fixed: a.Plan.Analysis == store.AnalysisFixed,
	}
	a.Stratified = len(a.question.Epochs) > 1
	return a
}

// describe sets what is known of each alternative by itself.
func (a *analysis) describe() {
	for i := range a.Alternatives {
		c, x := a.arms[i], unknown()
		x.Name, x.Control, x.Participants, x.Converted = a.Counts.Record.Alternatives[i], i == 0, c.Participants, c.Converted
		x.Events = a.Counts.Alternatives[i].KPI(a.KPI).Events()
		if c.Valid() {
			x.Rate, x.RateIn = Number(c.Rate()), interval(stats.Wilson(c, confidence))
		}
		if a.values != nil {
			v := a.values[i]
			x.Total, x.Mean, x.MeanIn = Number(v.Sum), Number(v.Mean()), interval(v.Interval(confidence))
		}
		l := stats.LegacyOf(a.arms[0], c, i == 0)
		x.Legacy = Legacy{Number(l.Rate), Number(l.Interval), Number(l.Statistic), l.Level}
		a.Alternatives[i] = x
	}
}

// judge compares the alternatives, and says what is to be done.
func (a *analysis) judge() {
	v := stats.Decide(a.question)
	a.answer = v
	a.Verdict.State = v.State
	if v.Leader >= 0 {
		a.Verdict.Leader = a.Alternatives[v.Leader].Name
	}
	a.SampleRatio = SampleRatio{
		Checked: v.Ratio.Freedom > 0, Mismatch: v.Ratio.Mismatch(), P: Number(v.Ratio.P),
		ChiSquared: Number(v.Ratio.ChiSquared), Freedom: v.Ratio.Freedom, ChiSquaredP: Number(v.Ratio.ChiSquaredP),
	}
	for i, arm := range v.Arms {
		x, c := &a.Alternatives[i], arm.Comparison
		x.Standing = arm.Standing
		if i > 0 {
			x.P, x.Level = Number(arm.AdjustedP), Number(1-arm.Alpha)
			x.Difference, x.DifferenceIn = Number(c.Difference), interval(c.DifferenceIn)
			x.Lift, x.LiftIn = Number(c.Lift), interval(c.LiftIn)
		}
	}
}

// weigh sets the chances, where anything may be said.
func (a *analysis) weigh() {
	e, constant := a.constant()
	if a.answer.Arms == nil || !constant {
		return
	}
	all := make([]int, len(e.Arms))
	for i := range all {
		all[i] = i
	}
	chances, losses := best(e, all...)
	for i := range a.Alternatives {
		x := &a.Alternatives[i]
		x.ChanceToBeBest, x.ExpectedLoss = Number(chances[i]), Number(losses[i])
		if i == 0 {
			continue
		}
		pair, _ := best(e, 0, i)
		x.ChanceToBeatControl = Number(pair[1])
		if e.Values == nil {
			lift := stats.CredibleLift(e.Arms[0], e.Arms[i], stats.Uniform, confidence)
			x.CredibleLift = Credible{interval(lift.Interval), Number(lift.Median)}
		}
	}
}

// constant returns what came while shares were constant, if they always were.
// Those whom nobody drew are left out where others were drawn.
func (a *analysis) constant() (drawn stats.Stratum, constant bool) {
	if len(a.question.Epochs) == 1 {
		return a.question.Epochs[0], true
	}
	for _, e := range a.question.Epochs {
		if e.Weights != nil {
			if constant {
				return drawn, false
			}
			drawn, constant = e, true
		}
	}
	return drawn, constant
}

// best returns the chances of some alternatives among themselves, and losses.
func best(e stats.Stratum, which ...int) (chances, losses []float64) {
	if e.Values != nil {
		return stats.BestMeans(pick(e.Values, which))
	}
	return stats.Best(pick(e.Arms, which), stats.Uniform)
}

func pick[T any](from []T, which []int) []T {
	some := make([]T, len(which))
	for i, w := range which {
		some[i] = from[w]
	}
	return some
}

// tell adds the outlook, and puts the verdict into words.
func (a *analysis) tell() {
	a.Outlook = a.outlook()
	t := stats.Telling{
		Question: a.question, Names: a.Counts.Record.Alternatives,
		Days: float64(a.Outlook.SoFar), DaysLeft: float64(a.Outlook.Days),
	}
	if a.Alternatives[0].ChanceToBeBest.Known() {
		for _, x := range a.Alternatives {
			t.Chances, t.Losses = append(t.Chances, float64(x.ChanceToBeBest)), append(t.Losses, float64(x.ExpectedLoss))
		}
	}
	a.Verdict.Words = a.answer.Words(t)
}

// epochs returns what each epoch brought in which anybody took part; one if
// nobody did.
func epochs(counts store.Counts, kpi string, m Measure) []stats.Stratum {
	var all []stats.Stratum
	for _, number := range numbers(counts) {
		e := epoch(counts, kpi, number)
		if m == MeasureRate {
			e.Values = nil
		}
		all = append(all, e)
	}
	return all
}

// numbers returns those of the epochs in which anybody took part, of the present
// one if nobody did.
func numbers(counts store.Counts) (all []uint32) {
	for _, a := range counts.Alternatives {
		for _, e := range a.Epochs {
			if e.Participants != 0 {
				all = append(all, e.Epoch)
			}
		}
	}
	if all == nil {
		return []uint32{counts.Record.Epoch.Number}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// epoch returns what one epoch brought.
func epoch(counts store.Counts, kpi string, number uint32) stats.Stratum {
	e := stats.Stratum{Weights: expected(counts, number)}
	for _, a := range counts.Alternatives {
		n := at(a.Epochs, number, epochOfParticipants).Participants
		c := at(a.KPI(kpi).Epochs, number, epochOfConversions)
		e.Arms = append(e.Arms, stats.Proportion{Participants: n, Converted: c.Converted})
		e.Values = append(e.Values, values(n, c))
	}
	return e
}

func epochOfParticipants(e store.EpochParticipants) uint32 { return e.Epoch }
func epochOfConversions(e store.EpochConversions) uint32   { return e.Epoch }
func epochNumber(e store.Epoch) uint32                     { return e.Number }

// at returns that of a list, by epoch, which is of a number: nothing if there is
// none.
func at[T any](list []T, number uint32, epoch func(T) uint32) (one T) {
	if i, found := find(list, number, epoch); found {
		one = list[i]
	}
	return one
}

// find returns where in a list, by epoch, that of a number is or would be.
func find[T any](list []T, number uint32, epoch func(T) uint32) (i int, found bool) {
	return slices.BinarySearchFunc(list, number, func(t T, number uint32) int { return cmp.Compare(epoch(t), number) })
}

// expected returns the shares that were set in an epoch, nil if none were:
// nobody drew the alternatives of those who were forced, or chose them.
func expected(counts store.Counts, number uint32) []float64 {
	i, found := find(counts.Epochs, number, epochNumber)
	if !found || number == 0 {
		return nil
	}
	return orEqual(counts.Epochs[i].Weights, len(counts.Alternatives))
}

// orEqual returns weights, or equal ones in place of none.
func orEqual(weights []float64, n int) []float64 {
	if weights != nil {
		return weights
	}
	return slices.Repeat([]float64{1}, n)
}

// values returns what a KPI's values come to among n participants.
func values(n int64, c store.EpochConversions) stats.Values {
	const million = 1e6
	return stats.Values{
		Participants: n, NonZero: c.NonZero, Sum: float(c.Sum) / million, Squares: float(c.Squares) / (million * million),
	}
}

func float(x *big.Int) float64 {
	if x == nil {
		return 0
	}
	f, _ := new(big.Float).SetInt(x).Float64()
	return f
}

// unknown returns results of which nothing is known yet.
func unknown() AlternativeResults {
	nan := Number(math.NaN())
	nowhere := Interval{nan, nan}
	return AlternativeResults{
		Rate: nan, RateIn: nowhere, Total: nan, Mean: nan, MeanIn: nowhere,
		P: nan, Level: nan, Difference: nan, DifferenceIn: nowhere, Lift: nan, LiftIn: nowhere,
		ChanceToBeatControl: nan, ChanceToBeBest: nan, ExpectedLoss: nan, CredibleLift: Credible{nowhere, nan},
	}
}
