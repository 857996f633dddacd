// Package dashboard serves the pages on which operators read results and change
// experiments, a JSON API under /api/v1/ that does the same for programs, and the
// JSON, CSV and forms of Sixpack 2's dashboard.
//
// [New] returns a plain [http.Handler] that can be mounted under any path of any
// router. Everything it needs is embedded; its pages load nothing from other hosts.
//
// Options.Access configures who has access. By default, everyone on this machine may
// do everything, and no one else has access; see package [access].
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

// Options configure a dashboard. The zero value works.
type Options struct {
	// Prefix is the path below which the dashboard is mounted, such as
	// "/experiments-admin"; empty for the root. The router must not strip it.
	Prefix string
	// API is the base URL of the service for programs, which code snippets show.
	// A URL without a host gets the host of the page. The default is http://:5000.
	API string
	// Access configures who has access.
	Access access.Options
	// Location is the time zone of days and times. It should be the engine's. The
	// default is UTC.
	Location *time.Location
	// Ping returns an error if the store cannot serve, for /_status. If it is nil,
	// /_status does not ask the store.
	Ping func(context.Context) error
	// Version is shown in the footer of pages and by /_status.
	Version string
	// Log receives failures and logins. The default is [slog.Default].
	Log *slog.Logger
	// Now is the clock. The default is [time.Now].
	Now func() time.Time
}

// New returns a handler that shows and changes the experiments of an engine.
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

// dashboard has the handlers of the routes.
type dashboard struct {
	Options

	engine *sixpack.Engine
	guard  *access.Guard
}

// now returns the time in the zone whose days are shown.
func (d *dashboard) now() time.Time { return d.Now().In(d.Location) }
