package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

const aaHelp = `Measures the false-positive rate of each method. It replays A/A tests, whose alternatives are
all equal, with the engine that serves your visitors, in memory, and checks each method after
every visitor. Every difference that a method finds is a false alarm.

A method held to 5% may raise a false alarm in 5% of the tests, however often you look. The
z-test of most calculators and the probability of being best hold that limit for one look
only. With daily looks they exceed it many times over; with a look after every visitor they
raise a false alarm in about half of the tests. The verdict that sixpack shows stays below 5%
at any number of looks. The sample-ratio check may raise a false alarm in 0.1%.

A rate above 5% is evidence against a method only if its whole range, a 95% interval, is.

With an EXPERIMENT, of the configured store or of --from, the tests use its weights, its
participants per day, the conversion rate of its control and, unless its clients were purged,
the days until they convert. Flags override these values. The experiment is only read. With
several challengers, Holm's correction applies to all methods but the probability of being
best.`

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
		Use: "aa [EXPERIMENT]", Short: "replay tests without a difference, to measure the false-positive rate",
		Long: aaHelp, Example: aaExamples, Args: arguments(0, 1),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.Var(&f.rate, "rate", "conversion rate of all alternatives")
	own.IntVar(&f.visitors, "visitors", 40_000, "visitors per test")
	own.IntVar(&f.days, "days", 20, "days over which the visitors arrive")
	own.Var(&f.split, "split", "weights of the alternatives, control first")
	own.IntVar(&f.runs, "runs", 200, "number of tests to replay")
	own.Var(&f.alpha, "alpha", "allowed false-positive rate, at most 10%")
	own.Uint64Var(&f.seed, "seed", 0, "repeat the tests of an earlier run with this `number`")
	own.BoolVar(&f.json, "json", false, "print JSON")
	own.StringVar(&f.kpi, "kpi", "", "`KPI` of the experiment")
	own.StringVar(&f.from, "from", "", "`STORE` with the experiment: a folder, a backup or a Redis URL")
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

// seedOf returns a seed, drawn if it is 0: a short one, because an operator may type it.
func seedOf(seed uint64) uint64 {
	for seed == 0 {
		seed = uint64(rand.Uint32()) //nolint:gosec // nothing secret
	}
	return seed
}

// likeExperiment sets what flags do not give to the values of the named experiment.
func (f *aaCmd) likeExperiment(ctx context.Context, in *invocation, aa *simulation.AA) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.from == "" && s.Store == config.StoreMemory {
		return errors.New("store is memory, which only the server can read: name a folder or a Redis URL with --from, or leave out the experiment")
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
		return fmt.Errorf("%[3]d of %[1]d participants in the control of %[2]s converted, which gives no rate above 0%% and below 100%%: give --rate",
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
		return "", fmt.Errorf("%s has no conversions yet: leave out the experiment and give --rate", r.Name)
	case given && !slices.Contains(r.KPIs, named):
		return "", fmt.Errorf("%s has no KPI %q: its KPIs are %s", r.Name, named, known)
	case given || slices.Contains(r.KPIs, ""):
		return named, nil
	case len(r.KPIs) == 1:
		return r.KPIs[0], nil
	default:
		return "", fmt.Errorf("%s has several KPIs: choose one of %s with --kpi", r.Name, known)
	}
}
