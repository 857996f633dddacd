package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
)

// serve runs the API, and with it the dashboard's port, until ctx ends.
func serve(ctx context.Context, in *invocation, dashboard bool) error {
	found, err := in.settings()
	if err != nil {
		return err
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
	err = s.run(ctx, in, dashboard)
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
	tests   *sixpack.Engine
	api     http.Handler
	servers servers
	started started
}

// run serves until ctx ends.
func (s *service) run(ctx context.Context, in *invocation, dashboard bool) error {
	options := s.options(s.store, s.log)
	if s.Metrics {
		metrics := newStatsD(s.StatsD, s.log)
		defer metrics.close()
		options.Metrics = metrics.count
	}
	s.tests = sixpack.New(s.store, s.engine())
	s.api = httpapi.New(s.tests, options)
	if s.AccessLog {
		s.api = logAccess(s.log, s.api)
	}
	defer s.servers.close()
	if err := s.listen(dashboard); err != nil {
		return err
	}
	s.started.announce(in, s.config, s.log)
	return s.servers.run(ctx, s.log, s.ShutdownTimeout)
}

// listen takes the ports.
func (s *service) listen(dashboard bool) error {
	l, err := listen(s.Host, s.Port, "")
	if err != nil {
		return err
	}
	s.servers.add(l, s.newServer(s.api, s.log))
	s.started = started{api: l.Addr(), data: s.where()}
	if dashboard {
		l, err := listen(s.WebHost, s.WebPort, "web_")
		if err != nil {
			return err
		}
		s.servers.add(l, s.newServer(placeholder(s.started.api, s.api), s.log))
		s.started.dashboard = l.Addr()
	}
	if source, ok := s.store.(backer); ok {
		if l := listenControl(string(s.DataDir), s.log); l != nil {
			orders := control(source, s.log)
			controlExperiments(orders, opened{s.store, s.tests}, s.log)
			s.servers.add(l, s.newServer(orders, s.log))
		}
	}
	return nil
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
