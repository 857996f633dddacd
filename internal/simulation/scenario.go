package simulation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sixpack-go/sixpack/stats"
)

// Scenario is a test to be simulated. Time is in days from its start.
type Scenario struct {
	// Days holds how many visitors come on each day. They come at even
	// distances.
	Days []int
	// Rates has one for each alternative, control first.
	Rates []Rate
	// Weights are those of the alternatives, of any scale; nil for equal ones.
	Weights []float64
	// Changes of the weights, in the order of time.
	Changes []Change
	// Rule, if not nil, sets the weights anew after every so many visitors.
	Rule  Rule
	Every int
	// Delay draws how many days after a visitor came it converts, if it does. Who
	// would do so after the last day never does. Nil means that all convert at
	// once.
	Delay func(dice *rand.Rand) float64
	// Open begins a run that takes a Path. Nil means that alternatives are drawn.
	Open func(dice *rand.Rand) Path
}

// Rate is the chance that a visitor who came at a time converts.
type Rate func(day float64) float64

// Change sets weights from a time on.
type Change struct {
	Day     float64
	Weights []float64
}

// A Rule turns what the alternatives got into weights, as a bandit does.
type Rule func(arms []stats.Proportion) []float64

// A Path carries out what visitors do: the real thing, in place of dice. Weights
// must be constant, but for [Courses].
type Path interface {
	// Participate returns the index of the alternative that a visitor gets.
	Participate(ctx context.Context, v Visit) (int, error)
	// Convert counts that a visitor converted.
	Convert(ctx context.Context, v Visit) error
	// Counts returns what was counted.
	Counts(ctx context.Context) ([]stats.Proportion, error)
}

// Visit is a visitor, by number from 0, and when something happens.
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

// Thompson returns the rule that gives each alternative its chance to be best,
// but shares a fraction of the visitors evenly.
func Thompson(even float64) Rule {
	return func(arms []stats.Proportion) []float64 {
		weights := chances(arms)
		for i := range weights {
			weights[i] = (1-even)*weights[i] + even/float64(len(arms))
		}
		return weights
	}
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

// before returns the number of the first visitor who comes after a time, more
// than there are if nobody does.
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
