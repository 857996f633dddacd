package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

const analyzeHelp = `Reports which alternative is better, whether the data is reliable, and what is still needed.
You can look at any time, as often as you like: false alarms stay at the rate --alpha. The
data is one of these:

  an experiment    of the configured store, or of --from: a folder with the embedded store's
                   file, that file or a backup of it, or a Redis URL. A server may be
                   running. Flags override the experiment's plan for this analysis only.
  counts           conversions/participants with an optional name, control first.
  a CSV file       with --csv; "-" is standard input. The first line names the columns:
                   alternative, participants and conversions; optionally day (such as
                   2026-05-31; the lines of an alternative are added up), weight (the
                   intended share), and for values sum, squares (the sum of the squares of
                   the participants' values) and nonzero. Control comes first. Exports of
                   Sixpack 2's dashboard are also read.

Without any of these, it lists all experiments with their verdicts.

A sample-ratio mismatch hides the results until --acknowledge, also while a server runs, or
until the experiment is restarted. After --acknowledge only the shares of later participants
are checked.

The exit status is 1 if the counts are impossible, such as more conversions than
participants.`

const analyzeExamples = `  sixpack analyze
  sixpack analyze button-color --kpi purchase
  sixpack analyze button-color --from redis://10.0.0.5:6379/0
  sixpack analyze 500/10000 700/10000
  sixpack analyze old=500/10000 new=80/1100 --weights 90:10 --days 12
  sixpack analyze --csv counts.csv --json`

// analyzeCmd holds the flags of analyze.
type analyzeCmd struct {
	planFlags

	from, csv   string
	weights     shares
	days        int
	json        bool
	acknowledge bool
}

func analyzeCommand(p *process) *cobra.Command {
	var f analyzeCmd
	c := &cobra.Command{
		Use: "analyze [EXPERIMENT | COUNTS...]", Short: "report which alternative is better, for an experiment or counts",
		Long: analyzeHelp, Example: analyzeExamples, Args: arguments(0, maxAlternatives),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "`STORE` with the experiment: a folder, a backup or a Redis URL")
	own.StringVar(&f.csv, "csv", "", "`FILE` with the counts")
	f.declare(own)
	own.Var(&f.weights, "weights", "intended shares of the counts, such as 90:10 (default equal)")
	own.IntVar(&f.days, "days", 0, "number of whole days over which the counts were gathered")
	own.BoolVar(&f.json, "json", false, "print the full analysis as JSON")
	own.BoolVar(&f.acknowledge, "acknowledge", false, "acknowledge the sample-ratio mismatch of the experiment first")
	completeFiles(c, "from", "csv")
	return c
}

func (f *analyzeCmd) run(ctx context.Context, in *invocation) error {
	typed := slices.ContainsFunc(in.arguments, countsfile.IsTyped)
	if err := refuse(f.rules(in, typed)...); err != nil {
		return err
	}
	if typed || f.csv != "" {
		return f.counts(in)
	}
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.acknowledge {
		if err := f.acknowledgeMismatch(ctx, &s.Config, in.arguments[0]); err != nil {
			return err
		}
	}
	all, err := datastore.CountsAt(ctx, &s.Config, f.from, in.arguments...)
	if err != nil {
		if strings.ContainsAny(first(in.arguments), "/=") {
			err = fmt.Errorf("%w (counts look like A=500/10000)", err)
		}
		return err
	}
	now := time.Now().In(s.Timezone.Location)
	if len(in.arguments) == 0 {
		return f.list(in, all, now)
	}
	return f.experiment(in, all[0], now)
}

// acknowledgeMismatch acknowledges the sample-ratio mismatch of an experiment.
func (f *analyzeCmd) acknowledgeMismatch(ctx context.Context, c *config.Config, experiment string) (err error) {
	to, err := datastore.OpenExperiments(ctx, c, f.from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return to.AcknowledgeMismatch(ctx, experiment)
}

// experiment analyzes an experiment of a store.
func (f *analyzeCmd) experiment(in *invocation, counts store.Counts, now time.Time) error {
	kpi, err := f.kpiOf(in.flags, counts.Record)
	if err != nil {
		return err
	}
	own, primary := counts.Record.Plan, counts.Record.PrimaryKPI()
	if counts.Record.Plan, err = f.applyTo(in.flags, counts.Record); err != nil {
		return err
	}
	// --kpi does not make another KPI the primary one.
	if counts.Record.Plan.KPI = own.KPI; counts.Record.Plan.Measure != "" {
		counts.Record.Plan.KPI = primary
	}
	if counts.Record.Plan != own {
		counts.Record.Look = store.Look{} // it was by the own plan
	}
	return f.print(in, report.Analysis{Report: analysis.New(counts, kpi, now), Stored: true, Overridden: given(in.flags)})
}

// list lists the experiments of a store.
func (f *analyzeCmd) list(in *invocation, counts []store.Counts, now time.Time) error {
	all := make([]analysis.Report, len(counts))
	for i, c := range counts {
		all[i] = analysis.Summary(c, now)
	}
	if f.json {
		return report.JSON(in.stdout, all)
	}
	return report.Experiments(in.stdout, all, in.commandLine("analyze "+quote(all[0].Experiment)+fromFlag(f.from)))
}

// counts analyzes the counts given as arguments or in a CSV file.
func (f *analyzeCmd) counts(in *invocation) (err error) {
	var c countsfile.Counts
	if f.csv == "" {
		c, err = countsfile.Typed(in.arguments, f.days)
	} else {
		c, err = countsfile.ReadFile(f.csv)
	}
	switch {
	case err != nil && (f.csv == "" || errors.Is(err, countsfile.ErrSingle)):
		return usageError("%w", err)
	case err != nil:
		return err
	case len(c.Ignored) > 0:
		fmt.Fprintf(in.stderr, "%s: ignored columns: %s\n", c.Source, strings.Join(c.Ignored, ", "))
	}
	if f.weights != nil {
		if err := c.SetWeights(f.weights); err != nil {
			return usageError("--weights %w", err)
		}
	}
	counts := c.Store()
	if counts.Record.Plan, err = f.apply(in.flags, store.Plan{}); err != nil {
		return err
	}
	r := analysis.New(counts, "", c.Now)
	return f.print(in, report.Analysis{Report: r, Equal: counts.Record.Epoch.Weights == nil})
}

// print prints an analysis. Impossible counts are an error as well, so that a script stops.
func (f *analyzeCmd) print(in *invocation, r report.Analysis) (err error) {
	if f.json {
		err = report.JSON(in.stdout, r.Report)
	} else {
		err = r.Write(in.stdout)
	}
	if err == nil && r.Verdict.State == stats.StateInvalidCounts {
		err = errors.New("the counts are impossible: check where they come from")
	}
	return err
}
