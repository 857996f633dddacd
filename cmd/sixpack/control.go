package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// socketName is the name, in the data folder, of the socket by which a running
// server takes orders: the file of the embedded store is for one process only,
// so that nobody else can read it meanwhile.
const socketName = "sixpack.sock"

// backer is a store that can be copied while it is used.
type backer interface {
	Backup(ctx context.Context, w io.Writer) (int64, error)
}

// socketPath returns the shortest path of the socket in a folder: there may be
// no more than about a hundred bytes.
func socketPath(folder string) string {
	path := filepath.Join(folder, socketName)
	if here, err := os.Getwd(); err == nil && filepath.IsAbs(path) {
		if relative, err := filepath.Rel(here, path); err == nil && len(relative) < len(path) {
			return relative
		}
	}
	return path
}

// listenControl opens the socket, for the user of the server only. Whoever calls
// it has the file of the store, so that a socket that is there is a dead one's.
// Without it the server serves, but cannot be backed up.
func listenControl(folder string, log *slog.Logger) net.Listener {
	path := socketPath(folder)
	_ = os.Remove(path) // if it is there
	l, err := net.Listen("unix", path)
	if err == nil {
		if err = os.Chmod(path, 0o600); err == nil {
			return l
		}
		_ = l.Close()
	}
	log.Warn("backups will need the server to be stopped: there is no socket", "path", path, "error", err)
	return nil
}

// control takes orders.
func control(source backer, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /backup", func(w http.ResponseWriter, r *http.Request) {
		// A copy takes as long as its reader likes.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
		n, err := source.Backup(r.Context(), w)
		if err != nil {
			log.Error("backup", "error", err)
			panic(http.ErrAbortHandler) // so that the reader knows that it is not complete
		}
		log.Info("backup", "bytes", n)
	})
	return mux
}

// remote is the store of a running server.
type remote struct{ client *http.Client }

func newRemote(folder string) remote {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socketPath(folder))
	}
	return remote{&http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// Backup implements backer.
func (r remote) Backup(ctx context.Context, w io.Writer) (int64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://sixpack/backup", http.NoBody)
	if err != nil {
		return 0, err
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the server answered %s", answer.Status)
	}
	return io.Copy(w, answer.Body)
}
