package simulation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sixpack-go/sixpack/stats"
)

// A Scenario is a test to simulate. Time is in days from its start.
type Scenario struct {
	// Days has the number of visitors on each day. They come at even distances.
	Days []int
	// Rates of the alternatives, control first.
	Rates []Rate
	// Weights of the alternatives, of any scale; nil: equal.
	Weights []float64
	// Changes of the weights, in the order of time.
	Changes []Change
	// Rule, if not nil, sets new weights after every Every visitors.
	Rule  Rule
	Every int
	// Delay draws the number of days from a visit to its conversion. Visitors who would
	// convert after the last day never do. Nil: they convert at once.
	Delay func(dice *rand.Rand) float64
	// Open begins a run on a Path. Nil: alternatives are drawn.
	Open func(dice *rand.Rand) Path
}

// A Rate is the probability that a visitor who comes at a time converts.
type Rate func(day float64) float64

// A Change sets weights from a time on.
type Change struct {
	Day     float64
	Weights []float64
}

// A Rule turns the counts of the alternatives into weights, as a bandit does.
type Rule func(arms []stats.Proportion) []float64

// A Path carries out the visits, instead of random draws. Weights must be constant, except
// for [Courses].
type Path interface {
	// Participate returns the index of the visitor's alternative.
	Participate(ctx context.Context, v Visit) (int, error)
	// Convert counts a conversion of the visitor.
	Convert(ctx context.Context, v Visit) error
	// Counts returns the counts so far.
	Counts(ctx context.Context) ([]stats.Proportion, error)
}

// A Visit is the number of a visitor, from 0, and a time.
type Visit struct {
	Visitor int
	Day     float64
}

// Constant returns constant rates.
func Constant(rates ...float64) []Rate {
	all := make([]Rate, len(rates))
	for i, r := range rates {
		all[i] = func(float64) float64 { return r }
	}
	return all
}

// Swinging returns rates that rise and fall together by a fraction, in a sine
// with a period in days.
func Swinging(fraction, period float64, rates ...float64) []Rate {
	all := make([]Rate, len(rates))
	for i, r := range rates {
		all[i] = func(day float64) float64 { return r * (1 + fraction*math.Sin(2*math.Pi*day/period)) }
	}
	return all
}

// Even spreads visitors evenly over days.
func Even(visitors, days int) []int {
	all := make([]int, days)
	for i := range all {
		all[i] = visitors*(i+1)/days - visitors*i/days
	}
	return all
}

// Exponential returns delays with a mean in days.
func Exponential(mean float64) func(*rand.Rand) float64 {
	return func(dice *rand.Rand) float64 { return mean * dice.ExpFloat64() }
}

func (s *Scenario) check() error {
	switch {
	case len(s.Rates) < 2:
		return errors.New("a test has at least two alternatives")
	case s.Rule != nil && s.Every < 1:
		return errors.New("a rule works after every so many visitors, at least one")
	case s.Open != nil && (s.Rule != nil || s.Changes != nil):
		return errors.New("who takes a path cannot change its weights")
	}
	for _, c := range append([]Change{{Weights: s.weights()}}, s.Changes...) {
		if len(c.Weights) != len(s.Rates) {
			return fmt.Errorf("%d weights for %d alternatives", len(c.Weights), len(s.Rates))
		}
	}
	return nil
}

func (s *Scenario) weights() []float64 {
	if s.Weights != nil {
		return s.Weights
	}
	equal := make([]float64, len(s.Rates))
	for i := range equal {
		equal[i] = 1
	}
	return equal
}

// before returns the number of the first visitor after a time, the number of all visitors
// if there is none.
func (s *Scenario) before(day float64) int {
	sum := 0
	for i, n := range s.Days {
		if day < float64(i+1) {
			return sum + max(0, int(math.Ceil((day-float64(i))*float64(n)-0.5)))
		}
		sum += n
	}
	return sum
}
