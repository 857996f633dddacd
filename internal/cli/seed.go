package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

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

// seeders is how many visitors come at the same time: many, because the store
// asks the disk once for all that wait.
const seeders = 128

// seeding is what the flags of seed say.
type seeding struct {
	url     string
	clients int
	days    int
	seed    uint64
}

func seedCommand(p *process) *cobra.Command {
	var s seeding
	c := &cobra.Command{
		Use: "seed", Short: "make up experiments to look at, in the data folder or at a URL",
		Long: seedHelp, Example: seedExamples, Args: arguments(0, 0),
		RunE: p.run(func(ctx context.Context, in *invocation) error {
			if s.clients < 1 || s.days < 1 {
				return usageError("--clients and --days must be at least 1")
			}
			for s.seed == 0 {
				s.seed = uint64(rand.Uint32()) //nolint:gosec // nothing secret; short, as it may be typed
			}
			return s.run(ctx, in)
		}),
	}
	f := c.Flags()
	f.StringVar(&s.url, "url", "", "send the visitors to the server at this `URL`")
	f.IntVar(&s.clients, "clients", 3000, "how many visitors to make up; each sees all experiments")
	f.IntVar(&s.days, "days", 14, "over how many days they come, today included")
	f.Uint64Var(&s.seed, "seed", 0, "make up the same visitors again as with this `number` before")
	return c
}

func (s seeding) run(ctx context.Context, in *invocation) error {
	found, err := in.settings()
	if err != nil {
		return err
	}
	if s.url != "" {
		to, err := newOverHTTP(s.url)
		if err != nil {
			return err
		}
		return s.fill(ctx, in, to, goingOn(plans), found.Timezone, found.look(to.base))
	}
	if found.Store == inMemory {
		return errors.New("store is memory: what seed would make up is gone when it ends; use --url to seed a running server")
	}
	st, err := found.openToServe(ctx, in)
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("%w; or seed the server that uses it: sixpack seed --url %s", err, reached(found.Host, found.Port))
	}
	if err != nil {
		return err
	}
	to := newDirect(st, &found.config, s.days)
	err = s.fill(ctx, in, to, plans, found.Timezone, "Next:\n\n  "+in.again("serve"))
	return errors.Join(err, st.Close())
}

// look says where to look at what was made over HTTP: the server is taken for the
// configured one, whose dashboard we know, if it is here at the configured port.
func (c *config) look(api string) string {
	if u, err := url.Parse(api); err == nil && here(u.Hostname()) && u.Port() == strconv.Itoa(int(c.Port)) {
		return "Look at them in the dashboard:\n\n  " + reached(c.WebHost, c.WebPort) + string(c.WebPrefix) + "/"
	}
	return "Look at them in that server's dashboard."
}

// reached returns the URL at which this machine reaches its own server that listens
// at a host and port.
func reached(host string, port uint16) string {
	if address, err := netip.ParseAddr(host); host == "" || err == nil && address.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// goingOn returns the plans that need neither an operator nor a past.
func goingOn(all []plan) (some []plan) {
	for _, p := range all {
		if p.end == running && !p.learns() {
			some = append(some, p)
		}
	}
	return some
}

// fill makes the experiments, and tells what came of it and what to do next.
func (s seeding) fill(ctx context.Context, in *invocation, to target, all []plan, days zone, next string) error {
	if err := prepare(ctx, to, all); err != nil {
		return err
	}
	began := time.Now()
	progress := newBar(in.stderr, "making up visitors", false, int64(s.clients))
	tallies, err := s.visits(ctx, to, all, began.In(days.Location).Truncate(time.Second), progress)
	progress.finish()
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := to.finish(ctx, p); err != nil {
			return err
		}
	}
	return summarize(in.stdout, all, tallies, fmt.Sprintf(
		"\nMade by %d visitors in %.1f s; --seed %d makes them up again. %s\n",
		s.clients, time.Since(began).Seconds(), s.seed, next))
}

// prepare creates the experiments, unless one is there already: it may be
// somebody's who means it.
func prepare(ctx context.Context, to target, all []plan) error {
	for _, p := range all {
		if known, err := to.known(ctx, p.Name); err != nil {
			return err
		} else if known {
			return fmt.Errorf("experiment %s is there already: seed a new folder (--data-dir) or server (--url)", p.Name)
		}
	}
	for _, p := range all {
		if err := to.create(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// visits lets visitors come, many at a time, until all were there or one
// failed.
func (s seeding) visits(ctx context.Context, to target, all []plan, now time.Time, progress bar) ([]tally, error) {
	var mu sync.Mutex // guards total
	total := make([]tally, len(all))
	group, going := errgroup.WithContext(ctx)
	group.SetLimit(seeders)
	for number := range uint64(s.clients) {
		if going.Err() != nil {
			break
		}
		group.Go(func() error {
			v := newVisitor(s.seed, number, s.days, now)
			for i, p := range all {
				if p.learns() {
					continue
				}
				t, err := v.visit(going, to, p)
				if err != nil {
					return err
				}
				mu.Lock()
				total[i].participants += t.participants
				total[i].conversions += t.conversions
				mu.Unlock()
			}
			progress.step()
			return nil
		})
	}
	if err := cmp.Or(group.Wait(), ctx.Err()); err != nil {
		return total, err
	}
	for i, p := range all {
		if p.learns() {
			var err error
			if total[i], err = s.teach(ctx, to, p, now); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

// summarize tells what is there now.
func summarize(w io.Writer, all []plan, tallies []tally, end string) error {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "EXPERIMENT\tALTERNATIVES\tPARTICIPANTS\tCONVERSIONS\tSTATE")
	for i, p := range all {
		state := string(p.end)
		if p.end == running {
			state = "running"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\n",
			p.Name, strings.Join(p.Alternatives, ", "), tallies[i].participants, tallies[i].conversions, state)
	}
	_ = table.Flush() // to a Builder, which never fails
	return writeAll(w, b.String()+end)
}
