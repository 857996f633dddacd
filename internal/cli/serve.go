package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
)

// parts are what a server can do.
type parts struct{ api, dashboard bool }

const serveHelp = `Serves the API, which existing Sixpack clients use unchanged, until it gets a SIGINT
(Ctrl-C) or SIGTERM; requests under way are finished first.

The API (port 5000) has no password, because your visitors' browsers call it too. The
dashboard (port 5001) answers only to this machine, where everyone may do everything; for
others to reach it, name who may ("sixpack help passwd") and set web_host. "server" is
"serve" without the dashboard, "web" is the dashboard alone.

Everything the API acknowledged is on the disk, in sixpack.db in the data folder. A second
server cannot use the same folder: several servers share a Redis. Setting any of the redis_
keys selects it: a single machine, sentinels or a cluster.`

const serveExamples = `  sixpack
  sixpack server --redis-host redis.internal --redis-db 0
  sixpack web --redis-host redis.internal --redis-db 0 --api-url https://ab.example.com
  sixpack serve --port 8000 --data-dir /var/lib/sixpack
  SIXPACK_CONFIG=/etc/sixpack.yml sixpack server --log-format json`

// serveCommand returns a command that serves some parts.
func serveCommand(p *process, name string, which parts) *cobra.Command {
	short := "serve the API and the dashboard; \"sixpack\" alone does this"
	switch {
	case !which.dashboard:
		short = "serve the API without the dashboard"
	case !which.api:
		short = "serve the dashboard without the API"
	}
	return &cobra.Command{
		Use: name, Short: short, Long: serveHelp, Example: serveExamples, Args: arguments(0, 0),
		Annotations: map[string]string{showsSettings: "yes"},
		RunE:        p.run(func(ctx context.Context, in *invocation) error { return serve(ctx, in, which) }),
	}
}

// serve runs the API, the dashboard or both until ctx ends.
func serve(ctx context.Context, in *invocation, which parts) error {
	found, err := in.settings()
	if err != nil {
		return err
	}
	if which.dashboard {
		if err := found.exposed(); err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
	}
	log := newLog(in.stderr, &found.config)
	for _, n := range found.notes {
		log.Warn(n)
	}
	st, err := found.openToServe(ctx, in)
	if err != nil {
		return err
	}
	found.relaxCollector()
	stopCollecting := collect(ctx, st, log)
	s := &service{config: &found.config, log: log, store: st}
	err = s.run(ctx, in, which)
	stopCollecting()
	if closing := st.Close(); err == nil {
		err = closing
	}
	if err == nil {
		log.Info("stopped")
	}
	return err
}

// relaxCollector has garbage collected less often. The data is in a file or in
// Redis, so that the heap is nearly empty and would be collected all the time,
// which takes a fifth of what the server can do. GOGC goes before.
func (c *config) relaxCollector() {
	if c.Store != inMemory && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// service is what serves a store.
type service struct {
	*config

	log     *slog.Logger
	store   store.Store
	engine  *sixpack.Engine
	api     http.Handler
	servers servers
	started started
}

// run serves until ctx ends.
func (s *service) run(ctx context.Context, in *invocation, which parts) error {
	options := s.options(s.store, s.log)
	if s.Metrics {
		metrics := newStatsD(s.StatsD, s.log)
		defer metrics.close()
		options.Metrics = metrics.count
	}
	if err := s.Weights.checkRecords(ctx, s.store); err != nil {
		return err
	}
	s.engine = sixpack.New(s.store, s.config.engine())
	s.api = httpapi.New(s.engine, options)
	if s.AccessLog {
		s.api = logAccess(s.log, s.api)
	}
	defer s.servers.close()
	if err := s.listen(which); err != nil {
		return err
	}
	s.started.announce(in, s.config, s.log)
	return s.servers.run(ctx, s.log, s.ShutdownTimeout)
}

// listen takes the ports.
func (s *service) listen(which parts) error {
	s.started = started{data: s.where(), prefix: string(s.WebPrefix)}
	if which.api {
		l, err := listen(s.Host, s.Port, "")
		if err != nil {
			return err
		}
		s.servers.add(l, s.newServer(s.api, s.log))
		s.started.api = l.Addr()
	}
	if which.dashboard {
		l, err := listen(s.WebHost, s.WebPort, "web_")
		if err != nil {
			return err
		}
		options, err := s.dashboard()
		if err != nil {
			return errors.Join(err, l.Close())
		}
		s.servers.add(l, s.newServer(dashboard.New(s.engine, options), s.log))
		s.started.dashboard = l.Addr()
	}
	if source, ok := s.store.(backer); ok {
		if l := listenControl(string(s.DataDir), s.log); l != nil {
			orders := control(source, s.log)
			controlExperiments(orders, opened{s.store, s.engine}, s.log)
			s.servers.add(l, s.newServer(orders, s.log))
		}
	}
	return nil
}

// dashboard returns the options of the dashboard.
func (s *service) dashboard() (dashboard.Options, error) {
	access := s.access()
	var err error
	if access.Secret, err = s.secret(s.log); err != nil {
		return dashboard.Options{}, err
	}
	return dashboard.Options{
		Prefix:   string(s.WebPrefix),
		API:      s.shownAPI(),
		Access:   access,
		Location: s.Timezone.Location,
		Ping:     s.store.Ping,
		Version:  version(),
		Log:      s.log,
	}, nil
}

// shownAPI returns the base URL of the API, as programs are to call it.
func (s *service) shownAPI() string {
	switch {
	case s.APIURL != "":
		return string(s.APIURL)
	case s.started.api != nil:
		return baseURL(s.started.api, "")
	default: // another process serves it
		return fmt.Sprintf("http://:%d", s.Port)
	}
}

// options returns those of the API.
func (c *config) options(st store.Store, log *slog.Logger) httpapi.Options {
	return httpapi.Options{
		Version:  version(),
		Ping:     st.Ping,
		Log:      log,
		Timeout:  c.timeout(),
		Location: c.Timezone.Location,
		CORS: httpapi.CORS{
			Origins:       c.CORSOrigins,
			Headers:       c.CORSHeaders,
			Credentials:   strconv.FormatBool(c.CORSCredentials),
			Methods:       c.CORSMethods,
			ExposeHeaders: c.CORSExposeHeaders,
		},
	}
}

// newServer returns a server for a handler. Its limits are for clients that are
// slow or broken, the store has its own.
func (c *config) newServer(h http.Handler, log *slog.Logger) *http.Server {
	const patience = 30 * time.Second
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: patience / 3,
		ReadTimeout:       patience,
		WriteTimeout:      patience + c.StoreTimeout,
		IdleTimeout:       4 * patience,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
