package simulation_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

// period is a time of constant weights. All alternatives are equal in it.
type period struct {
	visitors int
	weights  []float64
	rate     float64 // of visitors who order
	amount   float64 // mean of an order, in cents
}

// orders is a test of equal alternatives by the values of orders, which are lognormal.
type orders struct {
	name    string
	periods []period
	sd      float64 // of the logarithm of an order
	fixed   bool    // look once, at the end
	runs    int
}

// orderRows are tests. With one variance for all periods, the first two have up to half false alarms; with a variance of its own
// for each alternative, single looks at unequal weights have 14%.
var orderRows = []orders{
	{name: "99:1, 1:99, then 50:50 with three times the orders and amounts", runs: 150, sd: 1, periods: []period{
		{9000, []float64{99, 1}, 0.05, 2000}, {9000, []float64{1, 99}, 0.05, 2000}, {2000, []float64{1, 1}, 0.15, 6000},
	}},
	{name: "95:5, 5:95, then 50:50 with twice the orders and three times the amounts", runs: 150, sd: 1, periods: []period{
		{9000, []float64{95, 5}, 0.05, 2000}, {9000, []float64{5, 95}, 0.05, 2000}, {2000, []float64{1, 1}, 0.1, 6000},
	}},
	{name: "constant weights of 90:10", runs: 150, sd: 2, periods: []period{{20_000, []float64{90, 10}, 0.05, 2000}}},
	{name: "a single look, 90:10", runs: 600, sd: 2, fixed: true, periods: []period{{20_000, []float64{90, 10}, 0.05, 2000}}},
	{name: "a single look, 50:50", runs: 600, sd: 1, fixed: true, periods: []period{{20_000, []float64{1, 1}, 0.05, 2000}}},
	{name: "a single look, 10:90", runs: 600, sd: 2, fixed: true, periods: []period{{20_000, []float64{10, 90}, 0.05, 2000}}},
}

// TestFalseAlarmsOfValues looks four times a day, 20 days long, at tests of equal alternatives.
func TestFalseAlarmsOfValues(t *testing.T) {
	for i, row := range orderRows {
		runs := row.runs * times(t, 8)
		atMostAlpha(t, row.name, repeated(runs, seed+uint64(i), row.alarms), runs)
	}
}

// atMostAlpha fails if more than 5% of the runs have a false alarm, beyond two standard errors.
func atMostAlpha(t *testing.T, name string, alarms, runs int) {
	t.Helper()
	const alpha = 0.05
	n := float64(runs)
	t.Logf("%-70s %4d runs: %.1f%% false alarms", name, runs, 100*float64(alarms)/n)
	if float64(alarms)/n > alpha+2*math.Sqrt(alpha*(1-alpha)/n) {
		t.Errorf("%s: %d of %d runs have a false alarm", name, alarms, runs)
	}
}

// cents sums up the values of one alternative.
type cents struct{ participants, nonZero, sum, squares int64 }

func (c cents) values() stats.Values {
	return stats.ExactValues(c.participants, c.nonZero, big.NewInt(c.sum), big.NewInt(c.squares), 100)
}

// alarms reports whether any look at a run finds a difference.
func (o orders) alarms(dice *rand.Rand) bool {
	const every = 250
	q := stats.Question{Alpha: 0.05, MinEffect: 0.05, Fixed: o.fixed}
	for _, p := range o.periods {
		counted := make([]cents, len(p.weights))
		s := stats.Stratum{Arms: make([]stats.Proportion, len(p.weights)), Values: make([]stats.Values, len(p.weights)), Weights: p.weights}
		q.Strata = append(q.Strata, s)
		first := stats.Shares(p.weights)[0]
		for v := range p.visitors {
			i := 0
			if dice.Float64() >= first {
				i = 1
			}
			c := &counted[i]
			c.participants++
			if dice.Float64() < p.rate {
				x := int64(math.Round(p.amount * math.Exp(o.sd*dice.NormFloat64()-o.sd*o.sd/2)))
				c.sum, c.squares, c.nonZero = c.sum+x, c.squares+x*x, c.nonZero+1
			}
			if (v+1)%every != 0 || o.fixed && v+1 < p.visitors {
				continue
			}
			for i, c := range counted {
				s.Arms[i] = stats.Proportion{Participants: c.participants, Converted: c.nonZero}
				s.Values[i] = c.values()
			}
			if differs(q) {
				return true
			}
		}
	}
	return false
}

// differs reports whether any alternative stands better or worse.
func differs(q stats.Question) bool {
	for _, a := range stats.Decide(q).Arms {
		if a.Standing == stats.StandingBetter || a.Standing == stats.StandingWorse {
			return true
		}
	}
	return false
}
