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

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
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

// planning is what plan was told.
type planning struct {
	rules

	from             string
	perDay, mean, sd float64
	alternatives     int
	split            shares
	days             int
	json, set        bool
}

func planCommand(p *process) *cobra.Command {
	var f planning
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

func (f *planning) run(ctx context.Context, in *invocation) error {
	if f.set {
		return f.write(ctx, in)
	}
	if err := errors.Join(f.check(in.flags), f.checkSituation(in)); err != nil {
		return err
	}
	s, err := f.situation(ctx, in)
	if err != nil {
		return err
	}
	if f.days > 0 && !in.flags.Changed("effect") {
		return f.smallest(in, s)
	}
	p := s.plan()
	if !p.AlwaysValid.Total.Known() {
		return fmt.Errorf("an effect of %s cannot be planned for: the rate %s would become more than 100 %%, and less than 0 %% the other way",
			unsigned(s.Effect), unsigned(s.Baseline))
	}
	if f.json {
		return writeJSON(in.stdout, p)
	}
	return writeAll(in.stdout, p.text(f.again(in, p)))
}

// again returns the command that sets a plan.
func (f *planning) again(in *invocation, p planned) string {
	name := "EXPERIMENT"
	if p.Experiment != "" {
		name = quote(p.Experiment)
	}
	if f.from != "" {
		name += " --from " + quote(f.from)
	}
	var set strings.Builder
	for _, flag := range []string{"kpi", "alpha", "power", "baseline"} {
		if in.flags.Changed(flag) {
			set.WriteString(" --" + flag + " " + quote(in.flags.Lookup(flag).Value.String()))
		}
	}
	effect := fraction(p.Effect)
	return in.again(fmt.Sprintf("plan %s --set%s --effect %v --size %.0f", name, set.String(), &effect, float64(p.AlwaysValid.Total)))
}

// checkSituation finds what is wrong with the flags that rules do not have.
func (f *planning) checkSituation(in *invocation) error {
	changed, named := in.flags.Changed, len(in.arguments) > 0
	positive := func(name string, x float64) error {
		if changed(name) && !(x > 0 && x <= mostCounted) {
			return usageError("--%s must be above 0", name)
		}
		return nil
	}
	for _, err := range []error{positive("mean", f.mean), positive("sd", f.sd), positive("per-day", f.perDay), positive("days", float64(f.days))} {
		if err != nil {
			return err
		}
	}
	switch {
	case changed("size") || changed("fixed"):
		return usageError("--size and --fixed go with --set: without, \"sixpack plan\" tells what size it takes")
	case !named && f.from != "":
		return usageError("--from is for an experiment: name it")
	case !named && changed("kpi"):
		return usageError("--kpi is for an experiment: name it")
	case named && (changed("alternatives") || changed("split")):
		return usageError("--alternatives and --split are for a test that is not there yet: %q has its own", in.arguments[0])
	case changed("mean") != changed("sd") || changed("mean") && changed("baseline"):
		return usageError("give --baseline for a rate, or --mean and --sd for values")
	case !named && !changed("baseline") && !changed("mean"):
		return usageError("the control's rate is missing: --baseline, such as 5%%, or --mean and --sd for values, or an experiment that has them")
	case f.alternatives < 2 || f.alternatives > mostArguments:
		return usageError("--alternatives must be from 2 to %d", mostArguments)
	case f.split != nil && changed("alternatives") && len(f.split) != f.alternatives:
		return usageError("--split has %d shares for %d alternatives", len(f.split), f.alternatives)
	case changed("days") && changed("effect"):
		return usageError("--days tells the smallest effect that can be found: leave out --effect, or --days")
	case !named && f.days > 0 && f.perDay == 0:
		return usageError("--days needs --per-day, the participants a day")
	}
	return nil
}

// situation is what a test is planned for.
type situation struct {
	Experiment   string           `json:"experiment,omitempty"`
	Alternatives []string         `json:"alternatives"`
	Measure      analysis.Measure `json:"measure"`
	Baseline     float64          `json:"baseline"`     // a rate, or a mean
	SD           float64          `json:"sd,omitempty"` // of values
	Effect       float64          `json:"effect"`
	Alpha        float64          `json:"alpha"`
	Power        float64          `json:"power"`
	Shares       []float64        `json:"shares"`
	PerDay       stats.Number     `json:"per_day"`
}

// What a plan is where nobody says anything.
const (
	usualEffect = 0.05
	usualAlpha  = 0.05
	usualPower  = 0.8
)

// situation puts together what flags say and what a store has.
func (f *planning) situation(ctx context.Context, in *invocation) (situation, error) {
	s := situation{
		Measure: analysis.MeasureRate, Baseline: float64(f.baseline), PerDay: stats.Number(math.NaN()),
		Effect: usualEffect, Alpha: usualAlpha, Power: usualPower,
	}
	if len(in.arguments) > 0 {
		if err := f.see(ctx, in, &s); err != nil {
			return s, err
		}
	} else {
		weights := []float64(f.split)
		if weights == nil {
			weights = slices.Repeat([]float64{1}, f.alternatives)
		}
		s.Shares = toOne(weights)
		for i := range s.Shares {
			s.Alternatives = append(s.Alternatives, letters(i))
		}
	}
	for name, x := range map[string]struct {
		to    *float64
		given fraction
	}{
		"effect": {&s.Effect, f.effect}, "alpha": {&s.Alpha, f.alpha}, "power": {&s.Power, f.power}, "baseline": {&s.Baseline, f.baseline},
	} {
		if in.flags.Changed(name) {
			*x.to = float64(x.given)
		}
	}
	if in.flags.Changed("mean") {
		s.Measure, s.Baseline, s.SD = analysis.MeasureMean, f.mean, f.sd
	}
	if f.perDay > 0 {
		s.PerDay = stats.Number(f.perDay)
	}
	return s, nil
}

func toOne(weights []float64) []float64 {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	all := make([]float64, len(weights))
	for i, w := range weights {
		all[i] = w / sum
	}
	return all
}

// see takes over what was seen of an experiment.
func (f *planning) see(ctx context.Context, in *invocation, s *situation) error {
	found, err := in.settings()
	if err != nil {
		return err
	}
	all, err := found.resultsAt(ctx, f.from, in.arguments[0])
	if err != nil {
		return err
	}
	counts := all[0]
	kpi, err := f.kpiOf(in.flags, counts.Record)
	if err != nil {
		return err
	}
	r := analysis.New(counts, kpi, time.Now().In(found.Timezone.Location))
	control := r.Alternatives[0]
	s.Experiment, s.Alternatives, s.Measure = r.Experiment, counts.Record.Alternatives, r.Measure
	s.Effect, s.Alpha, s.Power = r.Plan.Effect, r.Plan.Alpha, r.Plan.Power
	s.Shares = counts.Record.Shares()
	if slices.ContainsFunc(s.Shares, func(w float64) bool { return w == 0 }) {
		return fmt.Errorf("an alternative of %q gets nobody at present: nothing can be planned before its weights change", r.Experiment)
	}
	if r.Outlook.PerDay > 0 {
		s.PerDay = r.Outlook.PerDay
	}
	if f.days > 0 && f.perDay == 0 && !s.PerDay.Known() {
		return fmt.Errorf("nobody takes part in %q at present: say how many come a day, with --per-day", r.Experiment)
	}
	switch given := in.flags.Changed; {
	case given("baseline") || given("mean"):
		s.Measure = analysis.MeasureRate
	case r.Measure == analysis.MeasureMean:
		k := counts.Alternatives[0].KPI(kpi).Totals()
		values := stats.Values{Participants: control.Participants, Sum: amount(k.Sum, 1), Squares: amount(k.Squares, 2), NonZero: k.NonZero}
		s.Baseline, s.SD = values.Mean(), math.Sqrt(values.Variance())
		if !(s.Baseline > 0) || !(s.SD > 0) {
			return fmt.Errorf("the values of %q do not tell their mean yet: say it with --mean and --sd", r.Experiment)
		}
	case r.Plan.Baseline != 0:
		s.Baseline = r.Plan.Baseline
	default:
		s.Baseline = float64(control.Rate)
		if !(s.Baseline > 0 && s.Baseline < 1) {
			return fmt.Errorf("what %q has counted does not tell the control's rate yet: say it with --baseline", r.Experiment)
		}
	}
	return nil
}

// sizes are the participants that a test needs.
type sizes struct {
	Effect       float64        `json:"effect"`
	Participants []stats.Number `json:"participants"` // of each alternative
	Total        stats.Number   `json:"total"`
	Days         stats.Number   `json:"days"`
}

// planned is what a test needs.
type planned struct {
	situation

	AlwaysValid sizes     `json:"always_valid"`         // at most
	OnAverage   sizes     `json:"always_valid_average"` // if there is an effect of that size
	Fixed       sizes     `json:"fixed"`                // one look
	Others      []planned `json:"-"`                    // for half the effect, and twice
}

// plan returns what it takes.
func (s situation) plan() planned {
	p := s.planFor(s.Effect)
	for _, times := range []float64{0.5, 1, 2} {
		p.Others = append(p.Others, s.planFor(times*s.Effect))
	}
	return p
}

// An always-valid test of means takes at most so many times the participants of
// one look, and any that finds an effect so many on average.
const (
	mostTimes    = 2.2
	averageTimes = 1.17
)

func (s situation) planFor(effect float64) planned {
	s.Effect = effect
	fixed := s.control(stats.SampleSize, 1, effect)
	return planned{
		situation:   s,
		AlwaysValid: s.sizes(effect, s.control(stats.SampleSizeAlwaysValid, mostTimes, effect)),
		OnAverage:   s.sizes(effect, averageTimes*fixed),
		Fixed:       s.sizes(effect, fixed),
	}
}

// control returns the participants of the control that a test needs, when rates
// take size and means so many times as one look; NaN if there cannot be such an
// effect.
func (s situation) control(size func(stats.Design) float64, times, effect float64) float64 {
	most := math.NaN()
	for _, w := range s.Shares[1:] {
		p := stats.Design{Baseline: s.Baseline, Alpha: s.Alpha / float64(len(s.Shares)-1), Power: s.Power, Ratio: w / s.Shares[0]}
		var n float64
		if s.Measure == analysis.MeasureMean {
			n = times * stats.SampleSizeMean(p, s.SD, s.Baseline*effect)
		} else if p.Wanted = wanted(s.Baseline, effect); p.Wanted <= 0 {
			return math.NaN()
		} else {
			n = size(p)
		}
		if !(n <= most) {
			most = n
		}
	}
	return most
}

// wanted returns the rate that a challenger is to have: higher, or if there is no
// such rate, lower.
func wanted(baseline, effect float64) float64 {
	if up := baseline * (1 + effect); up < 1 {
		return up
	}
	return baseline * (1 - effect)
}

// sizes returns those of all alternatives.
func (s situation) sizes(effect, control float64) sizes {
	all := sizes{Effect: effect, Participants: make([]stats.Number, len(s.Shares))}
	for i, w := range s.Shares {
		n := stats.Number(math.Ceil(control * w / s.Shares[0]))
		all.Participants[i] = n
		all.Total += n
	}
	all.Days = stats.Number(math.Ceil(float64(all.Total / s.PerDay)))
	return all
}

// found is the smallest effect that a test finds in some days.
type found struct {
	situation

	Days         int          `json:"days"`
	Participants float64      `json:"participants"` // of all alternatives
	AlwaysValid  stats.Number `json:"always_valid_effect"`
	Fixed        stats.Number `json:"fixed_effect"`
}

// smallest tells the smallest effect that can be found.
func (f *planning) smallest(in *invocation, s situation) error {
	n := float64(f.days) * float64(s.PerDay)
	r := found{
		situation: s, Days: f.days, Participants: n,
		AlwaysValid: s.smallest(stats.SampleSizeAlwaysValid, mostTimes, n*s.Shares[0]),
		Fixed:       s.smallest(stats.SampleSize, 1, n*s.Shares[0]),
	}
	if f.json {
		return writeJSON(in.stdout, r)
	}
	return writeAll(in.stdout, r.text())
}

// smallest returns the smallest effect that is found with so many participants of
// the control, NaN if none is.
func (s situation) smallest(size func(stats.Design) float64, times, control float64) stats.Number {
	const steps, most, nearly = 200, 100.0, 1 - 1e-9
	lo, hi := 0.0, most
	if s.Measure == analysis.MeasureRate { // up to a rate of nearly 100 %
		hi = min(most, (1-s.Baseline)/s.Baseline*nearly)
	}
	if s.control(size, times, hi) > control {
		return stats.Number(math.NaN())
	}
	for range steps {
		if middle := (lo + hi) / 2; s.control(size, times, middle) > control {
			lo = middle
		} else {
			hi = middle
		}
	}
	return stats.Number(hi)
}

// write changes the plan of an experiment.
func (f *planning) write(ctx context.Context, in *invocation) (err error) {
	if len(in.arguments) == 0 {
		return usageError("--set is for an experiment: name it")
	}
	for _, name := range []string{"mean", "sd", "alternatives", "split", "per-day", "days", "json"} {
		if in.flags.Changed(name) {
			return usageError("--%s does not go with --set: a plan has --%s", name, strings.Join(ruleFlags, ", --"))
		}
	}
	if len(given(in.flags)) == 0 {
		return usageError("there is nothing to set: give some of --%s", strings.Join(ruleFlags, ", --"))
	}
	found, err := in.settings()
	if err != nil {
		return err
	}
	to, err := found.openExperiments(ctx, f.from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	all, err := resultsFrom(ctx, to, in.arguments[0])
	if err != nil {
		return err
	}
	name := all[0].Record.Name
	p, err := f.apply(in.flags, all[0].Record.Plan)
	if err != nil {
		return err
	}
	if err := to.SetPlan(ctx, name, p); err != nil {
		return err
	}
	all[0].Record.Plan = p
	r := analysis.Summary(all[0], time.Now())
	fmt.Fprintf(in.stdout, "%s: %s\n", name, shownPlan(r.KPI, r.Plan))
	return nil
}

// shownPlan writes a plan that leaves nothing open.
func shownPlan(kpi string, p store.Plan) string {
	text := fmt.Sprintf("by %s, an effect of %s with a chance of %s, false alarms in at most %s",
		shownKPI(kpi), unsigned(p.Effect), unsigned(p.Power), unsigned(p.Alpha))
	if p.Baseline != 0 {
		text += ", from " + unsigned(p.Baseline)
	}
	switch {
	case p.Analysis == store.AnalysisFixed:
		text += fmt.Sprintf(", in one look at %s participants", grouped(p.Size))
	case p.Size != 0:
		text += fmt.Sprintf(", looked at any time, with %s participants at most", grouped(p.Size))
	default:
		text += ", looked at any time"
	}
	return text + "."
}
