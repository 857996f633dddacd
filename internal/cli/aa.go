package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/store"
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
		return errors.Join(report.JSON(in.stdout, r), err)
	}
	return errors.Join(report.AA(in.stdout, r), err) // the tests that finished are worth reading
}

// seedOf returns a seed, drawn if it is 0: a short one, as somebody may type it.
func seedOf(seed uint64) uint64 {
	for seed == 0 {
		seed = uint64(rand.Uint32()) //nolint:gosec // nothing secret
	}
	return seed
}

func (f *aaCmd) rules(in *invocation) []rule {
	return []rule{
		{true, f.runs >= 1, "--runs must be at least 1"},
		{true, 1 <= f.visitors && f.visitors <= maxVisitors, fmt.Sprintf("--visitors must be from 1 to %d: each of them really takes part, in memory", maxVisitors)},
		{true, 1 <= f.days && f.days <= maxSimulatedDays, fmt.Sprintf("--days must be from 1 to %d", maxSimulatedDays)},
		{f.kpi != "" || f.from != "", len(in.arguments) > 0, "--kpi and --from are for an experiment: name it, as in \"sixpack aa signup-button\""},
		{true, 0 < f.rate && f.rate < 1, "--rate must be above 0 % and below 100 %"},
		{true, 0 < f.alpha && f.alpha <= 0.1, "--alpha must be above 0 % and at most 10 %"}, // the chance to be best begins at 90%
	}
}

// likeExperiment takes from the named experiment what flags do not say.
func (f *aaCmd) likeExperiment(ctx context.Context, in *invocation, aa *simulation.AA) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.from == "" && s.Store == config.StoreMemory {
		return errors.New("store is memory, which holds no experiment: name a folder or a URL with --from, or leave out the experiment")
	}
	st, err := datastore.OpenAt(&s.Config, f.from, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	name, changed := in.arguments[0], in.flags.Changed
	all, err := datastore.Counts(ctx, st, name)
	if err != nil {
		return err
	}
	kpi, err := chooseKPI(all[0].Record, f.kpi, changed("kpi"))
	if err != nil {
		return err
	}
	like := simulation.LikeExperiment(all[0], kpi)
	switch {
	case !changed("rate") && !(like.Rate > 0 && like.Rate < 1):
		control := all[0].Alternatives[0]
		return fmt.Errorf("of %d participants of the control of %s %d converted, which makes no rate: give --rate",
			control.Participants(), name, control.KPI(kpi).Converted())
	case like.Visitors == 0 && !(changed("visitors") && changed("days")):
		return fmt.Errorf("%s has no participants yet: give --visitors and --days", name)
	case like.Visitors > maxVisitors && !changed("visitors"):
		return fmt.Errorf("%s has %d participants, too many to replay: give --visitors, up to %d", name, like.Visitors, maxVisitors)
	}
	like.Alpha = aa.Alpha
	for flag, set := range map[string]func(){
		"rate":     func() { like.Rate = aa.Rate },
		"split":    func() { like.Split = aa.Split },
		"visitors": func() { like.Visitors, like.PerDay = aa.Visitors, nil },
		"days":     func() { like.Days, like.PerDay = aa.Days, nil },
	} {
		if changed(flag) {
			set()
		}
	}
	*aa = like
	aa.Delays, err = simulation.Delays(st.Clients(ctx, name), kpi)
	return err
}

// chooseKPI returns the named KPI. If none is named, it returns the default one or the only
// one.
func chooseKPI(r store.Record, named string, given bool) (string, error) {
	known := strings.Join(r.KPIs, ", ")
	switch {
	case len(r.KPIs) == 0:
		return "", fmt.Errorf("nobody has converted in %s yet: leave out the experiment and give --rate", r.Name)
	case given && !slices.Contains(r.KPIs, named):
		return "", fmt.Errorf("%s has no KPI %q: it has %s", r.Name, named, known)
	case given || slices.Contains(r.KPIs, ""):
		return named, nil
	case len(r.KPIs) == 1:
		return r.KPIs[0], nil
	default:
		return "", fmt.Errorf("%s has several KPIs: choose one of %s with --kpi", r.Name, known)
	}
}
