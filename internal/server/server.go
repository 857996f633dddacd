// Package server serves the API and the dashboard of a store.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/store"
)

// Options configure a server.
type Options struct {
	Config         *config.Config
	Store          store.Store // the caller closes it
	API, Dashboard bool        // which of the two are served
	Version        string      // of the program
	Log            *slog.Logger
	// Started is called once all ports are open.
	Started func(Addresses)
}

// Addresses are the URLs at which this machine reaches a server, empty for what it does not
// serve.
type Addresses struct{ API, Dashboard string }

// Run serves until ctx is done or a listener fails. It then stops accepting
// requests and lets requests in progress finish.
func Run(ctx context.Context, o Options) error {
	relaxCollector(o.Config)
	stopCleanup := startCleanup(ctx, o.Store, o.Log)
	defer stopCleanup()
	timeout := o.Config.StoreTimeout.Duration
	if o.Config.Store == config.StoreRedis {
		timeout = min(timeout, o.Config.RedisTimeout.Duration) // spares the store a timer for each call
	}
	api := httpapi.Options{
		Version: o.Version, Ping: o.Store.Ping, Log: o.Log, Timeout: timeout, Location: o.Config.Timezone.Location, CORS: o.Config.CORS(),
	}
	if o.Config.Metrics {
		metrics := newStatsD(o.Config.StatsD, o.Log)
		defer metrics.close()
		api.Metrics = metrics.count
	}
	if err := checkWeights(ctx, o.Config.Weights, o.Store); err != nil {
		return err
	}
	s := service{Options: o, engine: sixpack.New(o.Store, o.Config.Engine())}
	s.api = httpapi.New(s.engine, api)
	if o.Config.AccessLog {
		s.api = logAccess(o.Log, s.api)
	}
	defer s.servers.close()
	if err := s.listen(); err != nil {
		return err
	}
	return s.servers.run(ctx, o.Log, o.Config.ShutdownTimeout.Duration)
}

// relaxCollector makes the garbage collector run less often, unless GOGC is set.
// The data is in a file or in Redis, so the heap is nearly empty: the collector
// would run all the time and take a fifth of the server's throughput.
func relaxCollector(c *config.Config) {
	if c.Store != config.StoreMemory && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// checkWeights returns an error if the configured weights name other alternatives than
// an experiment has: all its calls would be refused.
func checkWeights(ctx context.Context, w config.Weights, st store.Store) error {
	if len(w) == 0 {
		return nil
	}
	records, err := st.Records(ctx)
	if err != nil {
		return err
	}
	for _, r := range records {
		set, ok := w[r.Name]
		has := slices.Sorted(slices.Values(r.Alternatives))
		if named := slices.Sorted(maps.Keys(set)); ok && !slices.Equal(named, has) {
			return fmt.Errorf("configuration: weights: %q has the alternatives %q, not %q: name all alternatives in weights", r.Name, has, named)
		}
	}
	return nil
}

// startCleanup removes deleted experiments from Redis in the background, see [datastore.Collect].
func startCleanup(ctx context.Context, st store.Store, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		removed, err := datastore.Collect(ctx, st)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("cleaning up deleted experiments failed", "error", err)
		case removed > 0:
			log.Info("cleaned up deleted experiments", "keys", removed)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// service is a server while it runs.
type service struct {
	Options

	engine  *sixpack.Engine
	api     http.Handler
	servers servers
}

// listen opens all ports and announces them.
func (s *service) listen() error {
	c := s.Config
	var api net.Addr
	var at Addresses
	attributes := []any{"version", s.Version, "data", c.Where()}
	if s.API {
		l, err := listen(c.Host, c.Port, "")
		if err != nil {
			return err
		}
		s.serve(l, s.api)
		api, at.API = l.Addr(), baseURL(l.Addr(), "localhost")
		attributes = append(attributes, "api", api.String())
	}
	if s.Dashboard {
		l, err := listen(c.WebHost, c.WebPort, "web_")
		if err != nil {
			return err
		}
		options, err := s.dashboardOptions(api)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		s.serve(l, dashboard.New(s.engine, options))
		at.Dashboard = baseURL(l.Addr(), "localhost") + string(c.WebPrefix)
		attributes = append(attributes, "dashboard", l.Addr().String())
	}
	if backer, ok := s.Store.(datastore.Backer); ok {
		if l := listenControl(string(c.DataDir), s.Log); l != nil {
			s.serve(l, control{backer, s.Store, s.engine, s.Log}.handler())
		}
	}
	s.Log.Info("listening", attributes...)
	s.Started(at)
	return nil
}

func (s *service) serve(l net.Listener, h http.Handler) {
	s.servers.add(l, newServer(h, s.Config.StoreTimeout.Duration, s.Log))
}

// dashboardOptions returns the options of the dashboard. The API listens at api,
// if this process serves it.
func (s *service) dashboardOptions(api net.Addr) (dashboard.Options, error) {
	c := s.Config
	access := c.Access()
	var err error
	if access.Secret, err = secret(c, s.Log); err != nil {
		return dashboard.Options{}, err
	}
	shown := string(c.APIURL)
	switch {
	case shown != "":
	case api != nil:
		shown = baseURL(api, "")
	default:
		shown = fmt.Sprintf("http://:%d", c.Port)
	}
	return dashboard.Options{
		Prefix:   string(c.WebPrefix),
		API:      shown,
		Access:   access,
		Location: c.Timezone.Location,
		Ping:     s.Store.Ping,
		Version:  s.Version,
		Log:      s.Log,
	}, nil
}

// baseURL returns the URL of a server. If it listens on all addresses, host is the
// one to use.
func baseURL(addr net.Addr, host string) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return addr.Network() + "://" + addr.String()
	}
	if !tcp.IP.IsUnspecified() {
		host = tcp.IP.String()
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}

// newServer returns a server for a handler, with timeouts for clients that are slow
// or broken.
func newServer(h http.Handler, storeTimeout time.Duration, log *slog.Logger) *http.Server {
	const timeout = 30 * time.Second
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: timeout / 3,
		ReadTimeout:       timeout,
		WriteTimeout:      timeout + storeTimeout,
		IdleTimeout:       4 * timeout,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
