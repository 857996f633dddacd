package sixpack

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/store"
)

// Report analyzes an experiment by a KPI, "" for the default KPI; [store.Record.PrimaryKPI] returns the KPI of its plan. The
// errors are [ErrUnknown], and [*InvalidError] for a KPI that was never seen.
func (e *Engine) Report(ctx context.Context, experiment, kpi string) (analysis.Report, error) {
	counts, err := e.Look(ctx, experiment)
	if err != nil {
		return analysis.Report{}, err
	}
	if kpi != "" && kpi != counts.Record.Plan.KPI && !slices.Contains(counts.Record.KPIs, kpi) {
		return analysis.Report{}, invalid("kpi name", "%q has no KPI %q", experiment, kpi)
	}
	return analysis.New(counts, kpi, e.now()), nil
}

// Look returns the record and all counts of an experiment, like [Engine.Counts], after it has stored what they establish for
// good: a sample-ratio mismatch, and the only look of a fixed analysis. Programs call it to show results. The error is
// [ErrUnknown].
func (e *Engine) Look(ctx context.Context, experiment string) (store.Counts, error) {
	counts, err := e.Counts(ctx, experiment)
	if err == nil {
		counts = e.summarize(ctx, counts, e.now()).Counts
	}
	return counts, err
}

// summarize returns the summary of an experiment, and stores what it establishes for good. If that fails, a later call retries.
func (e *Engine) summarize(ctx context.Context, counts store.Counts, now time.Time) analysis.Report {
	for {
		report := analysis.Summary(counts, now)
		r, changed := report.Keep(now)
		if !changed {
			return report
		}
		facts, err := e.store.Save(ctx, r)
		if err != nil {
			return report
		}
		if e.update(r.Name, &r, facts); !facts.Stale {
			counts.Record, counts.Record.Version = r, facts.Version
			return analysis.Summary(counts, now)
		}
		if counts, err = e.Counts(ctx, r.Name); err != nil {
			return report
		}
	}
}

// Reports returns the [analysis.Summary] of each of the named experiments that exist, or of all if none is named, sorted by
// name, as [Engine.Look] does. It reads the store once.
func (e *Engine) Reports(ctx context.Context, experiments ...string) ([]analysis.Report, error) {
	all, err := e.store.Counts(ctx, experiments...)
	if err != nil {
		return nil, err
	}
	reports, now := make([]analysis.Report, len(all)), e.now()
	var summaries sync.WaitGroup
	for i := range all {
		summaries.Go(func() { reports[i] = e.summarize(ctx, all[i], now) })
	}
	summaries.Wait()
	return reports, nil
}

// now returns the current time in the zone whose days are counted.
func (e *Engine) now() time.Time { return e.config.Now().In(e.config.Location) }
