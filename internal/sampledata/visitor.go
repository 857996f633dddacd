package sampledata

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack/internal/simulation"
)

// A conversion of a visitor.
type conversion struct {
	experiment, client, kpi string
	value                   float64 // 0: none
	at                      time.Time
	secondary               bool // for another KPI than the primary one
}

// A visitor is simulated. Everything about it follows from the seed and its number,
// independently of other visitors.
type visitor struct {
	dice   *rand.Rand
	client string
	first  time.Time // visit
	now    time.Time // nothing happens later
}

// newVisitor returns a visitor whose first visit is within the given number of days
// before now.
func newVisitor(seed, number uint64, days int, now time.Time) visitor {
	dice := rand.New(rand.NewPCG(seed, number)) //nolint:gosec // nothing secret
	v := visitor{dice: dice, now: now, client: simulation.ClientID(dice)}
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	for v.first.IsZero() || v.first.After(now) || v.skips(v.first) {
		v.first = midnight.AddDate(0, 0, -dice.IntN(days)).Add(time.Duration(dice.Float64() * float64(24*time.Hour)))
	}
	return v
}

// skips draws whether the visitor does not come at a time: fewer come on weekends and
// at night.
func (v visitor) skips(at time.Time) bool {
	weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
	night := at.Hour() < 7
	return weekend && v.dice.Float64() < 0.4 || night && v.dice.Float64() < 0.8
}

// A tally counts participants and conversions of one experiment.
type tally struct{ participants, conversions int64 }

func (t *tally) add(o tally) {
	t.participants += o.participants
	t.conversions += o.conversions
}

// visit takes part in an experiment, and converts by the rates of the alternative.
func (v visitor) visit(ctx context.Context, to Target, x experiment) (tally, error) {
	// Drawn before the first request, so that answers do not change later draws.
	dice := rand.New(rand.NewPCG(v.dice.Uint64(), v.dice.Uint64())) //nolint:gosec // nothing secret
	name, err := to.participate(ctx, x, v.client, v.first)
	alternative := slices.Index(x.Alternatives, name)
	if err != nil || alternative < 0 {
		return tally{}, err
	}
	t := tally{participants: 1}
	for _, g := range x.goals {
		n, err := v.convert(ctx, to, x, g, g.rates[alternative], dice)
		if t.conversions += n; err != nil {
			return t, err
		}
	}
	return t, nil
}

// convert converts a random number of times, and returns that number.
func (v visitor) convert(ctx context.Context, to Target, x experiment, g goal, chance float64, dice *rand.Rand) (n int64, err error) {
	at := v.first
	for dice.Float64() < chance {
		at = at.Add(time.Duration(dice.ExpFloat64() * float64(6*time.Hour)))
		if at.After(v.now) {
			return n, nil
		}
		c := conversion{experiment: x.Name, client: v.client, kpi: g.kpi, at: at, secondary: g.kpi != x.goals[0].kpi}
		if g.price != 0 {
			c.value = g.value(dice)
		}
		if err := to.convert(ctx, c); err != nil {
			return n, err
		}
		n, chance = n+1, g.repeat
	}
	return n, nil
}
