package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/store"
)

// rules are the flags that say what an experiment is to find out.
type rules struct {
	kpi                            string
	effect, alpha, power, baseline fraction
	size                           int64
	fixed                          bool
}

// ruleFlags are the names of those that may change a plan.
var ruleFlags = []string{"kpi", "effect", "alpha", "power", "baseline", "size", "fixed"}

func (r *rules) declare(own *pflag.FlagSet) {
	own.StringVar(&r.kpi, "kpi", "", "the `KPI`; if left out, the primary one")
	own.Var(&r.effect, "effect", "the smallest difference that matters, relative to the control's rate: 10% (default 5%)")
	own.Var(&r.alpha, "alpha", "in how many tests of equal alternatives an alarm may be false (default 5%)")
	own.Var(&r.power, "power", "the chance that the effect is found if it is there (default 80%)")
	own.Var(&r.baseline, "baseline", "the control's rate as expected (default the one seen)")
	own.Int64Var(&r.size, "size", 0, "participants of all alternatives that are planned")
	own.BoolVar(&r.fixed, "fixed", false, "look once, when --size participants are there, and not before")
}

// given returns the flags of rules that were given.
func given(flags *pflag.FlagSet) (names []string) {
	for _, name := range ruleFlags {
		if flags.Changed(name) {
			names = append(names, "--"+name)
		}
	}
	return names
}

// check finds what is wrong with the flags.
func (r *rules) check(flags *pflag.FlagSet) error {
	const most, half = 100, 0.5
	within := func(name string, f fraction, most float64) error {
		if flags.Changed(name) && !(f > 0 && float64(f) <= most && (float64(f) < 1 || most > 1)) {
			return usageError("--%s must be above 0 and at most %v%%: %v is not", name, most*100, &f)
		}
		return nil
	}
	for _, err := range []error{
		within("effect", r.effect, most), within("alpha", r.alpha, half),
		within("power", r.power, nearlyOne), within("baseline", r.baseline, nearlyOne),
	} {
		if err != nil {
			return err
		}
	}
	if flags.Changed("size") && r.size < 1 {
		return usageError("--size must be at least 1")
	}
	return nil
}

// nearlyOne is the largest chance that can be asked for.
const nearlyOne = 0.9999

// apply changes in a plan what was given.
func (r *rules) apply(flags *pflag.FlagSet, p store.Plan) (store.Plan, error) {
	set := map[string]func(){
		"kpi":      func() { p.KPI = r.kpi },
		"effect":   func() { p.Effect = float64(r.effect) },
		"alpha":    func() { p.Alpha = float64(r.alpha) },
		"power":    func() { p.Power = float64(r.power) },
		"baseline": func() { p.Baseline = float64(r.baseline) },
		"size":     func() { p.Size = r.size },
		"fixed": func() {
			p.Analysis = ""
			if r.fixed {
				p.Analysis = store.AnalysisFixed
			}
		},
	}
	for _, name := range ruleFlags {
		if flags.Changed(name) {
			set[name]()
		}
	}
	if p.Analysis == store.AnalysisFixed && p.Size == 0 {
		return p, usageError("--fixed needs --size, the number of participants at which is looked; \"sixpack plan\" tells how many it takes")
	}
	return p, nil
}

// kpiOf returns the KPI to go by: the one given, which must have been seen, or
// the primary one.
func (r *rules) kpiOf(flags *pflag.FlagSet, record store.Record) (string, error) {
	if !flags.Changed("kpi") {
		return record.PrimaryKPI(), nil
	}
	if r.kpi != record.PrimaryKPI() && !slices.Contains(record.KPIs, r.kpi) {
		shown := make([]string, len(record.KPIs))
		for i, k := range record.KPIs {
			shown[i] = shownKPI(k)
		}
		if len(shown) == 0 {
			return "", fmt.Errorf("nobody has converted in %q yet, for any KPI", record.Name)
		}
		return "", fmt.Errorf("%q has no KPI %q: there %s", record.Name, r.kpi, amongst(shown))
	}
	return r.kpi, nil
}

// shownKPI returns a KPI's name.
func shownKPI(kpi string) string {
	if kpi == "" {
		return "the default KPI"
	}
	return kpi
}
