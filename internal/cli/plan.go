package cli

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/stats"
)

const planHelp = `Tells how many participants and days a test needs, before it begins: --baseline is the
control's rate, --effect the smallest difference that matters. For values, such as what
people spend, say --mean and --sd (the standard deviation) of all participants in place of
the rate. With --days and --per-day and no --effect it tells the smallest effect that can
be found in that time.

For an EXPERIMENT of the configured store, or of the one that --from names, the rate, the
shares and the participants per day are those seen; flags go before them.

It compares looking at any time, which is what experiments do, with one look at a size
fixed beforehand. The first takes longer at most, and less on average if there is an effect.

--set writes what the flags say into the plan of the experiment, also while a server runs,
and leaves the rest of it. 0 takes a number back. A plan for one look (--fixed) is refused
once somebody takes part.`

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
		Use: "plan [EXPERIMENT]", Short: "tell how many participants and days a test needs",
		Long: planHelp, Example: planExamples, Args: arguments(0, 1),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "the `STORE` that has the experiment")
	f.declare(own)
	own.Float64Var(&f.mean, "mean", 0, "the mean value of the control's participants, in place of --baseline")
	own.Float64Var(&f.sd, "sd", 0, "the standard deviation of their values")
	own.IntVar(&f.alternatives, "alternatives", 2, "how many there are, the control included")
	own.Var(&f.split, "split", "the shares: 90:10 (default equal ones)")
	own.Float64Var(&f.perDay, "per-day", 0, "participants a day, of all alternatives")
	own.IntVar(&f.days, "days", 0, "how many days there are, to tell the smallest effect that is found")
	own.BoolVar(&f.json, "json", false, "print JSON")
	own.BoolVar(&f.set, "set", false, "write what the flags say into the experiment's plan")
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
		return fmt.Errorf("an effect of %s cannot be planned for: the rate %s would become more than 100 %%, and less than 0 %% the other way",
			report.Magnitude(s.Effect), report.Magnitude(s.Baseline))
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
