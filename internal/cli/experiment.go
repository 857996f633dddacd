package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/internal/suggest"
	"github.com/sixpack-go/sixpack/store"
)

// ofExperiment returns the situation of the named experiment.
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
		err = fmt.Errorf("an alternative of %q gets nobody at present: nothing can be planned before its weights change", s.Experiment)
	case f.days > 0 && f.perDay == 0 && !s.PerDay.Known():
		err = fmt.Errorf("nobody takes part in %q at present: say how many come a day, with --per-day", s.Experiment)
	case !baseline && s.Measure == analysis.MeasureMean:
		err = fmt.Errorf("the values of %q do not tell their mean yet: say it with --mean and --sd", s.Experiment)
	case !baseline:
		err = fmt.Errorf("what %q has counted does not tell the control's rate yet: say it with --baseline", s.Experiment)
	}
	return s, err
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

// likeExperiment takes from the named experiment what flags do not say.
func (f *aaCmd) likeExperiment(ctx context.Context, in *invocation, aa *simulation.AA) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.from == "" && s.Store == config.StoreMemory {
		return errors.New("store is memory, which holds no experiment: name a folder or a URL with --from, or leave out the experiment")
	}
	st, err := datastore.OpenAt(&s.Config, f.from, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	name, changed := in.arguments[0], in.flags.Changed
	all, err := datastore.Counts(ctx, st, name)
	if err != nil {
		return err
	}
	kpi, err := chooseKPI(all[0].Record, f.kpi, changed("kpi"))
	if err != nil {
		return err
	}
	like := simulation.LikeExperiment(all[0], kpi)
	switch {
	case !changed("rate") && !(like.Rate > 0 && like.Rate < 1):
		control := all[0].Alternatives[0]
		return fmt.Errorf("of %d participants of the control of %s %d converted, which makes no rate: give --rate",
			control.Participants(), name, control.KPI(kpi).Converted())
	case like.Visitors == 0 && !(changed("visitors") && changed("days")):
		return fmt.Errorf("%s has no participants yet: give --visitors and --days", name)
	case like.Visitors > maxVisitors && !changed("visitors"):
		return fmt.Errorf("%s has %d participants, too many to replay: give --visitors, up to %d", name, like.Visitors, maxVisitors)
	}
	like.Alpha = aa.Alpha
	for flag, set := range map[string]func(){
		"rate":     func() { like.Rate = aa.Rate },
		"split":    func() { like.Split = aa.Split },
		"visitors": func() { like.Visitors, like.PerDay = aa.Visitors, nil },
		"days":     func() { like.Days, like.PerDay = aa.Days, nil },
	} {
		if changed(flag) {
			set()
		}
	}
	*aa = like
	aa.Delays, err = simulation.Delays(st.Clients(ctx, name), kpi)
	return err
}

// chooseKPI returns the named KPI. If none is named, it returns the default one or the only
// one.
func chooseKPI(r store.Record, named string, given bool) (string, error) {
	known := strings.Join(r.KPIs, ", ")
	switch {
	case len(r.KPIs) == 0:
		return "", fmt.Errorf("nobody has converted in %s yet: leave out the experiment and give --rate", r.Name)
	case given && !slices.Contains(r.KPIs, named):
		return "", fmt.Errorf("%s has no KPI %q: it has %s", r.Name, named, known)
	case given || slices.Contains(r.KPIs, ""):
		return named, nil
	case len(r.KPIs) == 1:
		return r.KPIs[0], nil
	default:
		return "", fmt.Errorf("%s has several KPIs: choose one of %s with --kpi", r.Name, known)
	}
}
