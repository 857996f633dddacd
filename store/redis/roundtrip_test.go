package redis_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
)

var button = sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}}

// TestOneRoundTrip counts the commands of an engine after its first call and the first call of
// another engine.
func TestOneRoundTrip(t *testing.T) {
	t.Run("Server", func(t *testing.T) { testOneRoundTrip(t, dial(t, startServer(t))) })
	t.Run("Cluster", func(t *testing.T) { testOneRoundTrip(t, dialCluster(t, redistest.TestCluster(t))) })
}

func testOneRoundTrip(t *testing.T, client rueidis.Client) {
	t.Helper()
	for _, who := range []string{"first", "second"} {
		engine := sixpack.New(open(t, client, "sixpack"), sixpack.Config{})
		call := func(id string) {
			t.Helper()
			if _, err := engine.Participate(t.Context(), button, id); err != nil {
				t.Fatal(err)
			}
			if _, err := engine.Convert(t.Context(), "button", id, sixpack.KPI(who), sixpack.Value(2.5)); err != nil {
				t.Fatal(err)
			}
		}
		call(who)
		const clients = 100
		before, others := sent(t, client)
		for range 2 { // first as new clients, then as known ones
			for i := range clients {
				call(who + uuid(i))
			}
		}
		after, now := sent(t, client)
		if after-before != 4*clients || now != others {
			t.Errorf("the %s engine made %d calls of %d scripts, and of %d other commands", who, 4*clients, after-before, now-others)
		}
	}
}

// TestOneRoundTripOfABandit counts the commands for a bandit, which needs one more for each new
// epoch, apart from reading the counts.
func TestOneRoundTripOfABandit(t *testing.T) {
	client, now := dial(t, startServer(t)), time.Unix(1e9, 0)
	engine := sixpack.New(open(t, client, "sixpack"), sixpack.Config{
		Algorithm: "thompson", Now: func() time.Time { return now }, Bandit: sixpack.BanditSchedule{Window: -1},
	})
	participate := func(id string) {
		t.Helper()
		now = now.Add(time.Second)
		if _, err := engine.Participate(t.Context(), button, id); err != nil {
			t.Fatal(err)
		}
	}
	epoch := func() int {
		t.Helper()
		r, err := engine.Counts(t.Context(), "button")
		if err != nil {
			t.Fatal(err)
		}
		return int(r.Record.Epoch.Number)
	}
	const clients = 450
	for i := range 150 { // so that the server has loaded all scripts
		participate(fmt.Sprint("early ", i))
	}
	first := epoch()
	before, others := sent(t, client)
	for i := range clients {
		participate(uuid(i))
	}
	after, othersNow := sent(t, client)
	if epochs := epoch() - first; epochs < 4 || after-before != clients+epochs || othersNow != others {
		t.Errorf("%d calls and %d epochs took %d scripts, and %d other commands", clients, epochs, after-before, othersNow-others)
	}
}

// sent returns the number of EVALSHA that the servers have received, and of other commands that
// the store sends but no script uses.
func sent(t *testing.T, client rueidis.Client) (scripts, others int) {
	t.Helper()
	for _, node := range client.Nodes() {
		text, err := node.Do(t.Context(), node.B().Info().Section("commandstats").Build()).ToString()
		if err != nil {
			t.Fatal(err)
		}
		for line := range lines(text, "cmdstat_") {
			command, rest, _ := strings.Cut(line, ":calls=")
			number, _, _ := strings.Cut(rest, ",")
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			switch command {
			case "evalsha":
				scripts += n
			case "eval", "get", "sadd", "srem", "sscan", "exists", "smembers", "unlink":
				others += n
			}
		}
	}
	return scripts, others
}

// TestScriptFlush flushes the scripts of the server repeatedly during traffic.
func TestScriptFlush(t *testing.T) {
	client := dial(t, startServer(t))
	s := open(t, client, "sixpack")
	r := create(t, s)
	const callers, clients = 8, 300
	var group sync.WaitGroup
	errs := make(chan error, callers)
	for caller := range callers {
		group.Go(func() {
			for i := range clients {
				id := fmt.Sprint(caller, " ", i)
				_, err := s.Participate(t.Context(), in(r, id, i%2))
				if err == nil {
					_, err = s.Convert(t.Context(), worth(r, id, "", 1))
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	for flushing := true; flushing; {
		select {
		case <-done:
			flushing = false
		default:
			if err := client.Do(t.Context(), client.B().ScriptFlush().Build()).Error(); err != nil {
				t.Error(err)
			}
		}
	}
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	var participants, events int64
	for _, a := range counts(t, s, r.Name).Alternatives {
		participants += a.Participants()
		events += a.KPI("").Events()
	}
	if participants != callers*clients || events != callers*clients {
		t.Errorf("%d participants and %d conversions are counted, want %d each", participants, events, callers*clients)
	}
}

func clientsOf(tb testing.TB, s store.Store, name string) (clients []store.Client) {
	tb.Helper()
	for c, err := range s.Clients(tb.Context(), name) {
		if err != nil {
			tb.Fatal(err)
		}
		clients = append(clients, c)
	}
	return clients
}
