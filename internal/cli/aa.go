package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/report"
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

// Limits of a simulated test, whose visitors are kept in memory.
const (
	maxVisitors      = 10_000_000
	maxSimulatedDays = 3660
)

// aaCmd holds the flags of aa.
type aaCmd struct {
	rate, alpha    fraction
	split          shares
	visitors, days int
	runs           int
	seed           uint64
	json           bool
	from, kpi      string
}

func aaCommand(p *process) *cobra.Command {
	f := aaCmd{rate: 0.05, alpha: 0.05, split: shares{50, 50}}
	c := &cobra.Command{
		Use: "aa [EXPERIMENT]", Short: "replay tests without a difference, to see who finds one all the same",
		Long: aaHelp, Example: aaExamples, Args: arguments(0, 1),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.Var(&f.rate, "rate", "how many convert, whatever they see")
	own.IntVar(&f.visitors, "visitors", 40_000, "how many come to each test")
	own.IntVar(&f.days, "days", 20, "over how many days they come")
	own.Var(&f.split, "split", "the weights of the alternatives, control first")
	own.IntVar(&f.runs, "runs", 200, "how many tests to replay")
	own.Var(&f.alpha, "alpha", "how often a method may be wrong")
	own.Uint64Var(&f.seed, "seed", 0, "replay the same tests again as with this `number` before")
	own.BoolVar(&f.json, "json", false, "print JSON")
	own.StringVar(&f.kpi, "kpi", "", "the `KPI` of the experiment")
	own.StringVar(&f.from, "from", "", "the `STORE` that has the experiment: a folder, a backup or a URL of Redis")
	completeFiles(c, "from")
	return c
}

func (f *aaCmd) run(ctx context.Context, in *invocation) error {
	if err := refuse(f.rules(in)...); err != nil {
		return err
	}
	aa := simulation.AA{Rate: float64(f.rate), Split: f.split, Visitors: f.visitors, Days: f.days, Alpha: float64(f.alpha)}
	if len(in.arguments) == 1 {
		if err := f.likeExperiment(ctx, in, &aa); err != nil {
			return err
		}
	}
	progress := report.NewProgress(in.stderr)
	progress.Start("replaying tests", int64(f.runs), false)
	r, err := aa.Run(ctx, f.runs, seedOf(f.seed), progress.Step)
	progress.Finish()
	if r.Runs == 0 {
		return err
	}
	if f.json {
		return errors.Join(writeEscaped(in.stdout, r), err)
	}
	return errors.Join(report.AA(in.stdout, r), err) // the tests that finished are worth reading
}

// writeEscaped writes a report of replayed tests as indented JSON in which <, > and & are
// escaped, as scripts that compare this output expect.
func writeEscaped(w io.Writer, r any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// seedOf returns a seed, drawn if it is 0: a short one, as somebody may type it.
func seedOf(seed uint64) uint64 {
	for seed == 0 {
		seed = uint64(rand.Uint32()) //nolint:gosec // nothing secret
	}
	return seed
}
