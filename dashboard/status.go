package dashboard

import "net/http"

// status tells whether the store can serve, as Sixpack's dashboard does.
func (d *dashboard) status(w http.ResponseWriter, r *http.Request) error {
	if d.Ping != nil {
		if err := d.Ping(r.Context()); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "application/json")
	return writeJSON(w, map[string]string{"status": "ok", "version": d.Version})
}
