package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/store"
)

// legacyCounts returns those of the experiment that a name in a path stands for:
// Sixpack's own pages escape names twice.
func (d *dashboard) legacyCounts(ctx context.Context, name string) (store.Counts, error) {
	counts, err := d.engine.Counts(ctx, name)
	if !errors.Is(err, sixpack.ErrUnknown) {
		return counts, err
	}
	once, failed := url.PathUnescape(name)
	if failed != nil || once == name {
		return counts, err
	}
	return d.engine.Counts(ctx, once)
}

// legacyPeriod returns the period that a request asks for.
func legacyPeriod(r *http.Request) (series.Period, error) {
	query := r.URL.Query()
	if query.Has("period") && query.Get("period") == "" {
		return "", refusal{http.StatusBadRequest, "The period is empty: take day, week, month or year."}
	}
	return series.ParsePeriod(query.Get("period"))
}

// legacyKPI returns the KPI that a request asks for: the default one, and not the
// primary one, if it does not say.
func legacyKPI(r *http.Request, of store.Record) (string, error) {
	kpi := r.URL.Query().Get("kpi")
	if kpi != "" && !slices.Contains(of.KPIs, kpi) {
		return "", refusal{http.StatusNotFound, "This experiment has no such KPI."}
	}
	return kpi, nil
}
