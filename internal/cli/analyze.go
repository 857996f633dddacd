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

const analyzeHelp = `Tells which alternative is better, whether that may be believed, and what is still needed.
It may be asked at any time, as often as you like: a result stays as reliable as --alpha
says. It analyses one of these:

  an experiment    of the configured store, or of the one that --from names: a folder with
                   the embedded store's file, that file or a backup of it, or a URL of
                   Redis. A server may be running meanwhile. The experiment's plan says
                   what to find out; flags go before it, for this look only.
  counts           converted/participants, with or without a name, the control first.
  a CSV file       with --csv, "-" for standard input. Its first line names the columns:
                   alternative, participants and conversions; and if you like, day (such as
                   2026-05-31; the lines of an alternative are added up), weight (the share
                   that was set), and for values sum, squares (the sum of the squares of the
                   participants' values) and nonzero. The control comes first. What the
                   dashboard of Sixpack exports is read as well.

Without any of these it lists all experiments, each with its verdict.

The exit status is 1 if the counts cannot be, as when more converted than took part.`

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
		Use: "analyze [EXPERIMENT | COUNTS...]", Short: "tell which alternative is better, of an experiment or any counts",
		Long: analyzeHelp, Example: analyzeExamples, Args: arguments(0, maxAlternatives),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "the `STORE` that has the experiment")
	own.StringVar(&f.csv, "csv", "", "the `FILE` that has the counts")
	f.declare(own)
	own.Var(&f.weights, "weights", "of counts, the shares that were set: 90:10 (default equal ones)")
	own.IntVar(&f.days, "days", 0, "in how many whole days the counts given were gathered")
	own.BoolVar(&f.json, "json", false, "print everything that is known, as JSON")
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
			err = fmt.Errorf("%w (counts are like A=500/10000)", err)
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
		err = errors.New("the counts cannot be: look at where they come from")
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
