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

const simulateHelp = `Shows what a bandit would earn you, and what it costs, before you use one. Each RATE is how
many convert who get an alternative, control first. The same visitors come to a test for
each algorithm, by the very code that serves yours, in memory with a clock of its own.

How to read the table:

  REGRET        conversions fewer than if all visitors had got the best alternative, on
                average: 0 is perfect, and cannot be had, as nobody knows the best before
  MIDDLE 80%    of all tests had a regret in this range: one test of yours may be anywhere
                in it, or beyond
  CONVERSIONS   counted at the end, on average
  BEST AHEAD    in so many tests the best alternative had the most participants at the end
  NAMED BEST    in so many the verdict, looked at every day, said that it is the best
  NAMED OTHER   in so many it named another one. With several that may be true of it: it is
                better than the control. With equal ones it is not, in at most 5% of tests
  PARTICIPANTS  what share of all each alternative got, on average

A bandit earns more while it runs; a test tells you more: compare REGRET with NAMED BEST.
Regret is what a test costs once. If the winner stays for a year, to name the wrong one or
none costs more. Where alternatives are as good as equal, it matters little what one takes.

Bandits learn only from those who came --window ago and from 100 of each alternative, so
that with few visitors or days they do what hash does. Who would convert after the last day
never does. random has the shares of hash, and is not to be had: it does not repeat.

--plot draws regret and the best alternative's share over time, means and the middle 80%,
as SVG.`

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
		Use: "simulate RATE RATE...", Short: "try bandits on visitors of whom you know what they do",
		Long: simulateHelp, Example: simulateExamples, Args: arguments(2, maxAlternatives),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringSliceVar(&f.Algorithms, "algorithms", []string{"hash", "thompson", "whiplash"}, "what to compare: also whiplash-legacy and epsilon-greedy")
	own.IntVar(&f.Visitors, "visitors", 10_000, "how many come to each test")
	own.IntVar(&f.Days, "days", 20, "over how many days they come")
	own.IntVar(&f.perDay, "per-day", 0, "how many come each day, in place of --visitors")
	own.DurationVar(&f.Window, "window", 24*time.Hour, "how long ago somebody came of whom bandits learn")
	own.DurationVar(&f.Delay, "delay", 0, "how long it takes to convert, on average")
	own.Var(&f.drift, "drift", "by how much all rates rise and fall together, in one wave")
	own.IntVar(&f.runs, "runs", 200, "how many tests of each algorithm")
	own.Uint64Var(&f.seed, "seed", 0, "simulate the same tests again as with this `number` before")
	own.BoolVar(&f.json, "json", false, "print JSON")
	own.StringVar(&f.plot, "plot", "", "draw them into this `FILE`, an SVG")
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
