package datastore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// socketName is the name, in the data folder, of the control socket of a running
// server. Only one process can open the file of the embedded store, so that other
// processes can read it through the server only.
const socketName = "sixpack.sock"

// SocketPath returns the shortest path of the control socket in a folder: a path
// of a socket may have only about 100 bytes.
func SocketPath(folder string) string {
	path := filepath.Join(folder, socketName)
	if here, err := os.Getwd(); err == nil && filepath.IsAbs(path) {
		if relative, err := filepath.Rel(here, path); err == nil && len(relative) < len(path) {
			return relative
		}
	}
	return path
}

// remote is the store of a running server, which answers on its control socket.
type remote struct{ client *http.Client }

func newRemote(folder string) remote {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", SocketPath(folder))
	}
	return remote{&http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// Backup implements [Backer].
func (r remote) Backup(ctx context.Context, w io.Writer) (int64, error) {
	answer, err := r.ask(ctx, http.MethodGet, "/backup", nil, http.NoBody)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	return io.Copy(w, answer.Body)
}

// Counts implements [Experiments].
func (r remote) Counts(ctx context.Context, names ...string) (all []store.Counts, err error) {
	answer, err := r.ask(ctx, http.MethodGet, "/counts", url.Values{"experiment": names}, http.NoBody)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	err = json.NewDecoder(answer.Body).Decode(&all)
	return all, err
}

// SetPlan implements [Experiments].
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

// AcknowledgeMismatch implements [Experiments].
func (r remote) AcknowledgeMismatch(ctx context.Context, experiment string) error {
	answer, err := r.ask(ctx, http.MethodPost, "/acknowledge", url.Values{"experiment": {experiment}}, http.NoBody)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// Close implements [Experiments].
func (remote) Close() error { return nil }

// ask sends a request and returns its answer, or an error if that is one.
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
		return nil, errors.New("the running server is too old for this command: restart it with this version")
	case answer.StatusCode == http.StatusUnprocessableEntity:
		return nil, errors.New(strings.TrimSpace(string(text)))
	default:
		return nil, fmt.Errorf("the server answered %s: %s", answer.Status, bytes.TrimSpace(text))
	}
}
