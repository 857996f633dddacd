package simulation_test

import (
	"context"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/stats"
)

// tally is a path that gives the control to a share of the visitors, whatever the
// weights are.
type tally struct {
	dice    *rand.Rand
	control float64
	got     map[int]int
	counts  []stats.Proportion
}

func lopsided(control float64) func([]float64, *rand.Rand) simulation.Path {
	return func(_ []float64, dice *rand.Rand) simulation.Path {
		return &tally{dice, control, make(map[int]int), make([]stats.Proportion, 2)}
	}
}

func (p *tally) Participate(_ context.Context, v simulation.Visit) (int, error) {
	i := 1
	if p.dice.Float64() < p.control {
		i = 0
	}
	p.got[v.Visitor] = i
	p.counts[i].Participants++
	return i, nil
}

func (p *tally) Convert(_ context.Context, v simulation.Visit) error {
	p.counts[p.got[v.Visitor]].Converted++
	return nil
}

func (p *tally) Counts(context.Context) ([]stats.Proportion, error) { return p.counts, nil }

// TestRunsRepeat checks that a seed repeats the outcomes on any number of processors.
func TestRunsRepeat(t *testing.T) {
	s := simulation.Scenario{
		Days: simulation.Even(3000, 7), Rates: simulation.Constant(0.2, 0.2, 0.2), Delay: simulation.Exponential(1),
		Open: simulation.Draw{Rule: simulation.Thompson(0.2), Every: 500}.Open,
	}
	runs := func(seed uint64) []simulation.Outcome {
		all, err := simulation.Runs(t.Context(), s, watchers(true), 10, seed, nil)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	first := runs(1)
	if other := runs(2); reflect.DeepEqual(first, other) {
		t.Error("two seeds give the same outcomes")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if repeated := runs(1); !reflect.DeepEqual(first, repeated) {
		t.Errorf("one seed gives\n%v\nand\n%v", first, repeated)
	}
}

// slow returns methods that compute the complete statistics after every visitor.
func slow(alpha float64) []simulation.Method {
	method := func(sees func(l *simulation.Look) bool) simulation.Method {
		return simulation.Method{Looks: simulation.EveryVisitor, New: func(int) simulation.Sight { return simulation.Sight{Sees: sees} }}
	}
	return []simulation.Method{
		method(func(l *simulation.Look) bool {
			c, _ := stats.AlwaysValid(l.Arms[0], l.Arms[1], alpha)
			return c.P <= alpha
		}),
		method(func(l *simulation.Look) bool {
			chances, _ := stats.Best(l.Arms, stats.Uniform)
			return max(chances[0], chances[1]) > 0.95
		}),
		method(func(l *simulation.Look) bool {
			return stats.CheckSampleRatio([]stats.Split{l.Split}, stats.Concentration).Mismatch()
		}),
	}
}

// TestShortCuts checks that the looks that methods skip could not have decided.
func TestShortCuts(t *testing.T) {
	const alpha = 0.2 // so that there is something to see
	methods := append(slow(alpha), simulation.AlwaysValid(alpha), simulation.Best(0.95), simulation.SampleRatio())
	for _, rates := range [][]simulation.Rate{simulation.Constant(0.05, 0.05), simulation.Constant(0.5, 0.6), simulation.Constant(0.9, 0.99)} {
		s := simulation.Scenario{Days: simulation.Even(300, 3), Rates: rates, Weights: []float64{3, 1}, Open: lopsided(0.3)}
		outcomes, err := simulation.Runs(t.Context(), s, methods, 4, seed, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range outcomes {
			if o[0] != o[3] || o[1] != o[4] || o[2] != o[5] || o[2] == 0 {
				t.Errorf("without skipping, the first alarms are after %v visitors, here after %v", o[:3], o[3:])
			}
		}
	}
}

// liar is a path whose counts are wrong.
type liar struct{ tally }

func (*liar) Counts(context.Context) ([]stats.Proportion, error) {
	return make([]stats.Proportion, 2), nil
}

// TestErrors checks that runs report errors.
func TestErrors(t *testing.T) {
	s := split(100, 0.5)
	s.Open = func(_ []float64, dice *rand.Rand) simulation.Path {
		return &liar{tally{dice, 0.5, make(map[int]int), make([]stats.Proportion, 2)}}
	}
	if _, err := simulation.Runs(t.Context(), s, nil, 1, seed, nil); err != nil {
		t.Errorf("without methods: %v", err) // it ends at once
	}
	if all, err := simulation.Runs(t.Context(), s, watchers(false), 1, seed, nil); err == nil || len(all) != 0 {
		t.Errorf("wrong counts are accepted: %v, %v", all, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	finished := 0
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	all, err := simulation.Runs(ctx, split(1000, 0.5), watchers(false), 100, seed, func() {
		if finished++; finished == 3 {
			cancel()
		}
	})
	if err == nil || len(all) < 3 || len(all) == 100 {
		t.Errorf("interrupted: %d runs, %v", len(all), err)
	}
	for _, s := range []simulation.Scenario{
		{Rates: simulation.Constant(0.5)},
		split(100, 0.5, 1, 2, 3),
	} {
		if _, err := simulation.Runs(t.Context(), s, watchers(false), 1, seed, nil); err == nil {
			t.Errorf("%+v is accepted", s)
		}
	}
}
