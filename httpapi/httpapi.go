// Package httpapi serves a [sixpack.Engine] over HTTP, as SeatGeek's Sixpack
// does, so that its clients work unchanged.
//
//	GET /participate?experiment=button-color&alternatives=red&alternatives=blue&client_id=…
//	GET /convert?experiment=button-color&client_id=…
//	GET /experiments/button-color
//	GET /_status
//
// [Register] adds these routes to a router of yours, under a prefix if you like. [New]
// returns a router that serves nothing else. This package has no rules: it parses
// requests, calls the engine and writes answers.
//
// Every answer, whatever its status, carries the CORS headers of [CORS]. Errors
// are {"status": "failed", "message": …}: 400 and 404 for an invalid request, 503 if
// the store failed; the log has the details. If an argument is invalid, the error also
// has "detail": {"argument": …, "rule": …}. The parameter callback wraps answers (JSONP).
package httpapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
)

// Options configures the service. The zero value is usable.
type Options struct {
	// Version is shown by /_status and the greeting.
	Version string
	// Ping reports whether the store can serve, such as the store's Ping. If it is
	// nil, /_status only shows that the process answers.
	Ping func(context.Context) error
	// CORS sets which pages of other origins may read answers.
	CORS CORS
	// Metrics, if not nil, is called after every answer, perhaps concurrently, and the
	// request waits for it. The endpoint is "home", "status", "participate", "convert",
	// "experiment_details", "favicon" or, if the request reached none of these, empty.
	Metrics func(endpoint string, status int, took time.Duration)
	// Log receives the details of store failures and panics: slog.Default() if nil.
	Log *slog.Logger
	// Timeout limits the time that one request waits for the store: 5 seconds if 0.
	Timeout time.Duration
	// MaxRequest limits the size of path and query together, in bytes: 16 KiB if 0.
	MaxRequest int
	// Location is the zone of times without a zone, and should be the engine's: UTC if nil.
	Location *time.Location
}

func (o Options) withDefaults() Options {
	o.Log = cmp.Or(o.Log, slog.Default())
	o.Timeout = cmp.Or(o.Timeout, 5*time.Second)
	o.MaxRequest = cmp.Or(o.MaxRequest, 16<<10)
	o.Location = cmp.Or(o.Location, time.UTC)
	return o
}

// New returns a router that serves e and nothing else.
func New(e *sixpack.Engine, o Options) *echo.Echo {
	router := echo.New()
	a := register(router.Group(""), e, o)
	router.HTTPErrorHandler = func(err error, c echo.Context) {
		// No route matches an absolute URL without a path, GET http://host.
		if errors.Is(err, echo.ErrNotFound) && !c.Response().Committed {
			err = a.route(c, "")
		}
		if err != nil {
			router.DefaultHTTPErrorHandler(err, c)
		}
	}
	return router
}

// Register serves e under the prefix of g. It answers all paths under the prefix that are
// not routes of the host, unknown paths with 404. Add middleware to g before.
func Register(g *echo.Group, e *sixpack.Engine, o Options) {
	register(g, e, o)
}

// An api is an engine and the options of its service.
type api struct {
	Options

	engine    *sixpack.Engine
	cors      cors
	deadlines deadlines
	endpoints map[string]endpoint // by path, without the first slash
	details   endpoint
}

func register(g *echo.Group, e *sixpack.Engine, o Options) *api {
	a := &api{Options: o.withDefaults(), engine: e, cors: newCORS(o.CORS)}
	a.deadlines.after = a.Timeout
	a.details = endpoint{name: "experiment_details", answer: a.experiment}
	a.endpoints = map[string]endpoint{
		"":            {name: "home", answer: a.home},
		"participate": {name: "participate", answer: a.participate, writes: true},
		"convert":     {name: "convert", answer: a.convert, writes: true},
		"_status":     {name: "status", answer: a.status},
		"favicon.ico": {name: "favicon", answer: favicon},
	}
	methods := []string{http.MethodGet, http.MethodPost, http.MethodHead}
	for path, to := range a.endpoints {
		g.Match(methods, "/"+path, func(c echo.Context) error { return a.serve(c, to, "") })
	}
	g.Match(methods, "/experiments/:name", func(c echo.Context) error { return a.route(c, "experiments/"+c.Param("name")) })
	other := func(c echo.Context) error { return a.route(c, c.Param("*")) }
	g.RouteNotFound("", other)
	g.RouteNotFound("/*", other)
	return a
}
