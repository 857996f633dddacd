package simulation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sixpack-go/sixpack/stats"
)

// A Scenario is a test to simulate. Time is in days from its start.
type Scenario struct {
	Days    []int     // number of visitors on each day; they come at even distances
	Rates   []Rate    // of the alternatives, control first
	Weights []float64 // of the alternatives, of any scale; nil: equal
	// Delay draws the number of days from a visit to its conversion. Visitors who would
	// convert after the last day never do. Nil: they convert at once.
	Delay func(dice *rand.Rand) float64
	// Open starts a run on a Path that gives the alternatives by their weights.
	Open func(weights []float64, dice *rand.Rand) Path
}

// A Rate is the probability that a visitor who comes at a time converts, in [0,1].
type Rate func(day float64) float64

// A Path gives visitors their alternatives and counts them, such as an engine.
type Path interface {
	// Participate returns the index of the visitor's alternative.
	Participate(ctx context.Context, v Visit) (int, error)
	// Convert counts a conversion of the visitor.
	Convert(ctx context.Context, v Visit) error
	// Counts returns the counts so far.
	Counts(ctx context.Context) ([]stats.Proportion, error)
}

// A Visit is the number of a visitor, from 0, and a time in days.
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
	if len(s.Rates) < 2 {
		return errors.New("a scenario needs at least two alternatives")
	}
	if n := len(s.weights()); n != len(s.Rates) {
		return fmt.Errorf("%d weights for %d alternatives", n, len(s.Rates))
	}
	return nil
}

func (s *Scenario) weights() []float64 {
	if s.Weights != nil {
		return s.Weights
	}
	return slices.Repeat([]float64{1}, len(s.Rates))
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
