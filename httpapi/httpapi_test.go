package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestRegister mounts the service in a host with its own routes, middleware and errors.
func TestRegister(t *testing.T) {
	host := echo.New()
	host.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "the host") })
	var paths []string
	group := host.Group("/ab", func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			paths = append(paths, c.Path())
			return next(c)
		}
	})
	httpapi.Register(group, sixpack.New(new(memory.Store), sixpack.Config{}), quiet(httpapi.Options{Version: "1"}))
	server := httptest.NewServer(host)
	defer server.Close()
	for _, c := range []struct {
		request string
		status  int
		body    string // its beginning
		path    string // as middleware sees it
	}{
		{"GET /ab/participate?experiment=exp&alternatives=one&alternatives=two&client_id=cid", 200, ok2, "/ab/participate"},
		{"GET /ab//participate?experiment=exp&alternatives=one&alternatives=two&client_id=cid", 200, ok2, "/ab/*"},
		{"POST /ab/convert?experiment=exp&client_id=cid", 200, okConvert, "/ab/convert"},
		{"GET /ab/experiments/exp", 200, `{"status":"ok","name":"exp"`, "/ab/experiments/:name"},
		{"GET /ab/experiments//exp", 200, `{"status":"ok","name":"exp"`, "/ab/experiments/:name"},
		{"GET /ab/experiments/exp/", 404, `{"status":"failed","message":"not found"}`, "/ab/experiments/:name"},
		{"GET /ab/_status", 200, okStatus, "/ab/_status"},
		{"GET /ab/", 200, "sixpack 1\n", "/ab/"},
		{"GET /ab/nope", 404, `{"status":"failed","message":"not found"}`, "/ab/*"},
		{"PUT /ab/participate", 405, `{"status":"failed","message":"method not allowed"}`, "/ab/*"},
		{"OPTIONS /ab/participate", 200, "200 Ok", "/ab/*"},
		{"GET /", 200, "the host", ""},
		{"GET /nope", 404, `{"message":"Not Found"}`, ""},
	} {
		paths = nil
		method, target, _ := strings.Cut(c.request, " ")
		got := send(t, server.Listener.Addr().String(), request(method, target, "HTTP/1.1", ""))
		if got.status != c.status || !strings.HasPrefix(got.body, c.body) {
			t.Errorf("%s: %d %s, want %d %s", c.request, got.status, got.body, c.status, c.body)
		}
		if path := strings.Join(paths, " "); path != c.path {
			t.Errorf("%s: middleware sees %q, want %q", c.request, path, c.path)
		}
	}
}

// TestMiddlewareErrorsAreTheHosts checks that a router from New leaves the answer to
// middleware that refuses a request.
func TestMiddlewareErrorsAreTheHosts(t *testing.T) {
	router := httpapi.New(sixpack.New(new(memory.Store), sixpack.Config{}), httpapi.Options{})
	router.Use(func(echo.HandlerFunc) echo.HandlerFunc {
		return func(echo.Context) error { return echo.ErrTooManyRequests }
	})
	if w := ask(t, router, "/_status"); w.Code != http.StatusTooManyRequests {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestURLWithoutPath(t *testing.T) {
	_, address := serve(t, new(memory.Store), sixpack.Config{}, httpapi.Options{Version: "1"})
	if got := get(t, address, "http://localhost"); got.status != 200 || !strings.HasPrefix(got.body, "sixpack 1\n") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestCallbacks(t *testing.T) {
	_, address := serve(t, new(memory.Store), sixpack.Config{}, httpapi.Options{Version: "1"})
	for sent, f := range map[string]string{ // as it is sent, and as it is called, if it is
		"cb":                      "cb",
		"_":                       "_",
		"1":                       "1",
		"sixpack.callback1":       "sixpack.callback1",
		"a-b'c":                   "a-b'c",
		"cb%0A":                   "cb\n",
		"%63b":                    "cb",
		"cb&callback=other":       "cb",
		strings.Repeat("c", 1000): strings.Repeat("c", 1000),
		"":                        "",
		"&callback=cb":            "",
		".a":                      "",
		"-a":                      "",
		"'a":                      "",
		"cb%0A%0A":                "",
		"cb%0Ax":                  "",
		"a+b":                     "",
		"a;b":                     "",
		"cb()":                    "",
		"cb[0]":                   "",
		"a%2Fb":                   "",
		"cb%C3%A9":                "",
		"%C3%A9cb":                "",
		"%00":                     "",
		"%3Cscript%3E":            "",
	} {
		got := get(t, address, "/_status?callback="+sent)
		body, kind := okStatus, "application/json"
		if f != "" {
			body, kind = f+"("+okStatus+")", "application/javascript"
		}
		if got.body != body || got.contentType() != kind {
			t.Errorf("callback=%s: %s %s, want %s %s", sent, got.contentType(), got.body, kind, body)
		}
	}
}

func TestMetrics(t *testing.T) {
	type metric struct {
		endpoint string
		status   int
	}
	var got []metric
	handler := httpapi.New(sixpack.New(panicStore{new(memory.Store)}, sixpack.Config{}), quiet(httpapi.Options{
		Metrics: func(endpoint string, status int, took time.Duration) {
			if took <= 0 {
				t.Errorf("%s took %v", endpoint, took)
			}
			got = append(got, metric{endpoint, status})
		},
	}))
	want := []metric{
		{"home", 200},
		{"status", 200},
		{"favicon", 200},
		{"participate", 400},
		{"convert", 400},
		{"experiment_details", 500},
		{"", 404},
		{"status", 200},
	}
	for _, target := range []string{"/", "/_status", "/favicon.ico", "/participate", "/convert", "/experiments/exp", "/nope", "//_status"} {
		ask(t, handler, target)
	}
	for _, method := range []string{http.MethodPut, http.MethodOptions, http.MethodHead} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, "/participate", http.NoBody))
	}
	want = append(want, metric{"", 405}, metric{"", 200}, metric{"participate", 200})
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// untouched is a store that must not be called.
type untouched struct{ store.Store }

func TestHeadTouchesNothing(t *testing.T) {
	_, address := serve(t, untouched{}, sixpack.Config{}, httpapi.Options{})
	for _, target := range []string{part, conv} {
		got := send(t, address, request(http.MethodHead, target, "HTTP/1.1", ""))
		if got.status != 200 || got.body != "" || got.contentType() != "application/json" {
			t.Errorf("%s: %d %s %q", target, got.status, got.contentType(), got.body)
		}
	}
}

func TestStatus(t *testing.T) {
	closed := new(memory.Store)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ping   func(context.Context) error
		status int
	}{{nil, 200}, {new(memory.Store).Ping, 200}, {closed.Ping, 503}} {
		handler := httpapi.New(sixpack.New(new(memory.Store), sixpack.Config{}), quiet(httpapi.Options{Ping: c.ping}))
		if w := ask(t, handler, "/_status"); w.Code != c.status {
			t.Errorf("%d %s, want %d", w.Code, w.Body, c.status)
		}
	}
}
