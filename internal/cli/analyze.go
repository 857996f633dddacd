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
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/stats"
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

	from, csv string
	weights   shares
	days      int
	json      bool
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
	completeFiles(c, "from", "csv")
	return c
}

func (f *analyzeCmd) run(ctx context.Context, in *invocation) error {
	typed := slices.ContainsFunc(in.arguments, countsfile.IsTyped)
	if err := refuse(f.rules(in, typed)...); err != nil {
		return err
	}
	switch {
	case f.csv != "":
		return f.file(in)
	case typed:
		return f.typed(in)
	case len(in.arguments) == 0:
		return f.all(ctx, in)
	default:
		return f.experiment(ctx, in, in.arguments[0])
	}
}

// experiment analyzes an experiment of a store.
func (f *analyzeCmd) experiment(ctx context.Context, in *invocation, name string) error {
	s, err := in.settings()
	if err != nil {
		return err
	}
	all, err := datastore.CountsAt(ctx, &s.Config, f.from, name)
	if err != nil {
		if strings.ContainsAny(name, "/=") {
			err = fmt.Errorf("%w (counts look like A=500/10000)", err)
		}
		return err
	}
	counts := all[0]
	kpi, err := f.kpiOf(in.flags, counts.Record)
	if err != nil {
		return err
	}
	own := counts.Record.Plan
	if counts.Record.Plan, err = f.apply(in.flags, own); err != nil {
		return err
	}
	counts.Record.Plan.KPI = own.KPI // --kpi does not make another KPI the primary one
	r := analysis.New(counts, kpi, time.Now().In(s.Timezone.Location))
	return f.print(in, report.Analysis{Report: r, Stored: true, Overridden: given(in.flags)})
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

// all lists the experiments of a store.
func (f *analyzeCmd) all(ctx context.Context, in *invocation) error {
	s, err := in.settings()
	if err != nil {
		return err
	}
	counts, err := datastore.CountsAt(ctx, &s.Config, f.from)
	if err != nil {
		return err
	}
	all, now := make([]analysis.Report, len(counts)), time.Now().In(s.Timezone.Location)
	for i, c := range counts {
		all[i] = analysis.Summary(c, now)
	}
	if f.json {
		return report.JSON(in.stdout, all)
	}
	return report.Experiments(in.stdout, all, in.commandLine("analyze "+quote(all[0].Experiment)+fromFlag(f.from)))
}
