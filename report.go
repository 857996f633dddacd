package sixpack

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
)

// Report analyzes an experiment by a KPI, "" for the default KPI; [store.Record.PrimaryKPI] returns the KPI of its plan. The
// errors are [ErrUnknown], and [*InvalidError] for a KPI that was never seen.
func (e *Engine) Report(ctx context.Context, experiment, kpi string) (analysis.Report, error) {
	counts, err := e.Counts(ctx, experiment)
	if err != nil {
		return analysis.Report{}, err
	}
	if kpi != "" && kpi != counts.Record.Plan.KPI && !slices.Contains(counts.Record.KPIs, kpi) {
		return analysis.Report{}, invalid("kpi name", "%q has no KPI %q", experiment, kpi)
	}
	return analysis.New(counts, kpi, e.now()), nil
}

// Reports returns the [analysis.Summary] of each of the named experiments that exist, or of all if none is named, sorted by
// name. It calls the store once.
func (e *Engine) Reports(ctx context.Context, experiments ...string) ([]analysis.Report, error) {
	all, err := e.store.Counts(ctx, experiments...)
	if err != nil {
		return nil, err
	}
	reports, now := make([]analysis.Report, len(all)), e.now()
	var summaries sync.WaitGroup
	for i := range all {
		summaries.Go(func() { reports[i] = analysis.Summary(all[i], now) })
	}
	summaries.Wait()
	return reports, nil
}

// now returns the current time in the zone whose days are counted.
func (e *Engine) now() time.Time { return e.config.Now().In(e.config.Location) }
