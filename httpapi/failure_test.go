package httpapi_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

const unavailable = `{"status":"failed","message":"redis is not available"}`

// hangingStore does not answer before its context ends.
type hangingStore struct{ store.Store }

func (hangingStore) Participate(ctx context.Context, _ store.Participation) (store.Facts, error) {
	<-ctx.Done()
	return store.Facts{}, ctx.Err()
}

func (hangingStore) Lookup(ctx context.Context, _, _ string) (store.Facts, error) {
	<-ctx.Done()
	return store.Facts{}, ctx.Err()
}

func (hangingStore) Counts(ctx context.Context, _ ...string) ([]store.Counts, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (hangingStore) Ping(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestHangingStore(t *testing.T) {
	targets := []string{
		"/participate?experiment=exp&alternatives=one&alternatives=two&client_id=cid",
		"/participate?experiment=exp&alternatives=one&alternatives=two&client_id=cid&user_agent=bot",
		"/convert?experiment=exp&client_id=cid",
		"/experiments/exp",
		"/_status",
	}
	for timeout, want := range map[time.Duration]time.Duration{
		0:                      5 * time.Second,
		250 * time.Millisecond: 250 * time.Millisecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := hangingStore{new(memory.Store)}
			handler := httpapi.New(sixpack.New(s, sixpack.Config{}), quiet(httpapi.Options{Ping: s.Ping, Timeout: timeout}))
			for _, target := range targets {
				began := time.Now()
				w := ask(t, handler, target)
				if w.Code != http.StatusServiceUnavailable || w.Body.String() != unavailable {
					t.Errorf("%s: %d %s", target, w.Code, w.Body)
				}
				if took := time.Since(began); took != want {
					t.Errorf("%s: after %v, want %v", target, took, want)
				}
			}
		})
	}
}

// ask serves a GET request and returns the answer.
func ask(t *testing.T, handler http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody))
	return w
}

// failingStore fails with an error that answers must not contain.
type failingStore struct{ store.Store }

func (failingStore) Participate(context.Context, store.Participation) (store.Facts, error) {
	return store.Facts{}, errors.New("dial tcp 10.1.2.3:6379: password secret refused")
}

// panicStore panics.
type panicStore struct{ store.Store }

func (panicStore) Counts(context.Context, ...string) ([]store.Counts, error) {
	panic("password secret")
}

func TestFailuresAreLoggedNotShown(t *testing.T) {
	for _, c := range []struct {
		store    store.Store
		target   string
		status   int
		body     string
		endpoint string
	}{
		{
			failingStore{new(memory.Store)},
			"/participate?experiment=exp&alternatives=one&alternatives=two&client_id=cid&callback=cb",
			503, unavailable, "participate",
		},
		{
			panicStore{},
			"/experiments/exp?callback=cb",
			500, `{"status":"failed","message":"internal error"}`, "experiment_details",
		},
	} {
		var log strings.Builder
		handler := httpapi.New(sixpack.New(c.store, sixpack.Config{}), httpapi.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		w := ask(t, handler, c.target)
		if w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%s: %d %s, want %d %s", c.target, w.Code, w.Body, c.status, c.body)
		}
		for _, want := range []string{"level=ERROR", "endpoint=" + c.endpoint, "password secret"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%s: the log lacks %q: %s", c.target, want, log.String())
			}
		}
	}
}

// TestClientGone checks that a request is carried out even if the client does not wait for
// the answer: visitors leave a page at the moment they convert.
func TestClientGone(t *testing.T) {
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	handler := httpapi.New(engine, quiet(httpapi.Options{}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, target := range []string{part, conv} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody))
	}
	results, err := engine.Counts(t.Context(), "exp")
	if err != nil || results.Alternatives[1].KPI("").Converted() != 1 {
		t.Errorf("%+v, %v, want one conversion", results.Alternatives, err)
	}
}

func TestAbortIsPassedOn(t *testing.T) {
	handler := httpapi.New(sixpack.New(new(memory.Store), sixpack.Config{}), httpapi.Options{
		Ping: func(context.Context) error { panic(http.ErrAbortHandler) },
	})
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // as net/http does
			t.Errorf("recovered %v", p)
		}
	}()
	ask(t, handler, "/_status")
}
