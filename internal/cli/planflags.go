package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/suggest"
	"github.com/sixpack-go/sixpack/store"
)

// planFlags are the flags that say what an experiment is to find out.
type planFlags struct {
	kpi                            string
	effect, alpha, power, baseline fraction
	size                           int64
	fixed                          bool
}

// planFlagNames are the flags that may change a plan.
var planFlagNames = []string{"kpi", "effect", "alpha", "power", "baseline", "size", "fixed"}

func (f *planFlags) declare(own *pflag.FlagSet) {
	own.StringVar(&f.kpi, "kpi", "", "the `KPI`; if left out, the primary one")
	own.Var(&f.effect, "effect", "the smallest difference that matters, relative to the control's rate: 10% (default 5%)")
	own.Var(&f.alpha, "alpha", "in how many tests of equal alternatives an alarm may be false (default 5%)")
	own.Var(&f.power, "power", "the chance that the effect is found if it is there (default 80%)")
	own.Var(&f.baseline, "baseline", "the control's rate as expected (default the one seen)")
	own.Int64Var(&f.size, "size", 0, "participants of all alternatives that are planned")
	own.BoolVar(&f.fixed, "fixed", false, "look once, when --size participants are there, and not before")
}

// given returns the plan flags that were given.
func given(flags *pflag.FlagSet) (names []string) {
	for _, name := range planFlagNames {
		if flags.Changed(name) {
			names = append(names, "--"+name)
		}
	}
	return names
}

// A rule refuses flags, with a message, when something holds, unless something else does.
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

// check returns an error if a value is out of its range.
func (f *planFlags) check(flags *pflag.FlagSet) error {
	const largest, half, nearlyOne = 100, 0.5, 0.9999
	within := func(name string, x fraction, limit float64) rule {
		return rule{
			when: flags.Changed(name), unless: x > 0 && float64(x) <= limit && (float64(x) < 1 || limit > 1),
			message: fmt.Sprintf("--%s must be above 0 and at most %v%%: %v is not", name, limit*100, &x),
		}
	}
	return refuse(
		within("effect", f.effect, largest), within("alpha", f.alpha, half),
		within("power", f.power, nearlyOne), within("baseline", f.baseline, nearlyOne),
		rule{when: flags.Changed("size"), unless: f.size >= 1, message: "--size must be at least 1"},
	)
}

// apply returns the plan with the changes that were given.
func (f *planFlags) apply(flags *pflag.FlagSet, p store.Plan) (store.Plan, error) {
	set := map[string]func(){
		"kpi":      func() { p.KPI = f.kpi },
		"effect":   func() { p.Effect = float64(f.effect) },
		"alpha":    func() { p.Alpha = float64(f.alpha) },
		"power":    func() { p.Power = float64(f.power) },
		"baseline": func() { p.Baseline = float64(f.baseline) },
		"size":     func() { p.Size = f.size },
		"fixed": func() {
			p.Analysis = ""
			if f.fixed {
				p.Analysis = store.AnalysisFixed
			}
		},
	}
	for _, name := range planFlagNames {
		if flags.Changed(name) {
			set[name]()
		}
	}
	return p, refuse(rule{
		when: p.Analysis == store.AnalysisFixed, unless: p.Size != 0,
		message: "--fixed needs --size, the number of participants at which is looked; \"sixpack plan\" tells how many it takes",
	})
}

// kpiOf returns the KPI to go by: the one given, if anybody converted for it, or the primary
// one.
func (f *planFlags) kpiOf(flags *pflag.FlagSet, r store.Record) (string, error) {
	switch {
	case !flags.Changed("kpi"):
		return r.PrimaryKPI(), nil
	case f.kpi == r.PrimaryKPI() || slices.Contains(r.KPIs, f.kpi):
		return f.kpi, nil
	case len(r.KPIs) == 0:
		return "", fmt.Errorf("nobody has converted in %q yet, for any KPI", r.Name)
	}
	names := make([]string, len(r.KPIs))
	for i, k := range r.KPIs {
		names[i] = report.KPI(k)
	}
	return "", fmt.Errorf("%q has no KPI %q: %s", r.Name, f.kpi, suggest.List(names))
}
