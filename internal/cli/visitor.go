package cli

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// target is what visitors are sent to.
type target interface {
	// known tells whether there is an experiment of this name.
	known(ctx context.Context, experiment string) (bool, error)
	create(ctx context.Context, p plan) error
	// participate returns the client's alternative, empty if it takes no part.
	participate(ctx context.Context, p plan, client string, at time.Time) (string, error)
	convert(ctx context.Context, c conversion) error
	// finish does what an operator has done to an experiment.
	finish(ctx context.Context, p plan) error
}

// conversion is what a visitor did.
type conversion struct {
	experiment, client, kpi string
	value                   float64 // 0: none
	at                      time.Time
	aside                   bool // not what the experiment is about
}

// visitor is somebody made up. All about one follows from the seed and the
// visitor's number, whoever else comes at the same time.
type visitor struct {
	dice   *rand.Rand
	client string
	come   time.Time // the first visit
	now    time.Time // nothing happens later
}

// newVisitor makes up somebody who comes within some days before now.
func newVisitor(seed, number uint64, days int, now time.Time) visitor {
	dice := rand.New(rand.NewPCG(seed, number)) //nolint:gosec // nothing secret
	v := visitor{
		dice: dice, now: now,
		client: madeUpClient(dice),
	}
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	for v.come.IsZero() || v.come.After(now) || v.stays(v.come) {
		v.come = midnight.AddDate(0, 0, -dice.IntN(days)).Add(time.Duration(dice.Float64() * float64(24*time.Hour)))
	}
	return v
}

// madeUpClient draws a client id: a UUID like those that most clients draw.
func madeUpClient(dice *rand.Rand) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], dice.Uint64())
	binary.BigEndian.PutUint64(id[8:], dice.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// stays tells whether the visitor does something else at a time: many do on
// weekends, and at night.
func (v visitor) stays(at time.Time) bool {
	weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
	night := at.Hour() < 7
	return weekend && v.dice.Float64() < 0.4 || night && v.dice.Float64() < 0.8
}

// tally is what came of visits to one experiment.
type tally struct{ participants, conversions int64 }

// visit takes part in an experiment and does there what its truth makes likely.
func (v visitor) visit(ctx context.Context, to target, p plan) (tally, error) {
	// Drawn before anything is asked, so that answers do not change later draws.
	dice := rand.New(rand.NewPCG(v.dice.Uint64(), v.dice.Uint64())) //nolint:gosec // nothing secret
	name, err := to.participate(ctx, p, v.client, v.come)
	chosen := slices.Index(p.Alternatives, name)
	if err != nil || chosen < 0 {
		return tally{}, err
	}
	t := tally{participants: 1}
	for _, g := range p.goals {
		n, err := v.pursue(ctx, to, p, g, g.rates[chosen], dice)
		if t.conversions += n; err != nil {
			return t, err
		}
	}
	return t, nil
}

// pursue converts as often as the dice want.
func (v visitor) pursue(ctx context.Context, to target, p plan, g goal, chance float64, dice *rand.Rand) (n int64, err error) {
	at := v.come
	for dice.Float64() < chance {
		at = at.Add(time.Duration(dice.ExpFloat64() * float64(6*time.Hour)))
		if at.After(v.now) {
			return n, nil
		}
		c := conversion{experiment: p.Name, client: v.client, kpi: g.kpi, at: at, aside: g.kpi != p.goals[0].kpi}
		if g.price != 0 {
			c.value = g.amount(dice)
		}
		if err := to.convert(ctx, c); err != nil {
			return n, err
		}
		n, chance = n+1, g.again
	}
	return n, nil
}
