package selection

import (
	"net/http"
	"slices"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/store"
)

// View is an experiment with the KPI and the period by which it is shown.
type View struct {
	Counts store.Counts
	KPI    string
	Period series.Period
}

// ViewOf returns the experiment in the path of a request, by the parameters kpi and
// period. The defaults are the primary KPI and a day.
func ViewOf(r *http.Request, e *sixpack.Engine) (v View, err error) {
	query := r.URL.Query()
	if v.Period, err = series.ParsePeriod(query.Get("period")); err != nil {
		return v, err
	}
	if v.Counts, err = e.Look(r.Context(), r.PathValue("name")); err != nil {
		return v, err
	}
	record := v.Counts.Record
	if v.KPI = record.PrimaryKPI(); !query.Has("kpi") || query.Get("kpi") == v.KPI {
		return v, nil
	}
	v.KPI = query.Get("kpi")
	return v, CheckKPI(v.KPI, record)
}

// CheckKPI returns an error if a KPI other than the default has no conversions yet.
func CheckKPI(kpi string, r store.Record) error {
	if kpi != "" && !slices.Contains(r.KPIs, kpi) {
		return reply.Refuse(http.StatusNotFound, "The experiment has no conversions by this KPI. Check the KPI’s name.")
	}
	return nil
}
