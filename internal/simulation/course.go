package simulation

import (
	"context"
	"errors"
	"slices"

	"github.com/sixpack-go/sixpack/stats"
)

// A Learner is a Path that changes its weights and reaches a verdict. It begins with the
// weights of its scenario.
type Learner interface {
	Path
	// Shares returns the shares for the next visitors, which sum to 1.
	Shares(ctx context.Context) ([]float64, error)
	// Named returns the index of the alternative that the verdict now calls best, None if
	// there is none.
	Named(ctx context.Context) (int, error)
}

// None stands for no alternative.
const None = -1

// A Course is the course of a run: its regret, counts and verdict.
type Course struct {
	Marks []Mark             // after equal parts of the visitors
	Arms  []stats.Proportion // at the end
	// Named is the first alternative that the verdict called best at the end of a day,
	// None if there was none.
	Named int
	// Learned reports whether the shares changed between marks.
	Learned bool

	missed float64
	first  []float64 // shares
}

// A Mark is the state of a run after some visitors.
type Mark struct {
	Visitors int
	// Regret is the number of expected conversions that were lost because not every visitor
	// got the best alternative.
	Regret float64
	Best   float64 // share of the best alternatives among the next visitors
}

// Courses runs scenarios n times, each on a Learner and all with the same random numbers, and
// marks that many points of each run. For each run that finished it returns the courses of
// all scenarios. Otherwise it works like [Runs].
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
			if _, ok := r.look.path.(Learner); !ok {
				return nil, errors.New("a course needs a path that learns")
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

// marksOf returns n marks, fewer if there are fewer visitors.
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

// Highest reports for each rate whether no other is higher.
func Highest(rates []float64) []bool {
	all := make([]bool, len(rates))
	for i, r := range rates {
		all[i] = r == slices.Max(rates)
	}
	return all
}

// rates returns the rates at a time.
func (s *Scenario) rates(day float64) []float64 {
	all := make([]float64, len(s.Rates))
	for i, r := range s.Rates {
		all[i] = r(day)
	}
	return all
}

// miss adds the expected conversions that an alternative loses.
func (c *Course) miss(rates []float64, alternative int) {
	c.missed += slices.Max(rates) - rates[alternative]
}

// follow updates the course after a visitor.
func (r *run) follow(ctx context.Context, v Visit) error {
	if r.course == nil {
		return nil
	}
	path := r.look.path.(Learner) //nolint:forcetypeassert // as Courses has seen
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
