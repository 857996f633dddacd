// Package dashboard serves the pages on which people see how their experiments do
// and act on it, the JSON that Sixpack's dashboard served, and an API under
// /api/v1/ for all of it.
//
// [New] returns a plain [http.Handler] that may be mounted under any path of any
// router. Everything it needs is embedded; its pages contact no other host.
//
// Options.Access says who may use it. Without it everybody on this machine may do
// everything, and nobody else has access; see package [access].
package dashboard

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/access"
)

// Options configure a dashboard. The zero value is good.
type Options struct {
	// Prefix is the path below which the dashboard is mounted, such as
	// "/experiments-admin": empty for the root. The router must not strip it.
	Prefix string
	// API is the base URL of the service for programs, as code snippets show it:
	// http://:5000 if empty. Without a host it has that of the page.
	API string
	// Access says who has access.
	Access access.Options
	// Location is the zone whose days are shown, which should be the engine's:
	// UTC if nil.
	Location *time.Location
	// Ping tells whether the store can serve, for /_status; nil if that is not
	// known.
	Ping func(context.Context) error
	// Version is shown at the foot of pages, and by /_status.
	Version string
	// Log is told of failures and of logins: [slog.Default] if nil.
	Log *slog.Logger
	// Now is the clock: time.Now if nil.
	Now func() time.Time
}

// New returns a handler that shows, and changes, the experiments of an engine.
func New(engine *sixpack.Engine, o Options) http.Handler {
	if o.Prefix = strings.Trim(o.Prefix, "/"); o.Prefix != "" {
		o.Prefix = "/" + o.Prefix
	}
	o.API = cmp.Or(strings.TrimRight(o.API, "/"), "http://:5000")
	o.Location = cmp.Or(o.Location, time.UTC)
	o.Log = cmp.Or(o.Log, slog.Default())
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &dashboard{Options: o, engine: engine}
	d.guard = access.New(o.Access, access.Site{
		Prefix: o.Prefix, Log: o.Log, Now: o.Now, WantsJSON: d.wantsJSON, Fail: d.fail, ShowLogin: d.showLogin,
	})
	return d.handler()
}

// dashboard is what New makes.
type dashboard struct {
	Options

	engine *sixpack.Engine
	guard  *access.Guard
}
