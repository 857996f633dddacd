package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/internal/suggest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A rule refuses flags with a message if when holds and unless does not.
type rule struct {
	when, unless bool
	message      string
}

// refuse returns a usage error with the message of the first rule that applies, nil if none
// does.
func refuse(rules ...rule) error {
	for _, r := range rules {
		if r.when && !r.unless {
			return usageError("%s", r.message)
		}
	}
	return nil
}

// first returns the first of some words, empty if there are none.
func first(words []string) string { return strings.Join(words[:min(1, len(words))], "") }

// ranges returns the rules for the values of plan flags.
func (f *planFlags) ranges(flags *pflag.FlagSet) []rule {
	const largest, half, nearlyOne = 100, 0.5, 0.9999
	within := func(name string, x fraction, limit float64) rule {
		return rule{
			when: flags.Changed(name), unless: x > 0 && float64(x) <= limit && (float64(x) < 1 || limit > 1),
			message: fmt.Sprintf("--%s must be above 0%% and at most %v%%", name, limit*100),
		}
	}
	return []rule{
		within("effect", f.effect, largest), within("alpha", f.alpha, half),
		within("power", f.power, nearlyOne), within("baseline", f.baseline, nearlyOne),
		{flags.Changed("size"), f.size >= 1, "--size must be at least 1"},
		{f.measure != "", f.measure == string(store.MeasureRate) || f.measure == string(store.MeasureMean), "--measure must be rate or mean"},
	}
}

// rules returns the rules for flags and arguments; typed reports whether some arguments are counts.
func (f *analyzeCmd) rules(in *invocation, typed bool) []rule {
	const maxDays = 36500 // a century
	changed, stored := in.flags.Changed, !typed && f.csv == ""
	arguments, planned := in.arguments, given(in.flags)
	return append(f.ranges(in.flags), []rule{
		{f.csv != "" && len(arguments) > 0, false, fmt.Sprintf("%q and --csv exclude each other: give one of them", first(arguments))},
		{f.from != "", stored, "--from is for an experiment: name one instead of counts"},
		{f.acknowledge, stored && len(arguments) > 0, "--acknowledge is for an experiment: name one"},
		{changed("kpi"), stored, "--kpi is for an experiment: counts have a single KPI"},
		{changed("weights"), !stored, "--weights is for counts: a store knows the shares of its experiments"},
		{changed("days"), typed, "--days is for counts given as arguments: a store knows the days, and a CSV file can have a column day"},
		{stored && len(arguments) > 1, false, fmt.Sprintf("unexpected argument %q: name one experiment, or counts such as A=500/10000", first(arguments[min(1, len(arguments)):]))},
		{stored && len(arguments) == 0 && len(planned) > 0, false, first(planned) + " is for one experiment: name the experiment"},
		{changed("days"), 1 <= f.days && f.days <= maxDays, fmt.Sprintf("--days must be from 1 to %d", maxDays)},
	}...)
}

// rules returns the rules for flags without --set.
func (f *planCmd) rules(in *invocation) []rule {
	changed, named, name := in.flags.Changed, len(in.arguments) > 0, first(in.arguments)
	positive := func(flag string, x float64) rule {
		return rule{changed(flag), x > 0 && x <= countsfile.MaxCount, "--" + flag + " must be above 0"}
	}
	return append(f.ranges(in.flags), []rule{
		positive("mean", f.mean), positive("sd", f.sd), positive("per-day", f.perDay), positive("days", float64(f.days)),
		{changed("size") || changed("fixed"), false, "--size and --fixed need --set: without it, \"sixpack plan\" calculates the size"},
		{changed("measure"), false, "--measure needs --set: without it, --baseline plans a rate, and --mean and --sd a mean"},
		{f.from != "", named, "--from is for an experiment: name the experiment"},
		{changed("kpi"), named, "--kpi is for an experiment: name the experiment"},
		{changed("alternatives") || changed("split"), !named, fmt.Sprintf("--alternatives and --split are for a new test: %q has its own", name)},
		{changed("mean"), changed("sd") && !changed("baseline"), "give --baseline for a rate, or --mean and --sd for values"},
		{changed("sd"), changed("mean"), "give --baseline for a rate, or --mean and --sd for values"},
		{!named, changed("baseline") || changed("mean"), "the control's rate is missing: give --baseline, such as 5%, or --mean and --sd for values, or name an experiment"},
		{true, 2 <= f.alternatives && f.alternatives <= maxAlternatives, fmt.Sprintf("--alternatives must be from 2 to %d", maxAlternatives)},
		{f.split != nil && changed("alternatives"), len(f.split) == f.alternatives, fmt.Sprintf("--split has %d shares for %d alternatives", len(f.split), f.alternatives)},
		{changed("days"), !changed("effect"), "--days calculates the smallest detectable effect: leave out --effect or --days"},
		{f.days > 0 && f.perDay == 0, named, "--days needs --per-day, the participants per day"},
	}...)
}

// setRules returns the rules for flags with --set.
func (f *planCmd) setRules(in *invocation) []rule {
	names := strings.Join(planFlagNames, ", --")
	rules := []rule{{true, len(in.arguments) > 0, "--set is for an experiment: name the experiment"}}
	for _, flag := range []string{"mean", "sd", "alternatives", "split", "per-day", "days", "json"} {
		rules = append(rules, rule{in.flags.Changed(flag), false, fmt.Sprintf("--%s cannot be used with --set, which saves only --%s", flag, names)})
	}
	return append(rules, rule{true, len(given(in.flags)) > 0, "--set has nothing to save: give some of --" + names})
}

func (f *aaCmd) rules(in *invocation) []rule {
	return []rule{
		{true, f.runs >= 1, "--runs must be at least 1"},
		{true, 1 <= f.visitors && f.visitors <= maxVisitors, fmt.Sprintf("--visitors must be from 1 to %d, because all of them are kept in memory", maxVisitors)},
		{true, 1 <= f.days && f.days <= maxSimulatedDays, fmt.Sprintf("--days must be from 1 to %d", maxSimulatedDays)},
		{f.kpi != "" || f.from != "", len(in.arguments) > 0, "--kpi and --from are for an experiment: name it, as in \"sixpack aa signup-button\""},
		{true, 0 < f.rate && f.rate < 1, "--rate must be above 0% and below 100%"},
		{true, 0 < f.alpha && f.alpha <= 0.1, "--alpha must be above 0% and at most 10%"}, // the probability of being best starts at 90%
	}
}

func (f *simulateCmd) rules(changed func(flag string) bool) []rule {
	highest := slices.Max(f.Rates)
	return []rule{
		{changed("per-day") && changed("visitors"), false, "give --visitors or --per-day, not both"},
		{changed("algorithm"), false, "--algorithm is a server setting: use --algorithms"},
		{true, f.runs >= 1, "--runs must be at least 1"},
		{true, 1 <= f.Days && f.Days <= maxSimulatedDays, fmt.Sprintf("--days must be from 1 to %d", maxSimulatedDays)},
		{true, 1 <= f.Visitors && f.Visitors <= maxVisitors, fmt.Sprintf("--visitors, or --per-day times --days, must be from 1 to %d, because all of them are kept in memory", maxVisitors)},
		{f.Window < 0 || f.Delay < 0, false, "--window and --delay must not be negative"},
		{f.Drift >= 1, false, "--drift must be below 100%"},
		{highest*(1+f.Drift) > 1, false, fmt.Sprintf("a rate of %s plus a drift of %s is above 100%%: give a smaller --drift", format.Percent(highest), format.Percent(f.Drift))},
	}
}

func (f *simulateCmd) algorithmRules() []rule {
	const random = "random"
	known := sixpack.New(new(memory.Store), sixpack.Config{}).Algorithms()
	known = slices.DeleteFunc(known, func(name string) bool { return name == random })
	names := strings.Join(known, ", ")
	rules := []rule{{len(f.Algorithms) == 0, false, "--algorithms must have one or more of " + names}}
	for i, name := range f.Algorithms {
		rules = append(rules,
			rule{name == random, false, "random cannot be simulated because it does not repeat: use hash, which has the same shares"},
			rule{true, slices.Contains(known, name), fmt.Sprintf("there is no algorithm %q%s (--algorithms takes %s)", name, suggest.DidYouMean(name, known), names)},
			rule{slices.Contains(f.Algorithms[:i], name), false, "--algorithms has " + name + " twice"},
		)
	}
	return rules
}

// plotRules finds errors of --plot before the simulation runs.
func (f *simulateCmd) plotRules() []rule {
	folder := filepath.Dir(f.plot)
	info, err := os.Stat(folder)
	name := strings.TrimSuffix(filepath.Base(f.plot), filepath.Ext(f.plot))
	return []rule{
		{f.plot != "", filepath.Ext(f.plot) == ".svg", fmt.Sprintf("--plot must be an SVG file, such as %s.svg", name)},
		{f.plot != "", err == nil && info.IsDir(), fmt.Sprintf("there is no folder %s for --plot: create it first", folder)},
	}
}
