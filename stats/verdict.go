package stats

import (
	"cmp"
	"math"
	"slices"
)

// State is what is to be done with an experiment.
type State string

// The states, in the order in which they are considered.
const (
	StateInvalidCounts         State = "invalid_counts"          // more converted than took part
	StateNoData                State = "no_data"                 // an alternative has no participants
	StateMismatch              State = "srm"                     // the split is broken: nothing may be believed
	StateWinner                State = "winner"                  // a challenger is better
	StateControlBest           State = "control_best"            // all challengers are worse
	StateNoPracticalDifference State = "no_practical_difference" // none is better, and those that are not worse are as good
	StateInconclusive          State = "inconclusive"            // the planned size is reached
	StateKeepRunning           State = "keep_running"
)

// Standing is how a challenger compares with control.
type Standing string

// The standings.
const (
	StandingControl    Standing = "control"
	StandingBetter     Standing = "better"
	StandingWorse      Standing = "worse"
	StandingEquivalent Standing = "equivalent" // within the smallest effect that matters
	StandingUndecided  Standing = "undecided"
)

// Stratum is what the alternatives, control first, got during a stretch of constant
// shares. A conversion belongs to the epoch in which its participant entered.
type Stratum struct {
	Arms    []Proportion
	Values  []Values  // nil unless it is the mean values that are to be compared
	Weights []float64 // expected shares, of any scale; nil if there are none, so that they are not checked
}

// Question is what a verdict is asked for.
type Question struct {
	Strata    []Stratum // at least one; of the same alternatives, at least two
	Alpha     float64   // the chance of a false alarm, in (0,1)
	MinEffect float64   // the smallest lift that matters, either way, above 0
	Planned   int64     // participants of the whole experiment; 0 for none
	// Fixed asks for one look, when Planned participants are there; before that
	// nothing is compared.
	Fixed bool
}

// Decision is the answer to a [Question].
type Decision struct {
	State  State
	Leader int // of Arms, for Winner and ControlBest; else -1
	// Arms is nil unless the counts can be believed, and looked at.
	Arms  []ArmDecision
	Ratio Ratio // the check of the sample ratio; its P is 1 if nothing could be checked
}

// ArmVerdict is that on one alternative; control has a Standing only.
type ArmDecision struct {
	Standing   Standing
	AdjustedP  float64 // by Holm
	Alpha      float64 // of Comparison's intervals, which exclude 0 exactly when AdjustedP is at most Question.Alpha
	Comparison Comparison
}

// Decide returns the verdict on an experiment: each challenger is compared with
// control by [AlwaysValid], or by [Stratified] if there are several epochs, or by
// [MeansStratified] if there are values, and [Holm] puts these together. If the
// look is Fixed they are [Fixed], a test of Mantel and Haenszel, and [Welch].
func Decide(q Question) Decision {
	v := Decision{Leader: -1, Ratio: Ratio{P: 1, ChiSquaredP: 1}}
	all := q.total()
	if v.State = q.unfit(all); v.State != "" {
		return v
	}
	if v.Ratio = q.ratio(); v.Ratio.Mismatch() {
		v.State = StateMismatch
		return v
	}
	if q.Fixed && all.Participants() < q.Planned {
		v.State = StateKeepRunning
		return v
	}
	v.Arms = q.compareAll(len(all.Arms))
	v.State, v.Leader = q.judge(v.Arms, all)
	return v
}

// total returns all epochs together.
func (q Question) total() Stratum {
	all := Stratum{Arms: make([]Proportion, len(q.Strata[0].Arms)), Values: make([]Values, len(q.Strata[0].Values))}
	for _, e := range q.Strata {
		for i, c := range e.Arms {
			all.Arms[i].Participants += c.Participants
			all.Arms[i].Converted += c.Converted
		}
		for i, v := range e.Values {
			all.Values[i].Participants += v.Participants
			all.Values[i].Sum += v.Sum
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

// unfit says why there is nothing to compare, or nothing.
func (q Question) unfit(all Stratum) State {
	invalid := func(c Proportion) bool { return !c.Valid() }
	for _, e := range q.Strata {
		if slices.ContainsFunc(e.Arms, invalid) {
			return StateInvalidCounts
		}
	}
	if slices.ContainsFunc(all.Arms, func(c Proportion) bool { return c.Participants == 0 }) {
		return StateNoData
	}
	return ""
}

// ratio checks the shares of the epochs that have expected ones.
func (q Question) ratio() Ratio {
	var splits []Split
	for _, e := range q.Strata {
		if e.Weights == nil {
			continue
		}
		s := Split{Weights: e.Weights, Participants: make([]int64, len(e.Arms))}
		for i, c := range e.Arms {
			s.Participants[i] = c.Participants
		}
		splits = append(splits, s)
	}
	return SampleRatio(splits, Concentration)
}

// compareAll compares all challengers with control.
func (q Question) compareAll(n int) []ArmDecision {
	arms, p := make([]ArmDecision, n), make([]float64, n-1)
	arms[0] = ArmDecision{Standing: StandingControl}
	for i := range p {
		p[i] = q.p(i + 1)
		if math.IsNaN(p[i]) { // too few values to say
			p[i] = 1
		}
	}
	adjusted, step := Holm(p, q.Alpha)
	for i := range p {
		c := q.compare(i+1, step[i])
		arms[i+1] = ArmDecision{Standing: q.standing(adjusted[i], c), AdjustedP: adjusted[i], Alpha: step[i], Comparison: c}
	}
	return arms
}

// p returns the p-value of a challenger beside control: without the intervals,
// which take nearly all of the time, where that can be done.
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

// compare compares a challenger with control.
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
	var c Comparison
	if q.Fixed && len(pairs) == 1 {
		c, _, _ = Welch(pairs[0].Control, pairs[0].Challenger, 1-alpha)
	} else {
		c, _ = stratifiedMeans(pairs, look(q.Fixed), alpha)
	}
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

// judge puts the standings together.
func (q Question) judge(arms []ArmDecision, total Stratum) (State, int) {
	leader, all := -1, make(map[Standing]int)
	for i, a := range arms {
		all[a.Standing]++
		if a.Standing == StandingBetter && (leader < 0 || total.score(i) > total.score(leader)) {
			leader = i
		}
	}
	challengers := len(arms) - 1
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

// ascending returns the indexes of p from the smallest to the largest, equal ones
// in order.
func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	return order
}
