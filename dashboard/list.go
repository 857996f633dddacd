package dashboard

import (
	"net/http"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// state is which experiments a list shows.
type state string

// The states. An experiment that is both paused and archived is archived.
const (
	active   state = "active"
	paused   state = "paused"
	archived state = "archived"
)

func stateOf(r store.Record) state {
	switch {
	case r.Archived:
		return archived
	case r.Paused:
		return paused
	default:
		return active
	}
}

// listPage is the page that lists experiments.
type listPage struct {
	State       state
	Experiments []sixpack.Results
}

// list serves the experiments of a state.
func (d *dashboard) list(of state) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		all, err := d.engine.Summaries(r.Context())
		if err != nil {
			return err
		}
		shown := listPage{State: of}
		for _, x := range all {
			if stateOf(x.Counts.Record) == of {
				shown.Experiments = append(shown.Experiments, x)
			}
		}
		return d.render(w, r, "list", "Experiments", shown)
	}
}
