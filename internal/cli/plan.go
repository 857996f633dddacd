package cli

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/stats"
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
