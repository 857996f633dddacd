package cli

import (
	"cmp"
	"context"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/simulation"
)

const aaHelp = `Shows what looking too often does, and that sixpack's verdict bears it. It replays tests in
which all alternatives are equal, through the very code that serves your visitors (clients
that are hashed, conversions that are counted, in memory), and looks after every visitor.
Whoever sees a difference is wrong: there is none.

How to read the table: a method that is held to 5 % may be wrong in 5 % of the tests, however
often one looks. Those made for one look, the z-test that most calculators have and the
chance to be best, hold that if one looks once. With daily looks they are wrong far more
often, with a look after every visitor in about every other test. The verdict is what
sixpack shows: it should stay below 5 %, at any number of looks. The sample ratio check, of
whether alternatives got as many visitors as their weights say, may alarm in 0.1 %.

The range is what chance leaves open: with 200 runs it is wide, more --runs make it narrow. A
figure above 5 % is evidence against a method only if all of its range is.

With an EXPERIMENT the tests are like that one, of the configured store or of --from: its
weights, its visitors day by day, the rate of its control and, unless its clients were
purged, how many days conversions take. It is only read. Flags go before what it says. With
several challengers all methods but the chance to be best are corrected for their number, by
Holm.`

const aaExamples = `  sixpack aa
  sixpack aa --runs 1000 --rate 2% --visitors 100000 --days 28 --split 90:10
  sixpack aa checkout-steps --kpi purchase --data-dir /var/lib/sixpack
  sixpack backup now.db && sixpack aa signup-button --from now.db --json`

// mostVisitors is how many a replayed test may have, as they are kept in memory.
const mostVisitors = 10_000_000

// longest is over how many days.
const longest = 3660

// aaFlags are those of aa.
type aaFlags struct {
	shape shape
	alpha fraction
	runs  int
	seed  uint64
	json  bool
	from  string
	kpi   string
}

// shape is how the tests are that aa replays.
type shape struct {
	rate           fraction
	split          shares
	visitors, days int
	perDay         []int       // visitors; nil: evenly
	delays         []int64     // of conversions: how many took 0, 1, … days; nil: none
	experiment     *aaOriginal // nil if the flags say it all
}

func aaCommand(p *process) *cobra.Command {
	f := aaFlags{shape: shape{rate: 0.05, split: shares{50, 50}}, alpha: 0.05}
	c := &cobra.Command{
		Use: "aa [EXPERIMENT]", Short: "replay tests without a difference, to see who finds one all the same",
		Long: aaHelp, Example: aaExamples, Args: arguments(0, 1),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.Var(&f.shape.rate, "rate", "how many convert, whatever they see")
	own.IntVar(&f.shape.visitors, "visitors", 40_000, "how many come to each test")
	own.IntVar(&f.shape.days, "days", 20, "over how many days they come")
	own.Var(&f.shape.split, "split", "the weights of the alternatives, control first")
	own.IntVar(&f.runs, "runs", 200, "how many tests to replay")
	own.Var(&f.alpha, "alpha", "how often a method may be wrong")
	own.Uint64Var(&f.seed, "seed", 0, "replay the same tests again as with this `number` before")
	own.BoolVar(&f.json, "json", false, "print JSON")
	own.StringVar(&f.kpi, "kpi", "", "the `KPI` of the experiment")
	own.StringVar(&f.from, "from", "", "the `STORE` that has the experiment: a folder, a backup or a URL of Redis")
	completeFiles(c, "from")
	return c
}

func (f *aaFlags) run(ctx context.Context, in *invocation) error {
	if err := f.check(in); err != nil {
		return err
	}
	if len(in.arguments) == 1 {
		if err := f.take(ctx, in, in.arguments[0]); err != nil {
			return err
		}
	}
	for f.seed == 0 {
		f.seed = uint64(rand.Uint32()) //nolint:gosec // nothing secret; short, as it may be typed
	}
	progress := newBar(in.stderr, "replaying tests", false, int64(f.runs))
	outcomes, err := simulation.Runs(ctx, f.shape.scenario(), aaMethods(float64(f.alpha)), f.runs, f.seed, progress.step)
	progress.finish()
	if len(outcomes) == 0 {
		return err
	}
	report := f.report(outcomes)
	write := report.write
	if f.json {
		write = report.writeJSON
	}
	return cmp.Or(write(in.stdout), err) // those that were finished are worth reading
}

func (f *aaFlags) check(in *invocation) error {
	switch s := f.shape; {
	case f.runs < 1:
		return usageError("--runs must be at least 1")
	case s.visitors < 1 || s.visitors > mostVisitors:
		return usageError("--visitors must be from 1 to %d: each of them really takes part, in memory", mostVisitors)
	case s.days < 1 || s.days > longest:
		return usageError("--days must be from 1 to %d", longest)
	case len(in.arguments) == 0 && (f.kpi != "" || f.from != ""):
		return usageError("--kpi and --from are for an experiment: name it, as in \"sixpack aa signup-button\"")
	case s.rate <= 0 || s.rate >= 1:
		return usageError("--rate must be above 0 %% and below 100 %%")
	case f.alpha <= 0 || f.alpha > 0.1: // the chance to be best starts at 90 %
		return usageError("--alpha must be above 0 %% and at most 10 %%")
	}
	return nil
}

// scenario returns what is to be simulated.
func (s *shape) scenario() simulation.Scenario {
	rates := make([]float64, len(s.split))
	for i := range rates {
		rates[i] = float64(s.rate)
	}
	x := simulation.Scenario{
		Days: s.perDay, Rates: simulation.Constant(rates...), Weights: s.split,
		Open: func(dice *rand.Rand) simulation.Path { return newReplay(s.split, sixpack.Config{}, dice) },
	}
	if x.Days == nil {
		x.Days = simulation.Even(s.visitors, s.days)
	}
	if s.delays != nil {
		x.Delay = s.delay
	}
	return x
}

// delay draws how many days a conversion takes.
func (s *shape) delay(dice *rand.Rand) float64 {
	var all int64
	for _, n := range s.delays {
		all += n
	}
	left := dice.Int64N(all)
	for days, n := range s.delays {
		if left -= n; left < 0 {
			return float64(days)
		}
	}
	return 0 // not reached
}

// aaMethods are those that look at the tests.
func aaMethods(alpha float64) []simulation.Method {
	var all []simulation.Method
	for _, m := range []simulation.Method{
		simulation.Verdict(alpha), simulation.ZTest(alpha), simulation.Best(1 - alpha),
	} {
		all = append(all, m, m.At(simulation.EveryDay))
	}
	return append(all, simulation.Fixed(alpha), simulation.SampleRatio())
}
