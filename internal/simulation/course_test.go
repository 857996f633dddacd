package simulation_test

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/stats"
)

// turning is a path that gives every visitor the control until it turns.
type turning struct {
	tally

	at, seen int
}

func (p *turning) Participate(_ context.Context, v simulation.Visit) (int, error) {
	i := 0
	if p.seen >= p.at {
		i = 1
	}
	p.seen++
	p.got[v.Visitor] = i
	p.counts[i].Participants++
	return i, nil
}

func (p *turning) Shares(context.Context) ([]float64, error) {
	if p.seen >= p.at {
		return []float64{0.25, 0.75}, nil
	}
	return []float64{1, 0}, nil
}

func (p *turning) Named(context.Context) (int, error) {
	switch {
	case p.seen < p.at:
		return simulation.None, nil
	case p.seen == p.at:
		return 1, nil
	default:
		return 0, nil
	}
}

func turningAt(n int) func([]float64, *rand.Rand) simulation.Path {
	return func(_ []float64, dice *rand.Rand) simulation.Path {
		return &turning{tally: tally{dice, 1, make(map[int]int), make([]stats.Proportion, 2)}, at: n}
	}
}

// TestCourses checks the regret of paths whose alternatives are known.
func TestCourses(t *testing.T) {
	s := simulation.Scenario{Days: simulation.Even(100, 4), Rates: simulation.Constant(0.2, 0.5), Open: turningAt(50)}
	drifting := s
	drifting.Rates = simulation.Swinging(0.5, 4, 0.2, 0.5) // the first half is the high one
	all, err := simulation.Courses(t.Context(), []simulation.Scenario{s, drifting}, 10, 3, seed, nil)
	if err != nil || len(all) != 3 || len(all[0]) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	for _, both := range all {
		c := both[0]
		for i, m := range c.Marks {
			want := simulation.Mark{Visitors: 10 * (i + 1), Regret: 0.3 * float64(min(50, 10*(i+1)))}
			if m.Visitors >= 50 {
				want.Best = 0.75
			}
			if m.Visitors != want.Visitors || math.Abs(m.Regret-want.Regret) > 1e-9 || m.Best != want.Best {
				t.Errorf("got %+v, want %+v", m, want)
			}
		}
		if n := c.Arms[0].Participants; n != 50 || c.Arms[1].Participants != 50 || !c.Learned || c.Named != 1 {
			t.Errorf("got %+v", c)
		}
		// The mean of a half wave is 2/π of its height.
		if got, want := both[1].Marks[9].Regret, 15*(1+0.5*2/math.Pi); math.Abs(got-want) > 0.01 {
			t.Errorf("while rates drift the regret is %v, want %v", got, want)
		}
	}
	if reflect.DeepEqual(all[0], all[1]) {
		t.Error("two runs are the same")
	}
}

// TestCoursesErrors checks that scenarios without a path that learns are refused.
func TestCoursesErrors(t *testing.T) {
	for _, s := range []simulation.Scenario{
		{Rates: simulation.Constant(0.5)},
		split(100, 0.5),
		{Days: simulation.Even(100, 1), Rates: simulation.Constant(0.5, 0.5), Open: lopsided(0.5)},
	} {
		if all, err := simulation.Courses(t.Context(), []simulation.Scenario{s}, 10, 1, seed, nil); err == nil {
			t.Errorf("%+v has the courses %v", s, all)
		}
	}
}
