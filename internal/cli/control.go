package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/store"
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
// Without it the server serves, but cannot be backed up, nor analysed.
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
func control(source backer, log *slog.Logger) *http.ServeMux {
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

// controlExperiments takes orders about experiments.
func controlExperiments(mux *http.ServeMux, all experiments, log *slog.Logger) {
	mux.HandleFunc("GET /results", func(w http.ResponseWriter, r *http.Request) {
		results, err := all.Counts(r.Context(), r.URL.Query()["experiment"]...)
		if err != nil {
			log.Error("results", "error", err)
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(results) // the reader may be gone
	})
	mux.HandleFunc("PUT /plan", func(w http.ResponseWriter, r *http.Request) {
		const most = 1 << 16
		var p store.Plan
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, most)).Decode(&p)
		if err == nil {
			err = all.SetPlan(r.Context(), r.URL.Query().Get("experiment"), p)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
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
	answer, err := r.ask(ctx, http.MethodGet, "/backup", nil, http.NoBody)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	return io.Copy(w, answer.Body)
}

// Counts implements experiments.
func (r remote) Counts(ctx context.Context, names ...string) (all []store.Counts, err error) {
	answer, err := r.ask(ctx, http.MethodGet, "/results", url.Values{"experiment": names}, http.NoBody)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	err = json.NewDecoder(answer.Body).Decode(&all)
	return all, err
}

// SetPlan implements experiments.
func (r remote) SetPlan(ctx context.Context, experiment string, p store.Plan) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	answer, err := r.ask(ctx, http.MethodPut, "/plan", url.Values{"experiment": {experiment}}, bytes.NewReader(text))
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// Close implements experiments.
func (remote) Close() error { return nil }

// ask returns an answer that is no error's.
func (r remote) ask(ctx context.Context, method, path string, query url.Values, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://sixpack"+path+"?"+query.Encode(), body)
	if err != nil {
		return nil, err
	}
	answer, err := r.client.Do(request)
	if err != nil || answer.StatusCode < http.StatusMultipleChoices {
		return answer, err
	}
	defer answer.Body.Close()
	switch text, err := io.ReadAll(answer.Body); {
	case err != nil:
		return nil, err
	case answer.StatusCode == http.StatusNotFound:
		return nil, errors.New("the running server is of a release that does not know how: restart it with this one")
	case answer.StatusCode == http.StatusUnprocessableEntity:
		return nil, errors.New(strings.TrimSpace(string(text)))
	default:
		return nil, fmt.Errorf("the server answered %s: %s", answer.Status, bytes.TrimSpace(text))
	}
}
