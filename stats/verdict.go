package stats

import (
	"cmp"
	"slices"
)

// State is what is to be done with an experiment.
type State string

// The states, in the order in which they are considered.
const (
	InvalidCounts         State = "invalid_counts"          // more converted than took part
	NoData                State = "no_data"                 // an alternative has no participants
	Mismatch              State = "srm"                     // the split is broken: nothing may be believed
	Winner                State = "winner"                  // a challenger is better
	ControlBest           State = "control_best"            // all challengers are worse
	NoPracticalDifference State = "no_practical_difference" // none is better, and those that are not worse are as good
	Inconclusive          State = "inconclusive"            // the planned size is reached
	KeepRunning           State = "keep_running"
)

// Standing is how a challenger compares with control.
type Standing string

// The standings.
const (
	IsControl  Standing = "control"
	Better     Standing = "better"
	Worse      Standing = "worse"
	Equivalent Standing = "equivalent" // within the smallest effect that matters
	Undecided  Standing = "undecided"
)

// Question is what a verdict is asked for.
type Question struct {
	Arms      []Counts // control first, at least two
	Weights   []float64
	Alpha     float64
	MinEffect float64 // the smallest lift that matters, either way
	Planned   int64   // participants of the whole experiment; 0 for none
	Bandit    bool    // shares follow the results, so that they are not checked
}

// Verdict is the answer.
type Verdict struct {
	State  State
	Leader int // of Arms, for Winner and ControlBest; else -1
	// Arms is nil unless the counts can be believed.
	Arms []ArmVerdict
}

// ArmVerdict is that on one alternative; control has a Standing only.
type ArmVerdict struct {
	Standing   Standing
	AdjustedP  float64 // by Holm
	Alpha      float64 // of Comparison's intervals, which exclude 0 exactly when AdjustedP is at most Question.Alpha
	Comparison Comparison
}

// Decide returns the verdict on an experiment with constant shares, by
// [AlwaysValid] for each challenger and [Holm].
func Decide(q Question) Verdict {
	if state := q.unfit(); state != "" {
		return Verdict{State: state, Leader: -1}
	}
	v := Verdict{Arms: q.compare(), Leader: -1}
	v.State, v.Leader = q.judge(v.Arms)
	return v
}

// unfit says why there is nothing to be believed, or nothing.
func (q Question) unfit() State {
	participants := make([]int64, len(q.Arms))
	for i, c := range q.Arms {
		if !c.Valid() {
			return InvalidCounts
		}
		participants[i] = c.Participants
	}
	if slices.Contains(participants, 0) {
		return NoData
	}
	if !q.Bandit && SampleRatio([]Split{{participants, q.Weights}}, Concentration).Mismatch() {
		return Mismatch
	}
	return ""
}

// compare compares all challengers with control.
func (q Question) compare() []ArmVerdict {
	arms := make([]ArmVerdict, len(q.Arms))
	arms[0] = ArmVerdict{Standing: IsControl}
	p := make([]float64, len(q.Arms)-1)
	for i := range p {
		_, e := newPair(q.Arms[0], q.Arms[i+1]).evidence()
		p[i] = e.P()
	}
	adjusted, step := Holm(p, q.Alpha)
	for i := range p {
		c, _ := AlwaysValid(q.Arms[0], q.Arms[i+1], step[i])
		arms[i+1] = ArmVerdict{Standing: q.standing(adjusted[i], c), AdjustedP: adjusted[i], Alpha: step[i], Comparison: c}
	}
	return arms
}

func (q Question) standing(adjusted float64, c Comparison) Standing {
	switch {
	case adjusted <= q.Alpha && c.Difference > 0:
		return Better
	case adjusted <= q.Alpha:
		return Worse
	case -q.MinEffect < c.LiftIn.Lo && c.LiftIn.Hi < q.MinEffect:
		return Equivalent
	default:
		return Undecided
	}
}

// judge puts the standings together.
func (q Question) judge(arms []ArmVerdict) (State, int) {
	leader, all := -1, make(map[Standing]int)
	var participants int64
	for i, a := range arms {
		all[a.Standing]++
		participants += q.Arms[i].Participants
		if a.Standing == Better && (leader < 0 || q.Arms[i].Rate() > q.Arms[leader].Rate()) {
			leader = i
		}
	}
	challengers := len(arms) - 1
	switch {
	case leader >= 0:
		return Winner, leader
	case all[Worse] == challengers:
		return ControlBest, 0
	case all[Worse]+all[Equivalent] == challengers:
		return NoPracticalDifference, -1
	case q.Planned > 0 && participants >= q.Planned:
		return Inconclusive, -1
	default:
		return KeepRunning, -1
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
