package cli

import (
	"cmp"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/store/memory"
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

// The algorithms that set no shares.
const (
	hashed   = "hash"
	randomly = "random"
)

// marks is how many points of a test are remembered.
const marks = 100

// simulateFlags are those of simulate.
type simulateFlags struct {
	rates          []fraction
	visitors, days int
	perDay         int
	algorithms     []string
	window, delay  time.Duration
	drift          fraction
	runs           int
	seed           uint64
	json           bool
	plot           string
}

func simulateCommand(p *process) *cobra.Command {
	var f simulateFlags
	c := &cobra.Command{
		Use: "simulate RATE RATE...", Short: "try bandits on visitors of whom you know what they do",
		Long: simulateHelp, Example: simulateExamples, Args: arguments(2, 256),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringSliceVar(&f.algorithms, "algorithms", []string{"hash", "thompson", "whiplash"}, "what to compare: also whiplash-legacy and epsilon-greedy")
	own.IntVar(&f.visitors, "visitors", 10_000, "how many come to each test")
	own.IntVar(&f.days, "days", 20, "over how many days they come")
	own.IntVar(&f.perDay, "per-day", 0, "how many come each day, in place of --visitors")
	own.DurationVar(&f.window, "window", 24*time.Hour, "how long ago somebody came of whom bandits learn")
	own.DurationVar(&f.delay, "delay", 0, "how long it takes to convert, on average")
	own.Var(&f.drift, "drift", "by how much all rates rise and fall together, in one wave")
	own.IntVar(&f.runs, "runs", 200, "how many tests of each algorithm")
	own.Uint64Var(&f.seed, "seed", 0, "simulate the same tests again as with this `number` before")
	own.BoolVar(&f.json, "json", false, "print JSON")
	own.StringVar(&f.plot, "plot", "", "draw them into this `FILE`, an SVG")
	completeFiles(c, "plot")
	return c
}

func (f *simulateFlags) run(ctx context.Context, in *invocation) error {
	if err := cmp.Or(f.take(in.arguments), f.check(in.flags.Changed)); err != nil {
		return err
	}
	for f.seed == 0 {
		f.seed = uint64(rand.Uint32()) //nolint:gosec // nothing secret; short, as it may be typed
	}
	scenarios := make([]simulation.Scenario, len(f.algorithms))
	for i, name := range f.algorithms {
		scenarios[i] = f.scenario(name)
	}
	progress := newBar(in.stderr, "simulating tests", false, int64(f.runs))
	courses, err := simulation.Courses(ctx, scenarios, marks, f.runs, f.seed, progress.step)
	progress.finish()
	if len(courses) == 0 {
		return err
	}
	// Those that were finished are worth reading.
	report := f.report(courses)
	if f.plot != "" {
		if err := report.writePlot(f.plot); err != nil {
			return err
		}
	}
	write := report.write
	if f.json {
		write = report.writeJSON
	}
	return cmp.Or(write(in.stdout), err)
}

// take reads the rates.
func (f *simulateFlags) take(arguments []string) error {
	f.rates = make([]fraction, len(arguments))
	for i, text := range arguments {
		if err := f.rates[i].Set(text); err != nil {
			return usageError("rate %q %w", text, err)
		}
		if f.rates[i] <= 0 || f.rates[i] >= 1 {
			return usageError("rate %q must be above 0%% and below 100%%", text)
		}
	}
	return nil
}

func (f *simulateFlags) check(given func(flag string) bool) error {
	if given("per-day") {
		if given("visitors") {
			return usageError("give --visitors or --per-day, not both: the other one follows from --days")
		}
		f.visitors = f.perDay * max(0, min(f.days, longest))
	}
	if given("algorithm") {
		return usageError("--algorithm is a setting of servers: say --algorithms")
	}
	switch highest := float64(slices.Max(f.rates)); {
	case f.runs < 1:
		return usageError("--runs must be at least 1")
	case f.days < 1 || f.days > longest:
		return usageError("--days must be from 1 to %d", longest)
	case f.visitors < 1 || f.visitors > mostVisitors:
		return usageError("--visitors, or --per-day times --days, must be from 1 to %d: each of them really takes part, in memory", mostVisitors)
	case f.window < 0 || f.delay < 0:
		return usageError("--window and --delay must not be negative")
	case f.drift >= 1:
		return usageError("--drift must be below 100%%")
	case highest*(1+float64(f.drift)) > 1:
		return usageError("a rate of %s that rises by %s would be above 100%%: give a smaller --drift", percent(highest), percent(float64(f.drift)))
	}
	return cmp.Or(f.checkAlgorithms(), f.checkPlot())
}

func (f *simulateFlags) checkAlgorithms() error {
	known := sixpack.New(new(memory.Store), sixpack.Config{}).Algorithms()
	known = slices.DeleteFunc(known, func(name string) bool { return name == randomly })
	if len(f.algorithms) == 0 {
		return usageError("--algorithms must be some of %s", strings.Join(known, ", "))
	}
	for i, name := range f.algorithms {
		switch {
		case name == randomly:
			return usageError("random does not repeat, as a seed should: take hash, which has the same shares")
		case !slices.Contains(known, name):
			return usageError("there is no algorithm %q%s (--algorithms takes %s)", name, didYouMean(name, known), strings.Join(known, ", "))
		case slices.Contains(f.algorithms[:i], name):
			return usageError("--algorithms has %s twice", name)
		}
	}
	return nil
}

// checkPlot finds now what would else be found when all work is done.
func (f *simulateFlags) checkPlot() error {
	if f.plot == "" {
		return nil
	}
	if filepath.Ext(f.plot) != ".svg" {
		return usageError("--plot draws SVG: give a name like %s.svg", strings.TrimSuffix(filepath.Base(f.plot), filepath.Ext(f.plot)))
	}
	folder, err := os.Stat(filepath.Dir(f.plot))
	if err != nil || !folder.IsDir() {
		return usageError("there is no folder %s for --plot: make it first", filepath.Dir(f.plot))
	}
	return nil
}

// scenario returns what is to be simulated of an algorithm.
func (f *simulateFlags) scenario(algorithm string) simulation.Scenario {
	window := f.window
	if window == 0 {
		window = -1 // as 0 means a day
	}
	c := sixpack.Config{Algorithm: algorithm, Bandit: sixpack.Bandit{Window: window}}
	x := simulation.Scenario{
		Days: simulation.Even(f.visitors, f.days), Rates: simulation.Swinging(float64(f.drift), float64(f.days), f.plain()...),
		Open: func(dice *rand.Rand) simulation.Path {
			return newReplay(slices.Repeat([]float64{1}, len(f.rates)), c, dice)
		},
	}
	if f.delay > 0 {
		x.Delay = simulation.Exponential(f.delay.Hours() / 24)
	}
	return x
}

// plain returns the rates as numbers.
func (f *simulateFlags) plain() []float64 {
	all := make([]float64, len(f.rates))
	for i, r := range f.rates {
		all[i] = float64(r)
	}
	return all
}
