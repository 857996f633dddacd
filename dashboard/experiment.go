package dashboard

import (
	"net/http"
	"slices"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// experimentPage is the page of one experiment.
type experimentPage struct {
	sixpack.Results

	State state
}

// experiment serves the page of one experiment.
func (d *dashboard) experiment(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	counts, err := d.engine.Counts(r.Context(), name)
	if err != nil {
		return err
	}
	kpi, err := kpiOf(r, counts.Record)
	if err != nil {
		return err
	}
	results := sixpack.Analyze(counts, kpi, d.Now().In(d.Location))
	return d.render(w, r, "experiment", name, experimentPage{results, stateOf(results.Counts.Record)})
}

// kpiOf returns the KPI that a request asks for: the primary one if it does not
// say.
func kpiOf(r *http.Request, of store.Record) (string, error) {
	query := r.URL.Query()
	if !query.Has("kpi") {
		return of.PrimaryKPI(), nil
	}
	kpi := query.Get("kpi")
	if kpi != "" && !slices.Contains(of.KPIs, kpi) {
		return "", refusal{http.StatusNotFound, "This experiment has no such KPI."}
	}
	return kpi, nil
}
