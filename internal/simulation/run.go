package simulation

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Outcome holds, for each method, the number of visitors after which the method first
// detected something, 0 if it never did.
type Outcome []int

// Runs runs a scenario n times, on all processors, and calls done, if not nil, after each
// run, perhaps concurrently. A run depends only on the seed and its number. If ctx ends or
// a Path fails, Runs returns the runs that finished and the error.
func Runs(ctx context.Context, s Scenario, methods []Method, n int, seed uint64, done func()) ([]Outcome, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return repeat(ctx, n, done, func(ctx context.Context, number uint64) (Outcome, error) {
		r := newRun(&s, methods, diceOf(seed, number))
		return r.outcome, r.visits(ctx)
	})
}

// repeat calls once with each number below n, on all processors, and done after each call.
// It returns the results of the calls that finished, in the order of their numbers.
func repeat[T any](ctx context.Context, n int, done func(), once func(ctx context.Context, number uint64) (T, error)) ([]T, error) {
	all := make([]*T, n)
	group, going := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		if going.Err() != nil {
			break
		}
		group.Go(func() error {
			one, err := once(going, uint64(i))
			if err != nil {
				return err
			}
			all[i] = &one
			if done != nil {
				done()
			}
			return nil
		})
	}
	err := cmp.Or(group.Wait(), ctx.Err())
	var finished []T
	for _, one := range all {
		if one != nil {
			finished = append(finished, *one)
		}
	}
	return finished, err
}

// diceOf returns the random numbers of one run. Runs have distant seeds, because otherwise
// they would not be independent enough.
func diceOf(seed, number uint64) *rand.Rand {
	far := rand.NewPCG(seed, number)
	return rand.New(rand.NewPCG(far.Uint64(), far.Uint64())) //nolint:gosec // nothing secret
}

// run is one run of a scenario.
type run struct {
	*Scenario

	dice    *rand.Rand
	look    *Look
	watches []watch // of the methods that have detected nothing yet
	outcome Outcome
	course  *Course        // nil unless Courses runs it
	waiting map[int][]late // by the next visitor
}

// A watch is a method during a run.
type watch struct {
	Method

	Sight

	index int
}

// A late is a participant who will convert later.
type late struct {
	Visit

	alternative int
}

func newRun(s *Scenario, methods []Method, dice *rand.Rand) *run {
	r := &run{
		Scenario: s, dice: dice, look: newLook(s.weights(), s.Open(s.weights(), dice)),
		outcome: make(Outcome, len(methods)), waiting: make(map[int][]late),
	}
	for i, m := range methods {
		r.watches = append(r.watches, watch{m, m.New(len(s.Rates)), i})
	}
	return r
}

// visits runs all visits if there is a course, else until all methods have detected
// something.
func (r *run) visits(ctx context.Context) error {
	last := len(r.Days) - 1
	for last > 0 && r.Days[last] == 0 {
		last--
	}
	for day, n := range r.Days {
		for i := range n {
			v := Visit{r.look.Visitors, float64(day) + (float64(i)+0.5)/float64(n)}
			if err := r.visit(ctx, v); err != nil {
				return fmt.Errorf("visitor %d: %w", v.Visitor+1, err)
			}
			r.look.DayEnds = i == n-1
			r.look.Ends = r.look.DayEnds && day == last
			if r.watch() || r.look.DayEnds {
				if err := r.confirm(ctx); err != nil {
					return err
				}
			}
			if err := r.follow(ctx, v); err != nil {
				return err
			}
			if len(r.watches) == 0 && r.course == nil {
				return nil
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// visit runs one visit, after the conversions that are due before it.
func (r *run) visit(ctx context.Context, v Visit) error {
	if err := r.due(ctx, v.Visitor); err != nil {
		return err
	}
	alternative, err := r.look.path.Participate(ctx, v)
	if err != nil {
		return err
	}
	r.look.arrive(alternative)
	if r.course != nil {
		r.course.miss(r.rates(v.Day), alternative)
	}
	if r.dice.Float64() >= r.Rates[alternative](v.Day) {
		return nil
	}
	x := late{v, alternative}
	if r.Delay == nil {
		return r.convert(ctx, x)
	}
	x.Day += r.Delay(r.dice)
	if next := r.before(x.Day); next > v.Visitor {
		r.waiting[next] = append(r.waiting[next], x)
		return nil
	}
	return r.convert(ctx, x)
}

// due runs the conversions that are due before a visit.
func (r *run) due(ctx context.Context, visitor int) error {
	if len(r.waiting) == 0 {
		return nil
	}
	all := r.waiting[visitor]
	delete(r.waiting, visitor)
	slices.SortStableFunc(all, func(a, b late) int { return cmp.Compare(a.Day, b.Day) })
	for _, x := range all {
		if err := r.convert(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) convert(ctx context.Context, x late) error {
	r.look.Arms[x.alternative].Converted++
	return r.look.path.Convert(ctx, x.Visit)
}

// watch lets the methods look, and reports whether one of them detected something.
func (r *run) watch() bool {
	r.look.compare()
	before := len(r.watches)
	r.watches = slices.DeleteFunc(r.watches, func(w watch) bool {
		detects := r.look.highest >= w.Min && w.looks(r.look) && w.Sees(r.look)
		if detects {
			r.outcome[w.index] = r.look.Visitors
		}
		return detects
	})
	return len(r.watches) < before
}

// confirm compares the counts of a path with the visits and conversions it acknowledged.
func (r *run) confirm(ctx context.Context) error {
	counts, err := r.look.path.Counts(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(counts, r.look.Arms) {
		return fmt.Errorf("after %d visitors the counts are %v, but %v were acknowledged", r.look.Visitors, counts, r.look.Arms)
	}
	return nil
}

// After returns the numbers of visitors after which the method with an index first detected
// something, in ascending order. It leaves out the runs in which the method detected nothing.
func After(outcomes []Outcome, method int) (visitors []int) {
	for _, o := range outcomes {
		if o[method] > 0 {
			visitors = append(visitors, o[method])
		}
	}
	slices.Sort(visitors)
	return visitors
}
