package cli

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
	"github.com/sixpack-go/sixpack/store/redis"
)

// TestTwoServers has two processes serve the same clients over one Redis.
func TestTwoServers(t *testing.T) {
	for _, algorithm := range []string{"hash", "random"} {
		t.Run(algorithm, func(t *testing.T) {
			server := redistest.Test(t)
			environ := []string{"SIXPACK_CONFIG_REDIS_HOST=127.0.0.1", "SIXPACK_CONFIG_REDIS_PORT=" + port2(server)}
			p := pair{
				startServerWith(t, environ, t.TempDir(), "--algorithm="+algorithm).url,
				startServerWith(t, environ, t.TempDir(), "--algorithm="+algorithm).url,
			}
			const clients = 1000
			var group sync.WaitGroup
			queue := make(chan int)
			for range callers {
				group.Go(func() {
					for i := range queue {
						first, second := p.ask(t, fmt.Sprint("client-", i))
						if first.Alternative.Name != second.Alternative.Name || first.Reason == second.Reason {
							t.Errorf("client %d is told %+v and %+v", i, first, second)
						}
					}
				})
			}
			for i := range clients {
				queue <- i
			}
			close(queue)
			group.Wait()
			st := redis.New(redisClient(t, rueidis.ClientOption{InitAddress: []string{server.Addr}, SelectDB: 15}), "sxp", redis.Config{})
			if c := contentsOf(t, st)[shop]; len(c.clients) != clients || c.double > 0 {
				t.Errorf("%d clients are recorded, %d twice, want %d", len(c.clients), c.double, clients)
			} else {
				c.check(t)
			}
			p.checkOperator(t, sixpack.New(st, sixpack.Config{}))
		})
	}
}

// TestTwoServersShareEpochs has two processes serve an experiment whose bandit began
// hours ago. The first of them to be asked begins an epoch: from then on both go by
// its shares, and nothing else decides about a client.
func TestTwoServersShareEpochs(t *testing.T) {
	server := redistest.Test(t)
	st := redis.New(redisClient(t, rueidis.ClientOption{InitAddress: []string{server.Addr}, SelectDB: 15}), "sxp", redis.Config{})
	before := learning(t, st)
	environ := []string{"SIXPACK_CONFIG_REDIS_HOST=127.0.0.1", "SIXPACK_CONFIG_REDIS_PORT=" + port2(server)}
	const flags, window = "--algorithm=thompson", "--bandit-window=1h"
	p := pair{
		startServerWith(t, environ, t.TempDir(), flags, window).url,
		startServerWith(t, environ, t.TempDir(), flags, window).url,
	}
	p.ask(t, "first")
	epoch := recordOf(t, st).Epoch
	if w := epoch.Weights; epoch.Number != before+1 || len(w) != 3 || w[2] < 0.6 || w[0] > 0.2 {
		t.Fatalf("epoch %d has become %+v, want most for blue", before, epoch)
	}
	alone := sixpack.New(new(memory.Store), sixpack.Config{})
	x := sixpack.Experiment{Name: shop, Alternatives: alternatives[shop], Weights: epoch.Weights}
	for i := range 200 {
		client := fmt.Sprint("new-", i)
		want, err := alone.Participate(t.Context(), x, client)
		if err != nil {
			t.Fatal(err)
		}
		got := tell(t, p[i%2], client)
		if got.Alternative.Name != want.Alternative || got.Reason != "assigned" {
			t.Errorf("%s is told %+v, want %s by the shares alone", client, got, want.Alternative)
		}
	}
	if again := recordOf(t, st).Epoch.Number; again != epoch.Number {
		t.Errorf("epoch %d began within a minute of %d", again, epoch.Number)
	}
}

// learning lets visitors come some hours ago, of whom those of blue convert most
// often, and returns the number of the epoch that lasts.
func learning(t *testing.T, st store.Store) uint32 {
	t.Helper()
	now := time.Now().Add(-5 * time.Hour)
	engine := sixpack.New(st, sixpack.Config{Algorithm: "thompson", Now: func() time.Time { return now }})
	for i := range 799 { // one less than fill the eighth epoch
		now = now.Add(15 * time.Second)
		client := fmt.Sprint("early-", i)
		a, err := engine.Participate(t.Context(), sixpack.Experiment{Name: shop, Alternatives: alternatives[shop]}, client)
		if err != nil {
			t.Fatal(err)
		}
		if every := map[string]int{"red": 10, "green": 8, "blue": 3}[a.Alternative]; i%every == 0 {
			if _, err := engine.Convert(t.Context(), shop, client); err != nil {
				t.Fatal(err)
			}
		}
	}
	e := recordOf(t, st).Epoch
	if e.Number != 8 || e.Weights != nil {
		t.Fatalf("%+v, want the eighth epoch, of equal shares", e)
	}
	return e.Number
}

func recordOf(t *testing.T, st store.Store) *store.Record {
	t.Helper()
	facts, err := st.Lookup(t.Context(), shop, "")
	if err != nil || facts.Record == nil {
		t.Fatalf("%+v, %v", facts, err)
	}
	return facts.Record
}

// pair are the addresses of two servers.
type pair [2]string

// ask asks both at the same time for one client's alternative.
func (p pair) ask(t *testing.T, client string) (first, second told) {
	t.Helper()
	answers := [2]told{}
	var group sync.WaitGroup
	for i, base := range p {
		group.Go(func() { answers[i] = tell(t, base, client) })
	}
	group.Wait()
	return answers[0], answers[1]
}

// tell asks a server for a client's alternative.
func tell(t *testing.T, base, client string) (answer told) {
	t.Helper()
	q := url.Values{"experiment": {shop}, "client_id": {client}, "alternatives": alternatives[shop], "explain": {"true"}}
	status, body := get(t, base+"/participate?"+q.Encode())
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 {
		t.Errorf("%s is answered %d %s", client, status, body)
	}
	return answer
}

// checkOperator changes the experiment as an operator in a third process would, and expects
// each change in the very next answers.
func (p pair) checkOperator(t *testing.T, operator *sixpack.Engine) {
	t.Helper()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	expect := func(client, reason string, names ...string) {
		t.Helper()
		first, second := p.ask(t, client)
		for _, a := range []told{first, second} {
			if a.Reason != reason || names != nil && !slices.Contains(names, a.Alternative.Name) {
				t.Errorf("%s is told %+v, want %s %q", client, a, reason, names)
			}
		}
	}
	ctx, control := t.Context(), alternatives[shop][0]
	do(operator.SetWinner(ctx, shop, "blue"))
	expect("client-1", "winner", "blue")
	do(operator.ResetWinner(ctx, shop))
	expect("client-1", "existing")
	do(operator.Pause(ctx, shop))
	expect("client-1", "paused", control)
	do(operator.Resume(ctx, shop))
	expect("client-1", "existing")
	do(operator.Override(ctx, shop, store.Override{Traffic: 1e-9}))
	expect("someone new", "excluded", control)
	do(operator.Override(ctx, shop, store.Override{Weights: []float64{0, 0, 1}}))
	first, second := p.ask(t, "someone newer")
	if first.Alternative.Name != "blue" || second.Alternative.Name != "blue" {
		t.Errorf("with all the weight on blue a client is told %+v and %+v", first, second)
	}
	do(operator.Describe(ctx, shop, "more than *before*"))
	for _, base := range p {
		if _, details := jsonOf(t, base+"/experiments/"+shop); details["description"] != "more than *before*" {
			t.Errorf("described as %v", details["description"])
		}
	}
	do(operator.Reset(ctx, shop))
	if first, second = p.ask(t, "client-1"); first.Reason == second.Reason || first.Alternative.Name != second.Alternative.Name {
		t.Errorf("after a reset a client is told %+v and %+v", first, second)
	}
	do(operator.Delete(ctx, shop))
	for _, base := range p {
		if status, body := get(t, base+"/convert?experiment="+shop+"&client_id=client-1"); status != 400 {
			t.Errorf("a conversion for what was deleted is answered %d %s", status, body)
		}
	}
}
