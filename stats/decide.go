package stats

import (
	"cmp"
	"math"
	"slices"
)

// State is the conclusion on an experiment.
type State string

// The states, in the order in which they are considered.
const (
	StateInvalidCounts         State = "invalid_counts"          // an alternative has more conversions than participants, or a count below 0
	StateNoData                State = "no_data"                 // the control has no participants, or no challenger has any
	StateMismatch              State = "srm"                     // sample-ratio mismatch: the data is unreliable
	StateWinner                State = "winner"                  // a challenger is better
	StateControlBest           State = "control_best"            // all challengers are worse
	StateNoPracticalDifference State = "no_practical_difference" // no challenger is better, and those that are not worse are equivalent
	StateInconclusive          State = "inconclusive"            // the planned size is reached without any of the above
	StateKeepRunning           State = "keep_running"
)

// Standing is the relation of an alternative to the control.
type Standing string

// The standings.
const (
	StandingControl    Standing = "control"
	StandingBetter     Standing = "better"
	StandingWorse      Standing = "worse"
	StandingEquivalent Standing = "equivalent" // within the smallest effect that matters
	StandingUndecided  Standing = "undecided"
)

// Stratum holds the counts of the alternatives, the control first, in a period of constant shares. A conversion belongs to the
// stratum in which its participant entered.
type Stratum struct {
	Arms    []Proportion
	Values  []Values  // nil unless mean values are compared
	Weights []float64 // expected shares, of any scale; nil if there are none, so that the sample ratio is not checked
}

// Question asks [Decide] about a whole experiment.
type Question struct {
	// Strata, at least one, in the order of time, all have the same alternatives, at least two. They must count only participants
	// whose alternative was drawn: those who chose one, or for whom it was chosen, differ in more than the alternative.
	Strata    []Stratum
	Alpha     float64 // the false-positive rate, in (0,1)
	MinEffect float64 // the smallest lift that matters, in either direction, above 0
	Planned   int64   // planned number of participants of the whole experiment; 0 for none
	// Fixed asks for a single look, as soon as there are Planned participants. Before that nothing is compared.
	Fixed bool
	// Ratio is the check of the sample ratio, if not all of Strata are to be checked. Nil checks them by SampleRatio.
	Ratio *Ratio
}

// Decision is the answer to a [Question].
type Decision struct {
	State State
	// Leader is, for StateWinner, the better one of Arms with the largest lift, or difference where there are no lifts, and the
	// control for StateControlBest; otherwise -1. With several strata the lift is the stratified one, not that of all participants.
	Leader int
	// Arms is nil if the counts are unreliable, or if it is too early for a single look.
	Arms  []ArmDecision
	Ratio Ratio // the check of the sample ratio; its P is 1 if nothing could be checked
}

// ArmDecision compares one alternative with the control. The control itself has only a Standing. An alternative that is left out
// has none.
type ArmDecision struct {
	Standing   Standing
	AdjustedP  float64 // adjusted by [Holm]
	Alpha      float64 // 1 minus the level of the intervals, which exclude 0 exactly if AdjustedP is at most Question.Alpha
	Comparison Comparison
}

// Decide answers a question about an experiment. It compares each challenger with the control by [AlwaysValid], by
// [Stratified] if there are several strata, or by [MeansStratified] if there are values. For a Fixed look it uses [Fixed], the
// test of Mantel and Haenszel, or [Welch] with variances of at least the pooled variance. [Holm] adjusts for the number of
// challengers.
//
// An alternative without participants is left out if it has no weight in any stratum. If it has, and 100 or more participants
// were expected, that is a sample-ratio mismatch.
func Decide(q Question) Decision {
	d := Decision{Leader: -1, Ratio: Ratio{P: 1, ChiSquaredP: 1}}
	all := q.total()
	if q.invalid() {
		d.State = StateInvalidCounts
		return d
	}
	if q.Ratio == nil {
		q.Ratio = new(q.SampleRatio())
	}
	d.Ratio = *q.Ratio
	switch {
	case !anyPair(all) && (!d.Ratio.Mismatch() || q.missing(all) == 1):
		d.Ratio, d.State = Ratio{P: 1, ChiSquaredP: 1}, StateNoData
	case d.Ratio.Mismatch():
		d.State = StateMismatch
	case q.Fixed && all.Participants() < q.Planned:
		d.State = StateKeepRunning
	default:
		d.Arms = q.compareAll(all)
		d.State, d.Leader = q.conclude(d.Arms, all)
	}
	return d
}

// total returns the sum of all strata, without values and weights.
func (q Question) total() Stratum {
	all := Stratum{Arms: make([]Proportion, len(q.Strata[0].Arms))}
	for _, s := range q.Strata {
		for i, c := range s.Arms {
			all.Arms[i].Participants += c.Participants
			all.Arms[i].Converted += c.Converted
		}
	}
	return all
}

// score returns the number by which alternatives are ranked: the mean value, or the rate.
func (s Stratum) score(i int) float64 {
	if len(s.Values) > 0 {
		return s.Values[i].Mean()
	}
	return s.Arms[i].Rate()
}

// Participants returns the number of participants of all alternatives.
func (s Stratum) Participants() (n int64) {
	for _, c := range s.Arms {
		n += c.Participants
	}
	return n
}

// invalid reports whether any counts are impossible.
func (q Question) invalid() bool {
	return slices.ContainsFunc(q.Strata, func(s Stratum) bool {
		return slices.ContainsFunc(s.Arms, func(c Proportion) bool { return !c.Valid() })
	})
}

// anyPair reports whether the control and a challenger have participants.
func anyPair(all Stratum) bool {
	some := func(c Proportion) bool { return c.Participants > 0 }
	return some(all.Arms[0]) && slices.ContainsFunc(all.Arms[1:], some)
}

// missing returns the probability with which chance alone leaves the most expected one of the alternatives without participants,
// if it should have 100 or more, and otherwise 1.
func (q Question) missing(all Stratum) float64 {
	const enough = 100
	lowest := 1.0
	for i, c := range all.Arms {
		expected, log := 0.0, 0.0
		for _, s := range q.Strata {
			if s.Weights != nil && c.Participants == 0 {
				share, n := Shares(s.Weights)[i], float64(s.Participants())
				expected += n * share
				log += n * math.Log1p(-share)
			}
		}
		if expected >= enough {
			lowest = min(lowest, math.Exp(log))
		}
	}
	return lowest
}

// leftOut reports whether an alternative has neither participants nor weight.
func (q Question) leftOut(i int, all Stratum) bool {
	weighted := func(s Stratum) bool { return len(s.Weights) > 0 && s.Weights[i] > 0 }
	return all.Arms[i].Participants == 0 && !slices.ContainsFunc(q.Strata, weighted)
}

// SampleRatio checks the sample ratio of the strata that have expected shares. Its P is at most the probability with which chance
// alone leaves an alternative without participants, if that should have 100 or more.
func (q Question) SampleRatio() Ratio {
	var splits []Split
	for _, s := range q.Strata {
		if s.Weights == nil {
			continue
		}
		split := Split{Weights: s.Weights, Participants: make([]int64, len(s.Arms))}
		for i, c := range s.Arms {
			split.Participants[i] = c.Participants
		}
		splits = append(splits, split)
	}
	r := CheckSampleRatioOverTime(splits)
	if len(q.Strata) > 0 {
		r.P = min(r.P, q.missing(q.total()))
	}
	return r
}

// compareAll compares all challengers with the control, except those that are left out.
func (q Question) compareAll(all Stratum) []ArmDecision {
	arms := make([]ArmDecision, len(all.Arms))
	arms[0] = ArmDecision{Standing: StandingControl}
	var challengers []int
	var p []float64
	for i := range arms[1:] {
		if !q.leftOut(i+1, all) {
			challengers, p = append(challengers, i+1), append(p, q.p(i+1))
		}
	}
	adjusted, step := Holm(p, q.Alpha)
	for j, i := range challengers {
		c := q.compare(i, step[j])
		arms[i] = ArmDecision{Standing: q.standing(adjusted[j], c), AdjustedP: adjusted[j], Alpha: step[j], Comparison: c}
	}
	return arms
}

// p returns the p-value of a challenger. Where it can, it leaves out the intervals, which take nearly all of the time.
func (q Question) p(i int) float64 {
	if q.Fixed || q.Strata[0].Values != nil {
		return q.compare(i, q.Alpha).P
	}
	pairs := q.pairs(i)
	if len(pairs) != 1 {
		return StratifiedEvidence(pairs).P()
	}
	return EvidenceOf(pairs[0].Control, pairs[0].Challenger).P()
}

// pairs returns the control and a challenger in each stratum in which both have participants.
func (q Question) pairs(i int) (pairs []Pair) {
	for _, s := range q.Strata {
		if s.Arms[0].Participants > 0 && s.Arms[i].Participants > 0 {
			pairs = append(pairs, Pair{s.Arms[0], s.Arms[i]})
		}
	}
	return pairs
}

// compare compares a challenger with the control.
func (q Question) compare(i int, alpha float64) (c Comparison) {
	if q.Strata[0].Values != nil {
		return q.compareValues(i, alpha)
	}
	switch pairs := q.pairs(i); {
	case len(pairs) != 1:
		c, _ = stratified(pairs, look(q.Fixed), alpha)
	case q.Fixed:
		c = Fixed(pairs[0].Control, pairs[0].Challenger, 1-alpha)
	default:
		c, _ = AlwaysValid(pairs[0].Control, pairs[0].Challenger, alpha)
	}
	return c
}

func (q Question) compareValues(i int, alpha float64) Comparison {
	var pairs []ValuePair
	for _, s := range q.Strata {
		if s.Values[0].Participants > 0 && s.Values[i].Participants > 0 {
			pairs = append(pairs, ValuePair{s.Values[0], s.Values[i]})
		}
	}
	c, _ := stratifiedMeans(pairs, look(q.Fixed), alpha)
	return c
}

func (q Question) standing(adjusted float64, c Comparison) Standing {
	switch {
	case adjusted <= q.Alpha && c.Difference > 0:
		return StandingBetter
	case adjusted <= q.Alpha:
		return StandingWorse
	case -q.MinEffect < float64(c.LiftIn.Lo) && float64(c.LiftIn.Hi) < q.MinEffect:
		return StandingEquivalent
	default:
		return StandingUndecided
	}
}

// conclude derives the state and the leader from the standings.
func (q Question) conclude(arms []ArmDecision, total Stratum) (State, int) {
	leader, all, challengers := -1, make(map[Standing]int), 0
	for i, a := range arms[1:] {
		all[a.Standing]++
		if a.Standing != "" {
			challengers++
		}
		if a.Standing == StandingBetter && (leader < 0 || a.Comparison.Ahead(arms[leader].Comparison)) {
			leader = i + 1
		}
	}
	switch {
	case leader >= 0:
		return StateWinner, leader
	case all[StandingWorse] == challengers:
		return StateControlBest, 0
	case all[StandingWorse]+all[StandingEquivalent] == challengers:
		return StateNoPracticalDifference, -1
	case q.Planned > 0 && total.Participants() >= q.Planned:
		return StateInconclusive, -1
	default:
		return StateKeepRunning, -1
	}
}

// ascending returns the indexes of p sorted by value, those of equal values in order.
func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	return order
}
