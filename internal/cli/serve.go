package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/server"
	"github.com/sixpack-go/sixpack/store"
)

const serveHelp = `Serves the API, which existing Sixpack clients use unchanged, until it receives SIGINT
(Ctrl-C) or SIGTERM. Requests in progress are finished first.

The API (port 5000) has no password, because visitors' browsers call it. The dashboard (port
5001) answers only on this machine, where everyone has full access. To open it to others, add
users ("sixpack help passwd") and set web_host. "server" is "serve" without the dashboard,
"web" is the dashboard alone.

Acknowledged data is on disk, in sixpack.db in the data folder. Only one server can use a
folder; several servers share a Redis. Setting any redis_ key selects Redis: a single server,
Sentinel or a cluster.`

const serveExamples = `  sixpack
  sixpack server --redis-host redis.internal --redis-db 0
  sixpack web --redis-host redis.internal --redis-db 0 --api-url https://ab.example.com
  sixpack serve --port 8000 --data-dir /var/lib/sixpack
  SIXPACK_CONFIG=/etc/sixpack.yml sixpack server --log-format json`

// serveCommand returns a command that serves the API, the dashboard or both.
func serveCommand(p *process, name string, api, dashboard bool) *cobra.Command {
	short := "serve the API and the dashboard; \"sixpack\" alone does this"
	switch {
	case !dashboard:
		short = "serve the API without the dashboard"
	case !api:
		short = "serve the dashboard without the API"
	}
	return &cobra.Command{
		Use: name, Short: short, Long: serveHelp, Example: serveExamples, Args: arguments(0, 0),
		Annotations: map[string]string{showsSettings: "yes"},
		RunE:        p.run(func(ctx context.Context, in *invocation) error { return serve(ctx, in, api, dashboard) }),
	}
}

// serve serves the API, the dashboard or both until ctx ends.
func serve(ctx context.Context, in *invocation, api, dashboard bool) error {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if dashboard {
		if err := s.CheckExposure(); err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
	}
	log := server.NewLog(in.stderr, &s.Config)
	for _, n := range s.Notes {
		log.Warn(n)
	}
	st, err := in.openToServe(ctx, &s.Config)
	if err != nil {
		return err
	}
	err = server.Run(ctx, server.Options{
		Config: &s.Config, Store: st, API: api, Dashboard: dashboard, Version: version(), Log: log,
		Started: func(at server.Addresses) {
			if s.LogFormat != config.LogJSON { // which is for machines
				in.announce(at, s.Where())
			}
		},
	})
	closing := st.Close()
	if err = cmp.Or(err, closing); err == nil {
		log.Info("stopped")
	}
	return err
}

// openToServe opens the configured store, unless it has data of Sixpack 2 that
// is not imported.
func (in *invocation) openToServe(ctx context.Context, c *config.Config) (store.Store, error) {
	st, err := datastore.Open(c)
	if err != nil {
		return nil, err
	}
	n := int64(0)
	if !c.IgnoreSixpackData {
		n, err = datastore.Sixpack2Experiments(ctx, st)
	}
	if n > 0 {
		err = fmt.Errorf("%s has %d experiments of Sixpack 2 that are not imported: an empty store would reassign every visitor. Import them "+
			"with \"%s\" (try --dry-run first), or start with an empty store with %s",
			c.Where(), n, in.commandLine("import"), config.HowToSet("ignore_sixpack_data"))
	}
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

// announce prints where a server listens.
func (in *invocation) announce(at server.Addresses, data string) {
	fmt.Fprintf(in.stdout, "sixpack %s is running; Ctrl-C stops it.\n\n", version())
	if at.API != "" {
		fmt.Fprintf(in.stdout, "  API        %s\n", at.API)
	}
	if at.Dashboard != "" {
		fmt.Fprintf(in.stdout, "  dashboard  %s\n", at.Dashboard)
	}
	fmt.Fprintf(in.stdout, "  data       %s\n\n", data)
	if at.API != "" {
		fmt.Fprintf(in.stdout, "Try:\n\n  curl '%s/participate?experiment=button-color&alternatives=red&alternatives=blue&client_id=alice'\n\n", at.API)
	}
}
