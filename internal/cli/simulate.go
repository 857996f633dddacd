package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/simulation"
)

const simulateHelp = `Shows what a bandit would gain and cost before you use one. Each RATE is the conversion rate
of an alternative, control first. The same simulated visitors come to one test per algorithm,
through the engine that serves your visitors, in memory with a simulated clock.

How to read the table:

  REGRET        conversions lost, on average, compared with showing everyone the best
                alternative; 0 is perfect but impossible, as nobody knows the best in advance
  MIDDLE 80%    the range of regret in the middle 80% of the tests
  CONVERSIONS   conversions at the end, on average
  BEST AHEAD    tests in which the best alternative had the most participants at the end
  NAMED BEST    tests in which the verdict, checked daily, named the best alternative
  NAMED OTHER   tests in which it named another one. With several challengers that can be
                right: that one is better than control. With equal alternatives it is a false
                alarm, in at most 5% of the tests
  PARTICIPANTS  share of the participants of each alternative, on average

A bandit converts more visitors while it runs; an equal split tells you more: compare REGRET,
a one-time cost, with NAMED BEST: a wrong winner, or none, costs as long as it stays.

Bandits learn only from participants older than --window, and once each alternative has 100
of them, so with few visitors or days they split like hash. Conversions after the last day
are not counted. random is not available because it does not repeat; hash has its shares.

--plot draws regret and the best alternative's share over time, as means with the middle 80%.`

const simulateExamples = `  sixpack simulate 5% 6%
  sixpack simulate 2% 3% 4% --algorithms hash,thompson,epsilon-greedy --per-day 2000
  sixpack simulate 5% 6% --window 72h --delay 24h --plot bandits.svg
  sixpack simulate 5% 5% --drift 80% --visitors 20000 --runs 500 --seed 1 --json`

// simulateCmd holds the flags of simulate.
type simulateCmd struct {
	simulation.Bandits

	perDay int
	drift  fraction
	runs   int
	seed   uint64
	json   bool
	plot   string
}

func simulateCommand(p *process) *cobra.Command {
	var f simulateCmd
	c := &cobra.Command{
		Use: "simulate RATE RATE...", Short: "compare bandits on simulated visitors",
		Long: simulateHelp, Example: simulateExamples, Args: arguments(2, maxAlternatives),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringSliceVar(&f.Algorithms, "algorithms", []string{"hash", "thompson", "whiplash"}, "algorithms to compare: also whiplash-legacy and epsilon-greedy")
	own.IntVar(&f.Visitors, "visitors", 10_000, "visitors per test")
	own.IntVar(&f.Days, "days", 20, "days over which the visitors arrive")
	own.IntVar(&f.perDay, "per-day", 0, "visitors per day, instead of --visitors")
	own.DurationVar(&f.Window, "window", 24*time.Hour, "minimum age of the participants that bandits learn from, such as 72h")
	own.DurationVar(&f.Delay, "delay", 0, "average time to convert, such as 24h")
	own.Var(&f.drift, "drift", "amplitude of one wave in which all rates rise and fall together")
	own.IntVar(&f.runs, "runs", 200, "tests per algorithm")
	own.Uint64Var(&f.seed, "seed", 0, "repeat the tests of an earlier run with this `number`")
	own.BoolVar(&f.json, "json", false, "print JSON")
	own.StringVar(&f.plot, "plot", "", "draw a plot to this `FILE`, an SVG")
	completeFiles(c, "plot")
	return c
}

func (f *simulateCmd) run(ctx context.Context, in *invocation) error {
	if err := f.parseRates(in.arguments); err != nil {
		return err
	}
	changed := in.flags.Changed
	if changed("per-day") && !changed("visitors") {
		f.Visitors = f.perDay * max(0, min(f.Days, maxSimulatedDays))
	}
	f.Drift = float64(f.drift)
	if err := refuse(append(f.rules(changed), append(f.algorithmRules(), f.plotRules()...)...)...); err != nil {
		return err
	}
	progress := report.NewProgress(in.stderr)
	progress.Start("simulating tests", int64(f.runs), false)
	r, err := f.Run(ctx, f.runs, seedOf(f.seed), progress.Step)
	progress.Finish()
	if r.Runs == 0 {
		return err
	}
	// The tests that finished are worth reading.
	if f.plot != "" {
		if err := writePlot(f.plot, r); err != nil {
			return err
		}
	}
	if f.json {
		return errors.Join(writeEscaped(in.stdout, r), err)
	}
	return errors.Join(report.Bandits(in.stdout, r, f.plot), err)
}

func writePlot(path string, r simulation.BanditsReport) error {
	var drawing bytes.Buffer
	if err := report.BanditsPlot(&drawing, r); err != nil {
		return fmt.Errorf("drawing %s: %w", path, err)
	}
	const readable = 0o644 // by others too: it is for a document
	return os.WriteFile(path, drawing.Bytes(), readable)
}

func (f *simulateCmd) parseRates(arguments []string) error {
	f.Rates = make([]float64, len(arguments))
	for i, text := range arguments {
		var rate fraction
		if err := rate.Set(text); err != nil {
			return usageError("rate %q %w", text, err)
		}
		if rate <= 0 || rate >= 1 {
			return usageError("rate %q must be above 0%% and below 100%%", text)
		}
		f.Rates[i] = float64(rate)
	}
	return nil
}
