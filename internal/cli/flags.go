package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/store"
)

// fraction is the value of a flag such as 5% or 0.05. A plain number of 1 or more is
// ambiguous and refused.
type fraction float64

// String implements [pflag.Value].
func (f *fraction) String() string {
	if *f == 0 {
		return ""
	}
	const hundred, digits = 100, 12 // so that 0.07 is not 7.000000000000001%
	return strconv.FormatFloat(hundred*float64(*f), 'g', digits, 64) + "%"
}

// Set implements [pflag.Value].
func (f *fraction) Set(s string) error {
	digits, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	digits = strings.TrimSpace(digits)
	if percent {
		digits += "e-2" // exactly, as a division is not
	}
	x, err := strconv.ParseFloat(digits, 64)
	switch {
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0):
		return errors.New("must be like 5% or 0.05")
	case x < 0:
		return errors.New("must not be negative")
	case x >= 1 && !percent:
		return errors.New("must be like 5% or 0.05; " + digits + " is ambiguous")
	}
	*f = fraction(x)
	return nil
}

// Type implements [pflag.Value].
func (*fraction) Type() string { return "percent" }

// maxAlternatives is the largest number of alternatives that an experiment may have.
const maxAlternatives = 256

// shares is the value of a flag such as 90:10.
type shares []float64

// String implements [pflag.Value].
func (s *shares) String() string {
	parts := make([]string, len(*s))
	for i, x := range *s {
		parts[i] = strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strings.Join(parts, ":")
}

// Set implements [pflag.Value].
func (s *shares) Set(text string) error {
	var all shares
	for part := range strings.SplitSeq(text, ":") {
		x, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(x > 0 && x <= countsfile.MaxCount) {
			return fmt.Errorf("must be two to 256 numbers above 0, such as 50:50 or 90:10, not %q", part)
		}
		all = append(all, x)
	}
	if len(all) < 2 || len(all) > maxAlternatives {
		return errors.New("must be two to 256 numbers above 0, such as 50:50 or 90:10")
	}
	*s = all
	return nil
}

// Type implements [pflag.Value].
func (*shares) Type() string { return "shares" }

// planFlags are the flags that set the plan of an experiment.
type planFlags struct {
	kpi, measure                   string
	effect, alpha, power, baseline fraction
	size                           int64
	fixed                          bool
}

// planFlagNames are the flags that may change a plan.
var planFlagNames = []string{"kpi", "measure", "effect", "alpha", "power", "baseline", "size", "fixed"}

func (f *planFlags) declare(own *pflag.FlagSet) {
	own.StringVar(&f.kpi, "kpi", "", "`KPI` to analyze (default the primary KPI)")
	own.StringVar(&f.measure, "measure", "", "`MEASURE` of the primary KPI: rate or mean (default as its first conversion)")
	own.Var(&f.effect, "effect", "smallest lift that matters, relative to the control's rate, such as 10% (default 5%)")
	own.Var(&f.alpha, "alpha", "allowed false-positive rate (default 5%)")
	own.Var(&f.power, "power", "probability of detecting the effect if it exists (default 80%)")
	own.Var(&f.baseline, "baseline", "expected conversion rate of the control (default the measured rate)")
	own.Int64Var(&f.size, "size", 0, "planned participants in all alternatives")
	own.BoolVar(&f.fixed, "fixed", false, "look only once, at --size participants")
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

// applyTo returns the plan of an experiment with the changes that were given. A measure without a KPI is for the primary KPI.
func (f *planFlags) applyTo(flags *pflag.FlagSet, r store.Record) (store.Plan, error) {
	if flags.Changed("measure") && !r.Plan.NamesKPI() {
		r.Plan.KPI = r.PrimaryKPI()
	}
	return f.apply(flags, r.Plan)
}

// apply returns the plan with the changes that were given.
func (f *planFlags) apply(flags *pflag.FlagSet, p store.Plan) (store.Plan, error) {
	set := map[string]func(){
		"kpi":      func() { p.KPI = f.kpi },
		"measure":  func() { p.Measure = store.Measure(f.measure) },
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
		message: "--fixed needs --size, the number of participants at the one look; \"sixpack plan\" calculates it",
	})
}
