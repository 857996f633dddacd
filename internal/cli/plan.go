package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/internal/suggest"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

const planHelp = `Calculates how many participants and days a test needs before it starts. --baseline is the
conversion rate of the control, --effect the smallest lift that matters. For values, such as
revenue, give the --mean and --sd (standard deviation) over all participants instead of the
rate. With --days and --per-day but no --effect, it calculates the smallest effect that the
test detects in that time.

With an EXPERIMENT, of the configured store or of --from, the rate, the shares and the
participants per day are those measured so far; flags override them.

It compares looking at any time, as experiments do, with a single look at a fixed size. The
former takes longer at most, and less time on average if there is an effect.

--set saves the given flags in the plan of the experiment, also while a server runs. Other
values of the plan stay unchanged; 0 clears a value. A plan for one look (--fixed) must be
set before the first participant.`

const planExamples = `  sixpack plan --baseline 5% --effect 10% --per-day 2000
  sixpack plan --baseline 5% --effect 10% --alternatives 3
  sixpack plan --mean 4 --sd 30 --effect 5% --split 90:10
  sixpack plan --baseline 5% --days 14 --per-day 2000
  sixpack plan button-color --effect 10%
  sixpack plan button-color --set --effect 10% --size 160000`

// planCmd holds the flags of plan.
type planCmd struct {
	planFlags

	from             string
	perDay, mean, sd float64
	alternatives     int
	split            shares
	days             int
	json, set        bool
}

func planCommand(p *process) *cobra.Command {
	var f planCmd
	c := &cobra.Command{
		Use: "plan [EXPERIMENT]", Short: "calculate how many participants and days a test needs",
		Long: planHelp, Example: planExamples, Args: arguments(0, 1),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "`STORE` with the experiment: a folder, a backup or a Redis URL")
	f.declare(own)
	own.Float64Var(&f.mean, "mean", 0, "mean value of the control's participants, instead of --baseline")
	own.Float64Var(&f.sd, "sd", 0, "standard deviation of these values")
	own.IntVar(&f.alternatives, "alternatives", 2, "number of alternatives, including control")
	own.Var(&f.split, "split", "weights of the alternatives, such as 90:10 (default equal)")
	own.Float64Var(&f.perDay, "per-day", 0, "participants per day in all alternatives")
	own.IntVar(&f.days, "days", 0, "duration of the test, to calculate the smallest detectable effect")
	own.BoolVar(&f.json, "json", false, "print JSON")
	own.BoolVar(&f.set, "set", false, "save the flags in the experiment's plan")
	completeFiles(c, "from")
	return c
}

func (f *planCmd) run(ctx context.Context, in *invocation) error {
	if f.set {
		return f.write(ctx, in)
	}
	if err := refuse(f.rules(in)...); err != nil {
		return err
	}
	s, err := f.situation(ctx, in)
	if err != nil {
		return err
	}
	if f.days > 0 && !in.flags.Changed("effect") {
		d := s.Detectable(f.days)
		if f.json {
			return report.JSON(in.stdout, d)
		}
		return report.Detectable(in.stdout, d)
	}
	p := s.Plan()
	switch {
	case !p.AlwaysValid.Total.Known():
		return fmt.Errorf("an effect of %s is impossible at the rate %s: the result would be above 100%% or below 0%%; give a smaller --effect",
			format.Percent(s.Effect), format.Percent(s.Baseline))
	case f.json:
		return report.JSON(in.stdout, p)
	}
	return report.Plan(in.stdout, p, f.setCommand(in, p))
}

// situation returns the situation of the experiment, if one is named, with what flags say.
func (f *planCmd) situation(ctx context.Context, in *invocation) (samplesize.Situation, error) {
	s := samplesize.Situation{
		Measure: analysis.MeasureRate, PerDay: stats.Number(math.NaN()),
		Effect: samplesize.DefaultEffect, Alpha: samplesize.DefaultAlpha, Power: samplesize.DefaultPower,
	}
	if len(in.arguments) > 0 {
		var err error
		if s, err = f.ofExperiment(ctx, in); err != nil {
			return s, err
		}
	} else {
		s.Shares = f.split
		if s.Shares == nil {
			s.Shares = slices.Repeat([]float64{1}, f.alternatives)
		}
		s.Shares = stats.Shares(s.Shares)
		for i := range s.Shares {
			s.Alternatives = append(s.Alternatives, countsfile.Letters(i))
		}
	}
	for flag, set := range map[string]func(){
		"effect":   func() { s.Effect = float64(f.effect) },
		"alpha":    func() { s.Alpha = float64(f.alpha) },
		"power":    func() { s.Power = float64(f.power) },
		"baseline": func() { s.Measure, s.Baseline, s.SD = analysis.MeasureRate, float64(f.baseline), 0 },
		"mean":     func() { s.Measure, s.Baseline, s.SD = analysis.MeasureMean, f.mean, f.sd },
		"per-day":  func() { s.PerDay = stats.Number(f.perDay) },
	} {
		if in.flags.Changed(flag) {
			set()
		}
	}
	return s, nil
}

// ofExperiment returns the planning input of the named experiment.
func (f *planCmd) ofExperiment(ctx context.Context, in *invocation) (s samplesize.Situation, err error) {
	found, err := in.settings()
	if err != nil {
		return s, err
	}
	all, err := datastore.CountsAt(ctx, &found.Config, f.from, in.arguments[0])
	if err != nil {
		return s, err
	}
	kpi, err := f.kpiOf(in.flags, all[0].Record)
	if err != nil {
		return s, err
	}
	s = samplesize.OfExperiment(analysis.New(all[0], kpi, time.Now().In(found.Timezone.Location)))
	baseline := s.Baseline != 0 || in.flags.Changed("baseline") || in.flags.Changed("mean")
	switch {
	case slices.Contains(s.Shares, 0):
		err = fmt.Errorf("an alternative of %q has the weight 0: change its weights before you plan", s.Experiment)
	case f.days > 0 && f.perDay == 0 && !s.PerDay.Known():
		err = fmt.Errorf("%q has no participants at present: give the participants per day with --per-day", s.Experiment)
	case !baseline && s.Measure == analysis.MeasureMean:
		err = fmt.Errorf("the mean value of %q is not known yet: give --mean and --sd", s.Experiment)
	case !baseline:
		err = fmt.Errorf("the control's rate of %q is not known yet: give --baseline", s.Experiment)
	}
	return s, err
}

// kpiOf returns the given KPI if it has conversions, or by default the primary KPI.
func (f *planFlags) kpiOf(flags *pflag.FlagSet, r store.Record) (string, error) {
	switch {
	case !flags.Changed("kpi"):
		return r.PrimaryKPI(), nil
	case f.kpi == r.PrimaryKPI() || slices.Contains(r.KPIs, f.kpi):
		return f.kpi, nil
	case len(r.KPIs) == 0:
		return "", fmt.Errorf("%q has no conversions yet: leave out --kpi", r.Name)
	}
	names := make([]string, len(r.KPIs))
	for i, k := range r.KPIs {
		names[i] = analysis.KPIName(k)
	}
	return "", fmt.Errorf("%q has no KPI %q: %s", r.Name, f.kpi, suggest.List(names))
}

// write changes the plan of the named experiment.
func (f *planCmd) write(ctx context.Context, in *invocation) (err error) {
	if err := refuse(f.setRules(in)...); err != nil {
		return err
	}
	found, err := in.settings()
	if err != nil {
		return err
	}
	to, err := datastore.OpenExperiments(ctx, &found.Config, f.from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	all, err := datastore.Counts(ctx, to, in.arguments[0])
	if err != nil {
		return err
	}
	name := all[0].Record.Name
	p, err := f.applyTo(in.flags, all[0].Record)
	if err != nil {
		return err
	}
	if err := to.SetPlan(ctx, name, p); err != nil {
		return err
	}
	all[0].Record.Plan = p
	r := analysis.Summary(all[0], time.Now())
	return report.StoredPlan(in.stdout, name, r.KPI, r.Plan)
}

// setCommand returns the command that sets a plan.
func (f *planCmd) setCommand(in *invocation, p samplesize.Plan) string {
	name := "EXPERIMENT"
	if p.Experiment != "" {
		name = quote(p.Experiment)
	}
	name += fromFlag(f.from)
	var set strings.Builder
	for _, flag := range []string{"kpi", "alpha", "power", "baseline"} {
		if in.flags.Changed(flag) {
			set.WriteString(" --" + flag + " " + quote(in.flags.Lookup(flag).Value.String()))
		}
	}
	effect := fraction(p.Effect)
	return in.commandLine(fmt.Sprintf("plan %s --set%s --effect %v --size %.0f", name, set.String(), &effect, float64(p.AlwaysValid.Total)))
}
