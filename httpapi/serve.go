package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// endpoint handles the requests for a path.
type endpoint struct {
	name   string // in metrics
	answer func(ctx context.Context, q *query) (any, error)
	writes bool // not to be called by HEAD
}

// Endpoints for requests that reach no other.
var (
	preflight  = endpoint{answer: func(context.Context, *query) (any, error) { return text{[]string{"text/plain"}, []byte("200 Ok")}, nil }}
	notFound   = endpoint{answer: func(context.Context, *query) (any, error) { return nil, errNotFound }}
	notAllowed = endpoint{answer: func(context.Context, *query) (any, error) { return nil, errMethod }}
)

// route serves requests that the router did not match: another method, an untidy path or an
// unknown one. The path begins after the prefix and a slash.
func (a *api) route(c echo.Context, path string) error {
	e, experiment := a.find(tidy(path, c.Request().URL))
	switch c.Request().Method {
	case http.MethodOptions:
		e = preflight
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		if e.name != "" {
			e = notAllowed
			c.Response().Header().Set(echo.HeaderAllow, "GET, HEAD, POST, OPTIONS")
		}
	}
	return a.serve(c, e, experiment)
}

// find returns the endpoint of a tidy path, and the experiment that it names.
func (a *api) find(path string) (e endpoint, experiment string) {
	if name, ok := strings.CutPrefix(path, "experiments/"); ok && name != "" && !strings.Contains(name, "/") {
		return a.details, name
	}
	if e, ok := a.endpoints[path]; ok {
		return e, ""
	}
	return notFound, ""
}

// tidy decodes a path that the router left encoded, replaces repeated slashes with one, and
// removes a fragment.
func tidy(path string, u *url.URL) string {
	if u.RawPath != "" {
		path, _, _ = strings.Cut(path, "#")
		path = unescape(path, false)
	}
	path = strings.TrimLeft(path, "/")
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

// serve answers a request, even if its endpoint panics.
func (a *api) serve(c echo.Context, e endpoint, experiment string) (failure error) {
	began := time.Now()
	w, r := c.Response(), c.Request()
	a.cors.set(w.Header(), r.Header)
	q := &query{path: experiment}
	defer func() {
		if p := recover(); p != nil {
			failure = a.write(c, e, q, nil, panicked(p))
		}
		if a.Metrics != nil {
			a.Metrics(e.name, w.Status, time.Since(began))
		}
	}()
	answer, err := a.answer(r, e, q)
	return a.write(c, e, q, answer, err)
}

// panicked returns a recovered panic as an error. It continues the panic that net/http
// uses to abort a request.
func panicked(p any) error {
	if p == http.ErrAbortHandler { //nolint:errorlint,err113 // net/http compares it so
		panic(p)
	}
	return fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())
}

func (a *api) answer(r *http.Request, e endpoint, q *query) (any, error) {
	if e.writes && r.Method == http.MethodHead {
		return text{jsonType, nil}, nil
	}
	if len(r.URL.Path)+len(r.URL.RawQuery) > a.MaxRequest {
		return nil, errTooLong
	}
	if !strings.Contains(r.URL.RawPath, "#") { // else all the query is part of the fragment
		q.parse(r.URL.RawQuery)
	}
	return e.answer(a.deadlines.next(r.Context()), q)
}
