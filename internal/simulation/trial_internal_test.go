package simulation

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A Trial is a test in an engine over a store in memory.
type Trial struct {
	Rates        []Rate // of the alternatives, control first
	Participants int
	Every        time.Duration // time between participants; 0 is a second
	// Delay is the number of further participants before a participant converts.
	Delay  int
	Config sixpack.Config // except for its clock
	// Watch, if not nil, is called after each participant, with their number so far.
	Watch func(e *sixpack.Engine, experiment string, participants int) error
}

// A Gain is the outcome of a trial.
type Gain struct {
	// Regret is the number of expected conversions that were lost because not every
	// participant got the best alternative.
	Regret float64
	Best   float64 // share of participants that got it
}

// A trialRun is a trial that runs.
type trialRun struct {
	*Trial

	engine   *sixpack.Engine
	x        sixpack.Experiment
	dice     *rand.Rand
	clients  string // prefix of their names
	converts []bool // whether a participant will convert
}

// Trials runs n trials, on all processors. The outcome of each depends only on the seed and
// its number.
func Trials(ctx context.Context, n int, seed uint64, trial func(number int) Trial) ([]Gain, error) {
	return repeat(ctx, n, nil, func(ctx context.Context, number uint64) (Gain, error) {
		t := trial(int(number))
		return t.run(ctx, diceOf(seed, number))
	})
}

func (t *Trial) run(ctx context.Context, dice *rand.Rand) (g Gain, err error) {
	now := time.Unix(0, 0).UTC()
	began, config := now, t.Config
	config.Now = func() time.Time { return now }
	c := &trialRun{
		Trial: t, engine: sixpack.New(new(memory.Store), config), x: sixpack.Experiment{Name: "trial"}, dice: dice,
		clients: strconv.FormatUint(dice.Uint64(), 36) + "-", converts: make([]bool, t.Participants),
	}
	for i := range t.Rates {
		c.x.Alternatives = append(c.x.Alternatives, strconv.Itoa(i))
	}
	for i := range t.Participants {
		now = now.Add(cmp.Or(t.Every, time.Second))
		if err := c.participate(ctx, i, now.Sub(began).Hours()/24, &g); err != nil {
			return g, fmt.Errorf("participant %d: %w", i, err)
		}
		if t.Watch != nil {
			if err := t.Watch(c.engine, c.x.Name, i+1); err != nil {
				return g, err
			}
		}
	}
	g.Best /= float64(t.Participants)
	return g, nil
}

// participate runs the call of a new client.
func (c *trialRun) participate(ctx context.Context, i int, day float64, g *Gain) error {
	if err := c.convert(ctx, i-c.Delay-1); err != nil {
		return err
	}
	a, err := c.engine.Participate(ctx, c.x, c.clients+strconv.Itoa(i))
	if err != nil {
		return err
	}
	rate, best := c.Rates[slices.Index(c.x.Alternatives, a.Alternative)](day), 0.0
	for _, r := range c.Rates {
		best = max(best, r(day))
	}
	g.Regret += best - rate
	if rate == best {
		g.Best++
	}
	c.converts[i] = c.dice.Float64() < rate
	if c.Delay == 0 {
		return c.convert(ctx, i)
	}
	return nil
}

// convert converts a participant, if there is one with this number that will convert.
func (c *trialRun) convert(ctx context.Context, i int) error {
	if i < 0 || !c.converts[i] {
		return nil
	}
	c.converts[i] = false
	_, err := c.engine.Convert(ctx, c.x.Name, c.clients+strconv.Itoa(i))
	return err
}
