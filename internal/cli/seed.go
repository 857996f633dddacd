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

const seedHelp = `Makes up some experiments, with visitors who took part and converted during the last two
weeks, so that there is something to look at. What really works better is in the
experiments' descriptions.

They go into the data folder, or with --url to a running server. A folder that a server
uses is that server's: seed it by its URL. Over HTTP nobody can set a winner, pause or
archive, nor go back in time for a bandit to learn, so that there only the other
experiments are made.

Experiments of the same names must not be there yet.`

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
		Use: "seed", Short: "make up experiments to look at, in the data folder or at a URL",
		Long: seedHelp, Example: seedExamples, Args: arguments(0, 0),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.url, "url", "", "send the visitors to the server at this `URL`")
	own.IntVar(&f.clients, "clients", 3000, "how many visitors to make up; each sees all experiments")
	own.IntVar(&f.days, "days", 14, "over how many days they come, today included")
	own.Uint64Var(&f.seed, "seed", 0, "make up the same visitors again as with this `number` before")
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
		return errors.New("store is memory: what seed would make up is gone when it ends; use --url to seed a running server")
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

// fill fills a target, and prints what was made and what to do next.
func (f *seedCmd) fill(ctx context.Context, in *invocation, to sampledata.Target, days *time.Location, next string) error {
	seed, began, progress := seedOf(f.seed), time.Now(), report.NewProgress(in.stderr)
	all, err := sampledata.Fill(ctx, to, sampledata.Options{
		Clients: f.clients, Days: f.days, Seed: seed, Location: days,
		Progress: func(done, total int) { progress.Set("making up visitors", int64(done), int64(total)) },
	})
	progress.Finish()
	if errors.Is(err, sampledata.ErrExists) {
		return fmt.Errorf("%w: seed a new folder (--data-dir) or server (--url)", err)
	}
	if err != nil {
		return err
	}
	return report.SampleData(in.stdout, all, fmt.Sprintf("\nMade by %d visitors in %.1f s; --seed %d makes them up again. %s\n",
		f.clients, time.Since(began).Seconds(), seed, next))
}

// whereToLook says where to look at what was made over HTTP. A server on this machine at the
// configured port is taken for the configured one, whose dashboard is known.
func whereToLook(c *config.Config, api string) string {
	if u, err := url.Parse(api); err == nil && config.IsLocal(u.Hostname()) && u.Port() == strconv.Itoa(int(c.Port)) {
		return "Look at them in the dashboard:\n\n  " + reached(c.WebHost, c.WebPort) + string(c.WebPrefix) + "/"
	}
	return "Look at them in that server's dashboard."
}

// reached returns the URL at which this machine reaches its own server that listens
// at a host and port.
func reached(host string, port config.Port) string {
	if address, err := netip.ParseAddr(host); host == "" || err == nil && address.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(int(port)))
}
