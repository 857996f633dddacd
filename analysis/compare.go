package analysis

import (
	"slices"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Compare compares the alternatives by a KPI at any time, even if the experiment's plan asks for a single look. It is meant for
// guardrails, which are watched all the time; a verdict follows the plan.
func Compare(counts store.Counts, kpi string) stats.Decision {
	q := newBuilder(counts, kpi, time.Time{}).question
	q.Fixed, q.Planned = false, 0
	return stats.Decide(q)
}

// compare sets the verdict without its words, the sample ratio and the comparison of each alternative with the control.
func (b *builder) compare() {
	look, looked := b.look()
	if looked {
		b.question.Strata = b.strataOf(look)
	}
	d := stats.Decide(b.question)
	if looked && d.Arms != nil {
		d.State, d.Leader = stats.State(look.State), slices.Index(b.Counts.Record.Alternatives, look.Leader)
		b.Verdict.Final = look.At.In(b.now.Location())
	}
	b.decision = d
	b.Verdict.State = d.State
	if d.Leader >= 0 {
		b.Verdict.Leader = b.Alternatives[d.Leader].Name
	}
	b.SampleRatio = SampleRatio{
		Checked: d.Ratio.Freedom > 0, Mismatch: d.Ratio.Mismatch(), P: stats.Number(d.Ratio.P),
		ChiSquared: stats.Number(d.Ratio.ChiSquared), Freedom: d.Ratio.Freedom, ChiSquaredP: stats.Number(d.Ratio.ChiSquaredP),
	}
	if m := b.Counts.Record.Mismatch; m.Open() {
		b.SampleRatio.Since = m.At.In(b.now.Location())
	} else if !m.IsZero() {
		b.SampleRatio.Acknowledged = m.Acknowledged.In(b.now.Location())
	}
	for i, arm := range d.Arms {
		x, c := &b.Alternatives[i], arm.Comparison
		x.Standing = arm.Standing
		if i > 0 && arm.Standing != "" {
			x.P, x.Level = stats.Number(arm.AdjustedP), stats.Number(1-arm.Alpha)
			x.Difference, x.DifferenceIn = stats.Number(c.Difference), c.DifferenceIn
			x.Lift, x.LiftIn = stats.Number(c.Lift), c.LiftIn
		}
	}
}

// estimateChances sets the chances, the losses and the credible lifts if the alternatives were compared and the shares never
// changed. It leaves out alternatives without participants.
func (b *builder) estimateChances() {
	if b.decision.Arms == nil || b.Stratified {
		return
	}
	const probability = 0.95
	s := b.question.Strata[0]
	var present []int
	for i, c := range s.Arms {
		if c.Participants > 0 {
			present = append(present, i)
		}
	}
	chances, losses := best(only(s, present...))
	for j, i := range present {
		x := &b.Alternatives[i]
		x.ChanceToBeBest, x.ExpectedLoss = stats.Number(chances[j]), stats.Number(losses[j])
		if i == 0 {
			continue
		}
		if s.Values == nil {
			x.CredibleLift = stats.CredibleLift(s.Arms[0], s.Arms[i], stats.Uniform, probability)
		}
		chances, _ := best(only(s, 0, i))
		x.ChanceToBeatControl = stats.Number(chances[1])
	}
}

// only returns the counts of some alternatives.
func only(s stats.Stratum, indexes ...int) (o stats.Stratum) {
	for _, i := range indexes {
		o.Arms = append(o.Arms, s.Arms[i])
		if s.Values != nil {
			o.Values = append(o.Values, s.Values[i])
		}
	}
	return o
}

// best returns the probability of each alternative of being best, and its expected loss.
func best(s stats.Stratum) (chances, losses []float64) {
	if s.Values != nil {
		return stats.BestMeans(s.Values)
	}
	return stats.Best(s.Arms, stats.Uniform)
}
