package dashboard

import "net/http"

// pause pauses an experiment, or takes it up again.
func (d *dashboard) pause(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	counts, err := d.engine.Counts(r.Context(), name)
	if err != nil {
		return err
	}
	change := d.engine.Pause
	if counts.Record.Paused {
		change = d.engine.Resume
	}
	if err := change(r.Context(), name); err != nil {
		return err
	}
	http.Redirect(w, r, d.experimentURL(name), http.StatusSeeOther) //nolint:gosec // it is escaped
	return nil
}
