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

// Outcome has, for each method, the number of visitors after which it first saw a
// difference, 0 if it never did.
type Outcome []int

// Runs runs a scenario n times, on all processors, and calls done, if not nil, after each
// run, perhaps concurrently. A run depends only on the seed and its number. If ctx ends or
// a Path fails, Runs returns the runs that finished beside the error.
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

// diceOf returns the random numbers of one run. Seeds of runs are far apart, or runs would
// not be independent enough.
func diceOf(seed, number uint64) *rand.Rand {
	far := rand.NewPCG(seed, number)
	return rand.New(rand.NewPCG(far.Uint64(), far.Uint64())) //nolint:gosec // nothing secret
}

// run is one run of a scenario.
type run struct {
	*Scenario

	dice    *rand.Rand
	path    Path // or nil
	look    *Look
	often   []*watch // after every visitor
	seldom  []*watch // at the end of a day at most
	outcome Outcome
	course  *Course // nil unless Courses runs it
	changes []Change
	waiting map[int][]late // by the next visitor
}

// A watch is a method that has seen nothing yet.
type watch struct {
	Method

	Sight

	index int
}

// A late is a participant who will convert later.
type late struct {
	Visit

	alternative, stratum int
}

func newRun(s *Scenario, methods []Method, dice *rand.Rand) *run {
	r := &run{
		Scenario: s, dice: dice, look: newLook(len(s.Rates), s.Rule != nil || s.Changes != nil),
		outcome: make(Outcome, len(methods)), changes: s.Changes, waiting: make(map[int][]late),
	}
	if s.Open != nil {
		r.path = s.Open(dice)
	}
	for i, m := range methods {
		w := &watch{m, m.New(len(s.Rates)), i}
		if m.Looks == EveryVisitor {
			r.often = append(r.often, w)
		} else {
			r.seldom = append(r.seldom, w)
		}
	}
	r.look.begin(s.weights())
	return r
}

// visits lets visitors come: all of them if there is a course, else until all methods saw
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
			if len(r.often)+len(r.seldom) == 0 && r.course == nil {
				return nil
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// visit lets a visitor come, after the conversions that are due before.
func (r *run) visit(ctx context.Context, v Visit) error {
	if err := r.due(ctx, v.Visitor); err != nil {
		return err
	}
	r.reweigh(v)
	alternative, err := r.participate(ctx, v)
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
	x := late{v, alternative, r.look.stratum()}
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

// due converts participants whose time to convert is before a visitor comes.
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
	if r.path != nil {
		if err := r.path.Convert(ctx, x.Visit); err != nil {
			return err
		}
	}
	r.look.convert(x.alternative, x.stratum)
	return nil
}

// reweigh changes the weights when it is time.
func (r *run) reweigh(v Visit) {
	for len(r.changes) > 0 && v.Day >= r.changes[0].Day {
		r.look.begin(r.changes[0].Weights)
		r.changes = r.changes[1:]
	}
	if r.Rule != nil && v.Visitor > 0 && v.Visitor%r.Every == 0 {
		r.look.begin(r.Rule(r.look.Arms))
	}
}

func (r *run) participate(ctx context.Context, v Visit) (int, error) {
	if r.path != nil {
		return r.path.Participate(ctx, v)
	}
	x := r.dice.Float64()
	for i, s := range r.look.shares {
		if x < s {
			return i, nil
		}
		x -= s
	}
	return len(r.look.shares) - 1, nil // x is within a rounding error of 1
}

// watch lets the methods look, and reports whether one of them saw something.
func (r *run) watch() (seen bool) {
	r.look.compare()
	r.often, seen = r.see(r.often)
	if r.look.DayEnds {
		var more bool
		r.seldom, more = r.see(r.seldom)
		seen = seen || more
	}
	return seen
}

// see returns the watches that saw nothing.
func (r *run) see(all []*watch) (blind []*watch, seen bool) {
	for i := 0; i < len(all); i++ {
		if w := all[i]; r.look.highest >= w.Least && w.looks(r.look) && w.Sees(r.look) {
			r.outcome[w.index] = r.look.Visitors
			all = slices.Delete(all, i, i+1)
			i--
			seen = true
		}
	}
	return all, seen
}

// confirm compares the counts of a path with the visits and conversions it acknowledged.
func (r *run) confirm(ctx context.Context) error {
	if r.path == nil {
		return nil
	}
	counts, err := r.path.Counts(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(counts, r.look.Arms) {
		return fmt.Errorf("after %d visitors %v are counted where %v were acknowledged", r.look.Visitors, counts, r.look.Arms)
	}
	return nil
}

// After returns the numbers of visitors after which a method first saw something, in the
// runs in which it did, in ascending order.
func After(outcomes []Outcome, method int) (visitors []int) {
	for _, o := range outcomes {
		if o[method] > 0 {
			visitors = append(visitors, o[method])
		}
	}
	slices.Sort(visitors)
	return visitors
}
