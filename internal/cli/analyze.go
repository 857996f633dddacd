package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/analysis"
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

// analyzing is what analyze was told.
type analyzing struct {
	rules

	from, csv string
	weights   shares
	days      int
	json      bool
}

const mostArguments = 256 // alternatives that an experiment may have

func analyzeCommand(p *process) *cobra.Command {
	var f analyzing
	c := &cobra.Command{
		Use: "analyze [EXPERIMENT | COUNTS...]", Short: "tell which alternative is better, of an experiment or any counts",
		Long: analyzeHelp, Example: analyzeExamples, Args: arguments(0, mostArguments),
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

func (f *analyzing) run(ctx context.Context, in *invocation) error {
	if err := f.check(in.flags); err != nil {
		return err
	}
	typed := slices.IndexFunc(in.arguments, isTyped) >= 0
	if err := f.checkMix(in, typed); err != nil {
		return err
	}
	switch {
	case f.csv != "":
		t, err := readFile(f.csv, os.Stdin)
		if err != nil {
			return err
		}
		if len(t.ignored) > 0 {
			fmt.Fprintf(in.stderr, "%s: these columns are not read: %s\n", t.shown, strings.Join(t.ignored, ", "))
		}
		return f.given(in, t.counted)
	case typed:
		c, err := typedCounts(in.arguments, f.days)
		if err != nil {
			return err
		}
		return f.given(in, c)
	case len(in.arguments) == 0:
		return f.all(ctx, in)
	default:
		return f.experiment(ctx, in, in.arguments[0])
	}
}

// checkMix refuses what does not go together.
func (f *analyzing) checkMix(in *invocation, typed bool) error {
	stored := !typed && f.csv == ""
	switch changed := in.flags.Changed; {
	case f.csv != "" && len(in.arguments) > 0:
		return usageError("%q and --csv: give one of them", in.arguments[0])
	case !stored && f.from != "":
		return usageError("--from is for an experiment of a store: name one in place of counts")
	case !stored && changed("kpi"):
		return usageError("--kpi is for an experiment of a store: counts are of one KPI")
	case stored && changed("weights"):
		return usageError("--weights is for counts: a store knows the shares of its experiments")
	case !typed && changed("days"):
		return usageError("--days is for counts given as arguments: a store knows the days, and a CSV file may have a column day")
	case stored && len(in.arguments) > 1:
		return usageError("%q: one experiment at a time, or counts such as A=500/10000", in.arguments[1])
	case stored && len(in.arguments) == 0 && len(given(in.flags)) > 0:
		return usageError("%s is for one experiment: name it", given(in.flags)[0])
	case changed("days") && (f.days < 1 || f.days > mostDays):
		return usageError("--days must be from 1 to %d", mostDays)
	}
	return nil
}

const mostDays = 36500 // a century

// given analyses counts from elsewhere.
func (f *analyzing) given(in *invocation, c counted) error {
	if f.weights != nil {
		if err := c.setWeights(f.weights); err != nil {
			return err
		}
	}
	counts := c.results()
	var err error
	if counts.Record.Plan, err = f.apply(in.flags, store.Plan{}); err != nil {
		return err
	}
	r := analysis.New(counts, "", c.now)
	return f.tell(in, shownResults{Report: r, equal: counts.Record.Epoch.Weights == nil})
}

// experiment analyses one of a store's.
func (f *analyzing) experiment(ctx context.Context, in *invocation, name string) error {
	s, err := in.settings()
	if err != nil {
		return err
	}
	all, err := s.resultsAt(ctx, f.from, name)
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
	counts.Record.Plan.KPI = own.KPI // which is the primary one whatever is looked at
	r := analysis.New(counts, kpi, time.Now().In(s.Timezone.Location))
	return f.tell(in, shownResults{Report: r, stored: true, overridden: given(in.flags)})
}

// tell prints the analysis. Counts that cannot be are no answer, so that a script
// must not go on as after one.
func (f *analyzing) tell(in *invocation, r shownResults) (err error) {
	if f.json {
		err = writeJSON(in.stdout, r.Report)
	} else {
		err = writeAll(in.stdout, r.String())
	}
	if err == nil && r.Verdict.State == stats.StateInvalidCounts {
		err = errors.New("the counts cannot be: look at where they come from")
	}
	return err
}

func writeJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// all lists all experiments of a store.
func (f *analyzing) all(ctx context.Context, in *invocation) error {
	s, err := in.settings()
	if err != nil {
		return err
	}
	counts, err := s.resultsAt(ctx, f.from)
	if err != nil {
		return err
	}
	all, now := make([]analysis.Report, len(counts)), time.Now().In(s.Timezone.Location)
	for i, c := range counts {
		all[i] = analysis.Summary(c, now)
	}
	if f.json {
		return writeJSON(in.stdout, all)
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "EXPERIMENT\tSTATE\tPARTICIPANTS\tVERDICT")
	for _, r := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.Experiment, stateOf(r.Counts.Record), grouped(r.Participants), r.Verdict.Headline)
	}
	_ = table.Flush() // to a Builder, which never fails
	more := "analyze " + quote(all[0].Experiment)
	if f.from != "" {
		more += " --from " + quote(f.from)
	}
	return writeAll(in.stdout, b.String()+"\nMore about one:\n\n  "+in.again(more)+"\n")
}
