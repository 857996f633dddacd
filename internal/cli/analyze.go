package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
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
	if err := f.check(in.flags); err != nil {
		return err
	}
	if err := refuse(f.rules(in, typed)...); err != nil {
		return err
	}
	switch {
	case f.csv != "":
		return f.file(in)
	case typed:
		c, err := countsfile.Typed(in.arguments, f.days)
		if err != nil {
			return usageError("%w", err)
		}
		return f.counts(in, c)
	case len(in.arguments) == 0:
		return f.all(ctx, in)
	default:
		return f.experiment(ctx, in, in.arguments[0])
	}
}

// rules returns the rules for flags and arguments that do not go together.
func (f *analyzeCmd) rules(in *invocation, typed bool) []rule {
	const maxDays = 36500 // a century
	changed, stored := in.flags.Changed, !typed && f.csv == ""
	arguments, planned := in.arguments, given(in.flags)
	return []rule{
		{f.csv != "" && len(arguments) > 0, false, fmt.Sprintf("%q and --csv: give one of them", first(arguments))},
		{f.from != "", stored, "--from is for an experiment of a store: name one in place of counts"},
		{changed("kpi"), stored, "--kpi is for an experiment of a store: counts are of one KPI"},
		{changed("weights"), !stored, "--weights is for counts: a store knows the shares of its experiments"},
		{changed("days"), typed, "--days is for counts given as arguments: a store knows the days, and a CSV file may have a column day"},
		{stored && len(arguments) > 1, false, fmt.Sprintf("%q: one experiment at a time, or counts such as A=500/10000", first(arguments[min(1, len(arguments)):]))},
		{stored && len(arguments) == 0 && len(planned) > 0, false, first(planned) + " is for one experiment: name it"},
		{changed("days"), 1 <= f.days && f.days <= maxDays, fmt.Sprintf("--days must be from 1 to %d", maxDays)},
	}
}

// file analyzes the counts in a CSV file.
func (f *analyzeCmd) file(in *invocation) error {
	name, content := "standard input", io.Reader(os.Stdin)
	if f.csv != "-" {
		file, err := os.Open(f.csv)
		if err != nil {
			return err
		}
		defer file.Close()
		name, content = f.csv, file
	}
	c, err := countsfile.Read(content)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(c.Ignored) > 0 {
		fmt.Fprintf(in.stderr, "%s: these columns are not read: %s\n", name, strings.Join(c.Ignored, ", "))
	}
	return f.counts(in, c)
}

// counts analyzes counts from elsewhere.
func (f *analyzeCmd) counts(in *invocation, c countsfile.Counts) (err error) {
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
	more := "analyze " + quote(all[0].Experiment)
	if f.from != "" {
		more += " --from " + quote(f.from)
	}
	return report.Experiments(in.stdout, all, in.commandLine(more))
}
