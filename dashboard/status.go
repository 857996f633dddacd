package dashboard

import "net/http"

// status tells whether the store can serve, as Sixpack's dashboard does.
func (d *dashboard) status(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	if d.Ping != nil {
		if err := d.Ping(r.Context()); err != nil {
			d.Log.Error("dashboard", "path", r.URL.Path, "error", err)
			w.WriteHeader(http.StatusServiceUnavailable)
			return writeJSON(w, map[string]string{"status": "failed", "message": "redis is not available"})
		}
	}
	return writeJSON(w, map[string]string{"status": "ok", "version": d.Version})
}
