package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/memory"
)

// Trial is a test as it would run in an engine, over a store in memory. Somebody
// new comes every second.
type Trial struct {
	Rates        []float64 // of the alternatives, control first
	Participants int
	// Delay is after how many further participants somebody converts, who does.
	Delay  int
	Config sixpack.Config // its clock is the trial's
}

// Gain is what came of a trial.
type Gain struct {
	// Regret is how many conversions fewer are to be expected than if all had
	// been given the best alternative.
	Regret float64
	Best   float64 // the share of those who were
}

// Run runs the trial.
func (t Trial) Run(ctx context.Context, dice *rand.Rand) (g Gain, err error) {
	now, client := time.Unix(0, 0).UTC(), strconv.FormatUint(dice.Uint64(), 36)+"-"
	t.Config.Now = func() time.Time { return now }
	engine := sixpack.New(new(memory.Store), t.Config)
	x := sixpack.Experiment{Name: "trial"}
	for i := range t.Rates {
		x.Alternatives = append(x.Alternatives, strconv.Itoa(i))
	}
	best, converts := slices.Max(t.Rates), make([]bool, t.Participants)
	for i := range t.Participants {
		now = now.Add(time.Second)
		if j := i - t.Delay; t.Delay > 0 && j >= 0 && converts[j] {
			if _, err := engine.Convert(ctx, x.Name, client+strconv.Itoa(j)); err != nil {
				return g, err
			}
		}
		a, err := engine.Participate(ctx, x, client+strconv.Itoa(i))
		if err != nil || a.Reason != sixpack.Assigned {
			return g, fmt.Errorf("participant %d: %+v, %w", i, a, err)
		}
		rate := t.Rates[slices.Index(x.Alternatives, a.Alternative)]
		g.Regret += best - rate
		if rate == best {
			g.Best += 1 / float64(t.Participants)
		}
		converts[i] = dice.Float64() < rate
		if t.Delay == 0 && converts[i] {
			if _, err := engine.Convert(ctx, x.Name, client+strconv.Itoa(i)); err != nil {
				return g, err
			}
		}
	}
	return g, nil
}
