package simulation

import (
	"math"

	"github.com/sixpack-go/sixpack/stats"
)

// A Method is a way to decide, and how often it looks. With several challengers, Holm's
// method holds all tests together to alpha, a false-positive rate in (0,1).
type Method struct {
	Name  string
	Looks Looks
	// New starts a run.
	New func(alternatives int) Sight
}

// Sight is a method during a run.
type Sight struct {
	Min  float64          // Sees is false while no challenger has this χ² against control
	Sees func(*Look) bool // reports whether the method detects what it looks for, such as a difference
}

// Looks is how often a method looks.
type Looks string

// How often a method looks.
const (
	EveryVisitor Looks = "every visitor"
	EveryDay     Looks = "every day"
	AtTheEnd     Looks = "at the end"
)

func (m Method) looks(l *Look) bool {
	switch m.Looks {
	case EveryDay:
		return l.DayEnds
	case AtTheEnd:
		return l.Ends
	default:
		return true
	}
}

// At returns the method with other looks.
func (m Method) At(looks Looks) Method {
	m.Looks = looks
	return m
}

// anyChallenger returns a method that tests each challenger after every visitor, at the
// level at which Holm's method first finds a difference. Challengers are counted from 0.
func anyChallenger(name string, alpha float64, test func(level float64) (minimum float64, differs func(l *Look, challenger int) bool)) Method {
	return Method{Name: name, Looks: EveryVisitor, New: func(alternatives int) Sight {
		minimum, differs := test(alpha / float64(alternatives-1))
		return Sight{minimum, func(l *Look) bool {
			for i, x := range l.pearson {
				if x >= minimum && differs(l, i) {
					return true
				}
			}
			return false
		}}
	}}
}

// AlwaysValid is [stats.AlwaysValid]. Its evidence is computed only where it can suffice:
// as G is at most twice Pearson's χ² (a Kullback–Leibler divergence is at most χ²) and the
// evidence at most exp(G/2), χ² must be at least ln(1/alpha).
func AlwaysValid(alpha float64) Method {
	return anyChallenger("always-valid G", alpha, func(level float64) (float64, func(*Look, int) bool) {
		return slightlyLess(-math.Log(level)), func(l *Look, i int) bool {
			if stats.EvidenceOf(l.Arms[0], l.Arms[i+1]).P() > level {
				return false
			}
			c, _ := stats.AlwaysValid(l.Arms[0], l.Arms[i+1], level)
			return c.P <= level && !c.DifferenceIn.Contains(0) && !c.LiftIn.Contains(0)
		}
	})
}

// slightlyLess returns a lower bound of x with rounding errors.
func slightlyLess(x float64) float64 { return 0.999 * x }

// Verdict is [stats.Decide], the verdict that users see: a challenger is better or worse,
// and there is no sample-ratio mismatch.
func Verdict(alpha float64) Method {
	return Method{Name: "verdict", Looks: EveryVisitor, New: func(alternatives int) Sight {
		crossed := AlwaysValid(alpha).New(alternatives)
		return Sight{crossed.Min, func(l *Look) bool {
			if !crossed.Sees(l) {
				return false
			}
			v := stats.Decide(stats.Question{
				Strata: []stats.Stratum{{Arms: l.Arms, Weights: l.Split.Weights}}, Alpha: alpha,
			})
			for _, a := range v.Arms {
				if a.Standing == stats.StandingBetter || a.Standing == stats.StandingWorse {
					return true
				}
			}
			return false
		}}
	}}
}

// ZTest is the classical test of two proportions with the pooled variance. Its square is
// χ².
func ZTest(alpha float64) Method {
	return anyChallenger("z-test", alpha, func(level float64) (float64, func(*Look, int) bool) {
		z := math.Sqrt2 * math.Erfinv(1-level)
		return z * z, func(*Look, int) bool { return true }
	})
}

// Fixed is [stats.Fixed], which is meant for one look: at the end.
func Fixed(alpha float64) Method {
	return anyChallenger("fixed look", alpha, func(level float64) (float64, func(*Look, int) bool) {
		return 0, func(l *Look, i int) bool { return stats.Fixed(l.Arms[0], l.Arms[i+1], 1-level).P <= level }
	}).At(AtTheEnd)
}

// Where a probability of being best is at least sure, the highest rate is at least unsure
// standard deviations above the others.
const (
	sure   = 0.9
	unsure = 0.75
)

// Best stops as soon as an alternative's probability of being best, by [stats.Best], is above
// a threshold of at least 0.9. With several challengers it adds up the probabilities that
// the others are better, so it stops a little late.
func Best(threshold float64) Method {
	return Method{Name: "chance to be best", Looks: EveryVisitor, New: func(int) Sight {
		return Sight{Sees: func(l *Look) bool {
			i := highest(l.Arms)
			for j, c := range l.Arms {
				if z, _ := standard(c, l.Arms[i]); j != i && z < unsure {
					return false
				}
			}
			doubt := 0.0
			for j, c := range l.Arms {
				if j != i {
					doubt += beats(l.Arms[i], c)
				}
			}
			return 1-doubt > threshold
		}}
	}}
}

// highest returns the index of the alternative with the highest posterior mean, which is
// close to its rate.
func highest(arms []stats.Proportion) (index int) {
	best := 0.0
	for i, c := range arms {
		if mean := float64(c.Converted+1) / float64(c.Participants+2); mean > best {
			index, best = i, mean
		}
	}
	return index
}

// SampleRatio is [stats.CheckSampleRatio], which detects a sample-ratio mismatch. It is computed
// only where it can find one: the Bayes factor is updated with every visitor.
func SampleRatio() Method {
	enough := slightlyLess(1 / stats.MismatchLevel)
	return Method{Name: "sample ratio", Looks: EveryVisitor, New: func(int) Sight {
		return Sight{Sees: func(l *Look) bool {
			return l.factor > enough && stats.CheckSampleRatio([]stats.Split{l.Split}, stats.Concentration).Mismatch()
		}}
	}}
}
