package dashboard

import (
	"net/http"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// status reports whether the store is available, as Sixpack's dashboard does.
func (d *dashboard) status(w http.ResponseWriter, r *http.Request) error {
	if d.Ping != nil {
		if err := d.Ping(r.Context()); err != nil {
			d.Log.Error("dashboard", "path", r.URL.Path, "error", err)
			return reply.JSON(w, http.StatusServiceUnavailable, map[string]string{"status": "failed", "message": "redis is not available"})
		}
	}
	return reply.JSON(w, http.StatusOK, map[string]string{"status": "ok", "version": d.Version})
}
