package dashboard

import (
	"net/http"

	"github.com/sixpack-go/sixpack"
)

// experimentPage is the page of one experiment.
type experimentPage struct {
	sixpack.Results

	State state
}

// experiment serves the page of one experiment.
func (d *dashboard) experiment(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	results, err := d.engine.Results(r.Context(), name, r.URL.Query().Get("kpi"))
	if err != nil {
		return err
	}
	return d.render(w, r, "experiment", name, experimentPage{results, stateOf(results.Counts.Record)})
}
