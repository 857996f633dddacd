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
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/internal/suggest"
	"github.com/sixpack-go/sixpack/store"
)

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

// likeExperiment sets what flags do not give to the values of the named experiment.
func (f *aaCmd) likeExperiment(ctx context.Context, in *invocation, aa *simulation.AA) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.from == "" && s.Store == config.StoreMemory {
		return errors.New("store is memory, which only the server can read: name a folder or a Redis URL with --from, or leave out the experiment")
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
		return fmt.Errorf("%[3]d of %[1]d participants in the control of %[2]s converted, which gives no rate above 0%% and below 100%%: give --rate",
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
		return "", fmt.Errorf("%s has no conversions yet: leave out the experiment and give --rate", r.Name)
	case given && !slices.Contains(r.KPIs, named):
		return "", fmt.Errorf("%s has no KPI %q: its KPIs are %s", r.Name, named, known)
	case given || slices.Contains(r.KPIs, ""):
		return named, nil
	case len(r.KPIs) == 1:
		return r.KPIs[0], nil
	default:
		return "", fmt.Errorf("%s has several KPIs: choose one of %s with --kpi", r.Name, known)
	}
}
