package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// aaOriginal is an experiment that tests are to be like.
type aaOriginal struct{ name, kpi string }

// take takes the shape of an experiment, but for what flags say.
func (f *aaFlags) take(ctx context.Context, in *invocation, name string) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.from == "" && s.Store == inMemory {
		return errors.New("store is memory, which holds no experiment: name a folder or a URL with --from, or leave out the experiment")
	}
	st, err := s.openAt(f.from, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	r, err := original(ctx, st, name)
	if err != nil {
		return err
	}
	kpi, err := chooseKPI(r.Record, f.kpi, in.flags.Changed("kpi"))
	if err != nil {
		return err
	}
	given := in.flags.Changed
	if f.shape.delays, err = delaysOf(ctx, st, name, kpi); err != nil {
		return err
	}
	f.shape.experiment = &aaOriginal{name, kpi}
	if !given("split") {
		f.shape.split = weightsOf(r.Record)
	}
	if !given("rate") {
		if err := f.shape.takeRate(r, kpi); err != nil {
			return err
		}
	}
	return f.shape.takeDays(r, given("visitors"), given("days"))
}

// original returns the results of an experiment.
func original(ctx context.Context, st store.Store, name string) (store.Counts, error) {
	all, err := st.Counts(ctx, name)
	if err != nil {
		return store.Counts{}, err
	}
	if len(all) == 1 {
		return all[0], nil
	}
	records, err := st.Records(ctx)
	if err != nil {
		return store.Counts{}, err
	}
	if len(records) == 0 {
		return store.Counts{}, errors.New("there is no experiment in the store: check --from, or data_dir or redis_url in the configuration")
	}
	names := make([]string, len(records))
	for i, r := range records {
		names[i] = r.Name
	}
	return store.Counts{}, fmt.Errorf("there is no experiment %q%s", name, didYouMean(name, names))
}

// chooseKPI returns the KPI that is meant: the default one if none is named, or
// the only one.
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

// weightsOf returns the present weights, in hundredths, of those alternatives
// that have any.
func weightsOf(r store.Record) (all shares) {
	for _, w := range r.Shares() {
		if w > 0 {
			all = append(all, 100*w)
		}
	}
	return all
}

// takeRate takes the rate of control.
func (s *shape) takeRate(r store.Counts, kpi string) error {
	control := r.Alternatives[0]
	n, converted := control.Participants(), control.KPI(kpi).Converted()
	if converted == 0 || converted >= n {
		return fmt.Errorf("of %d participants of the control of %s %d converted, which makes no rate: give --rate", n, r.Record.Name, converted)
	}
	s.rate = fraction(float64(converted) / float64(n))
	return nil
}

// takeDays takes the visitors of each day, unless flags spread others evenly.
func (s *shape) takeDays(r store.Counts, visitors, days bool) error {
	byDay := make(map[store.Day]int)
	total := 0
	for _, a := range r.Alternatives {
		for _, d := range a.Days {
			byDay[d.Day] += int(max(0, d.Participants))
			total += int(max(0, d.Participants))
		}
	}
	if total == 0 && !(visitors && days) {
		return fmt.Errorf("%s has no participants yet: give --visitors and --days", r.Record.Name)
	}
	if total > mostVisitors && !visitors {
		return fmt.Errorf("%s has %d participants, too many to replay: give --visitors, up to %d", r.Record.Name, total, mostVisitors)
	}
	first, last := store.Day(0), store.Day(-1)
	for d := range byDay {
		if last < first {
			first, last = d, d
		}
		first, last = min(first, d), max(last, d)
	}
	if !visitors {
		s.visitors = total
	}
	if !days {
		s.days = int(last-first) + 1
	}
	if visitors || days {
		return nil
	}
	s.perDay = make([]int, s.days)
	for d, n := range byDay {
		s.perDay[d-first] = n
	}
	return nil
}

// delaysOf counts how many conversions took how many days, nil if there are no
// clients to tell.
func delaysOf(ctx context.Context, st store.Store, name, kpi string) (days []int64, err error) {
	for c, err := range st.Clients(ctx, name) {
		if err != nil {
			return nil, err
		}
		for _, v := range c.Conversions {
			if late := int(v.Day - c.Day); v.KPI == kpi && c.Choice >= 0 && late >= 0 {
				days = append(days, make([]int64, max(0, late+1-len(days)))...)
				days[late]++
			}
		}
	}
	return days, nil
}
