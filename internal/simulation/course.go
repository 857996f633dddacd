package simulation

import (
	"context"
	"errors"
	"slices"

	"github.com/sixpack-go/sixpack/stats"
)

// A Learner is a Path that sets weights by itself, and comes to a verdict. The
// weights of its scenario are only where it begins.
type Learner interface {
	Path
	// Shares returns those that the next visitors get, summing to 1.
	Shares(ctx context.Context) ([]float64, error)
	// Named returns the index of the alternative that is now said to be best, None
	// if none is.
	Named(ctx context.Context) (int, error)
}

// None is no alternative.
const None = -1

// Course is what was given away in a run, and what was found out.
type Course struct {
	Marks []Mark             // after equal parts of the visitors
	Arms  []stats.Proportion // at the end
	// Named is the first alternative that was said to be best, by who looks at
	// the end of each day, and None if none was.
	Named int
	// Learned tells that the shares were not the same at all marks.
	Learned bool

	missed float64
	first  []float64 // shares
}

// Mark is how far a run has come.
type Mark struct {
	Visitors int
	// Regret is how many conversions fewer are to be expected of these than if all
	// had got the best alternative.
	Regret float64
	Best   float64 // the share of the next visitors that get the best one, or one of those
}

// Courses runs scenarios n times, each with a Learner for its path and all with the
// same dice, and marks that many points of each run. The rest is as of [Runs]: of
// each run that was finished there is a course for each scenario.
func Courses(ctx context.Context, scenarios []Scenario, marks, n int, seed uint64, done func()) ([][]Course, error) {
	for i := range scenarios {
		if err := scenarios[i].check(); err != nil {
			return nil, err
		}
	}
	return repeat(ctx, n, done, func(ctx context.Context, number uint64) ([]Course, error) {
		all := make([]Course, len(scenarios))
		for i := range scenarios {
			r := newRun(&scenarios[i], nil, diceOf(seed, number))
			if _, ok := r.path.(Learner); !ok {
				return nil, errors.New("a course is that of a path that learns")
			}
			all[i] = Course{Marks: marksOf(scenarios[i].Days, marks), Named: None}
			r.course = &all[i]
			if err := r.visits(ctx); err != nil {
				return nil, err
			}
			all[i].Arms = r.look.Arms
		}
		return all, nil
	})
}

// marksOf returns that many, fewer if there are fewer visitors.
func marksOf(days []int, n int) []Mark {
	visitors := 0
	for _, d := range days {
		visitors += d
	}
	n = min(n, visitors)
	all := make([]Mark, n)
	for i := range all {
		all[i].Visitors = visitors * (i + 1) / n
	}
	return all
}

// Highest tells of each rate whether none is higher.
func Highest(rates []float64) []bool {
	all := make([]bool, len(rates))
	for i, r := range rates {
		all[i] = r == slices.Max(rates)
	}
	return all
}

// rates returns those of a time.
func (s *Scenario) rates(day float64) []float64 {
	all := make([]float64, len(s.Rates))
	for i, r := range s.Rates {
		all[i] = r(day)
	}
	return all
}

// miss counts what is given away with an alternative.
func (c *Course) miss(rates []float64, alternative int) {
	c.missed += slices.Max(rates) - rates[alternative]
}

// follow writes down what is to be known after a visitor came.
func (r *run) follow(ctx context.Context, v Visit) error {
	if r.course == nil {
		return nil
	}
	path := r.path.(Learner) //nolint:forcetypeassert // as Courses has seen
	i, found := slices.BinarySearchFunc(r.course.Marks, r.look.Visitors, func(m Mark, n int) int { return m.Visitors - n })
	if found {
		shares, err := path.Shares(ctx)
		if err != nil {
			return err
		}
		if r.course.first == nil {
			r.course.first = shares
		}
		r.course.Learned = r.course.Learned || !slices.Equal(shares, r.course.first)
		m := &r.course.Marks[i]
		m.Regret = r.course.missed
		for j, best := range Highest(r.rates(v.Day)) {
			if best {
				m.Best += shares[j]
			}
		}
	}
	if r.look.DayEnds && r.course.Named == None {
		named, err := path.Named(ctx)
		r.course.Named = named
		return err
	}
	return nil
}
