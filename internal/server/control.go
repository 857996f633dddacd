package server

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/store"
)

// listenControl opens the control socket in a folder for the user of this process
// only. The caller must have opened the embedded store, so that a socket that
// exists is left from a dead process. On an error it returns nil: the server works,
// but its data cannot be backed up or analyzed while it runs.
func listenControl(folder string, log *slog.Logger) net.Listener {
	path := datastore.SocketPath(folder)
	_ = os.Remove(path) // it may not exist
	l, err := net.Listen("unix", path)
	if err == nil {
		if err = os.Chmod(path, 0o600); err == nil {
			return l
		}
		_ = l.Close()
	}
	log.Warn("cannot open the control socket: backups and analyses require stopping the server", "path", path, "error", err)
	return nil
}

// control handles the requests of other commands to the control socket, which
// package datastore sends.
type control struct {
	backer datastore.Backer
	store  store.Store
	engine *sixpack.Engine
	log    *slog.Logger
}

func (c control) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /backup", c.backup)
	mux.HandleFunc("GET /counts", c.counts)
	mux.HandleFunc("PUT /plan", c.setPlan)
	mux.HandleFunc("POST /acknowledge", c.acknowledge)
	return mux
}

func (c control) backup(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // the reader may be slow
	n, err := c.backer.Backup(r.Context(), w)
	if err != nil {
		c.log.Error("backup failed", "error", err)
		panic(http.ErrAbortHandler) // so that the reader notices that it is incomplete
	}
	c.log.Info("backup", "bytes", n)
}

func (c control) counts(w http.ResponseWriter, r *http.Request) {
	all, err := c.store.Counts(r.Context(), r.URL.Query()["experiment"]...)
	if err != nil {
		c.log.Error("reading results failed", "error", err)
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(all) //nolint:errchkjson // the reader may be gone; times can be encoded
}

func (c control) acknowledge(w http.ResponseWriter, r *http.Request) {
	if err := c.engine.AcknowledgeMismatch(r.Context(), r.URL.Query().Get("experiment")); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (c control) setPlan(w http.ResponseWriter, r *http.Request) {
	const maxBody = 1 << 16
	var p store.Plan
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&p)
	if err == nil {
		err = c.engine.SetPlan(r.Context(), r.URL.Query().Get("experiment"), p)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
