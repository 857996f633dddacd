package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/sampledata"
	"github.com/sixpack-go/sixpack/store/bolt"
)

const seedHelp = `Creates sample experiments with simulated visitors of the last two weeks, so that you have
something to look at. Their descriptions say which alternative is really better.

The data goes to the data folder, or with --url to a running server. If a server uses the
folder, give its URL. Over HTTP, seed cannot set winners, pause, archive or go back in time
for bandits to learn, so it creates only the other experiments.

Experiments of these names must not exist yet.`

const seedExamples = `  sixpack seed
  sixpack seed --data-dir /tmp/try --clients 20000 && sixpack --data-dir /tmp/try
  sixpack seed --url http://127.0.0.1:5000`

// seedCmd holds the flags of seed.
type seedCmd struct {
	url           string
	clients, days int
	seed          uint64
}

func seedCommand(p *process) *cobra.Command {
	var f seedCmd
	c := &cobra.Command{
		Use: "seed", Short: "create sample experiments in the data folder or at a URL",
		Long: seedHelp, Example: seedExamples, Args: arguments(0, 0),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.url, "url", "", "send the visitors to the API of the server at this `URL`")
	own.IntVar(&f.clients, "clients", 3000, "number of simulated visitors; each visits all experiments")
	own.IntVar(&f.days, "days", 14, "days over which the visitors arrive, including today")
	own.Uint64Var(&f.seed, "seed", 0, "repeat the visitors of an earlier run with this `number`")
	return c
}

func (f *seedCmd) run(ctx context.Context, in *invocation) error {
	if f.clients < 1 || f.days < 1 {
		return usageError("--clients and --days must be at least 1")
	}
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.url != "" {
		to, err := sampledata.NewServer(f.url)
		if err != nil {
			return usageError("--url %w", err)
		}
		return f.fill(ctx, in, to, s.Timezone.Location, whereToLook(&s.Config, to.URL))
	}
	if s.Store == config.StoreMemory {
		return errors.New("store is memory, which is lost when this command ends: seed a running server with --url")
	}
	st, err := in.openToServe(ctx, &s.Config)
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("%w; or seed the server that uses it: sixpack seed --url %s", err, reached(s.Host, s.Port))
	}
	if err != nil {
		return err
	}
	to := sampledata.NewStore(st, s.Engine(), f.days)
	err = f.fill(ctx, in, to, s.Timezone.Location, "Next:\n\n  "+in.commandLine("serve"))
	return errors.Join(err, st.Close())
}

// fill fills a target and prints a summary and the next step.
func (f *seedCmd) fill(ctx context.Context, in *invocation, to sampledata.Target, days *time.Location, next string) error {
	seed, began, progress := seedOf(f.seed), time.Now(), report.NewProgress(in.stderr)
	all, err := sampledata.Fill(ctx, to, sampledata.Options{
		Clients: f.clients, Days: f.days, Seed: seed, Location: days,
		Progress: func(done, total int) { progress.Set("simulating visitors", int64(done), int64(total)) },
	})
	progress.Finish()
	if errors.Is(err, sampledata.ErrExists) {
		return fmt.Errorf("%w: seed another folder (--data-dir) or server (--url)", err)
	}
	if err != nil {
		return err
	}
	return report.SampleData(in.stdout, all, fmt.Sprintf("\n%d visitors in %.1f s; --seed %d repeats them. %s\n",
		f.clients, time.Since(began).Seconds(), seed, next))
}

// whereToLook returns where the experiments created over HTTP can be seen. A server on this
// machine at the configured port is taken for the configured server.
func whereToLook(c *config.Config, api string) string {
	if u, err := url.Parse(api); err == nil && config.IsLocal(u.Hostname()) && u.Port() == strconv.Itoa(int(c.Port)) {
		return "Look at them in the dashboard:\n\n  " + reached(c.WebHost, c.WebPort) + string(c.WebPrefix) + "/"
	}
	return "Look at them in that server's dashboard."
}

// reached returns the URL of a server on this machine that listens at a host and port.
func reached(host string, port config.Port) string {
	if address, err := netip.ParseAddr(host); host == "" || err == nil && address.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(int(port)))
}
