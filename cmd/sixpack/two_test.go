package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/redisserver"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
)

// TestTwoServers has two processes serve the same clients over one Redis.
func TestTwoServers(t *testing.T) {
	for _, algorithm := range []string{"hash", "random"} {
		t.Run(algorithm, func(t *testing.T) {
			server := redisserver.Test(t)
			environ := []string{"SIXPACK_CONFIG_REDIS_HOST=127.0.0.1", "SIXPACK_CONFIG_REDIS_PORT=" + port2(server)}
			p := pair{
				startServerWith(t, environ, t.TempDir(), "--algorithm="+algorithm).url,
				startServerWith(t, environ, t.TempDir(), "--algorithm="+algorithm).url,
			}
			const clients = 1000
			var group sync.WaitGroup
			queue := make(chan int)
			for range besiegers {
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
			p.obey(t, sixpack.New(st, sixpack.Config{}))
		})
	}
}

// pair are the addresses of two servers.
type pair [2]string

// ask asks both at the same time for one client's alternative.
func (p pair) ask(t *testing.T, client string) (first, second told) {
	t.Helper()
	q := url.Values{"experiment": {shop}, "client_id": {client}, "alternatives": alternatives[shop], "explain": {"true"}}
	answers := [2]told{}
	var group sync.WaitGroup
	for i, base := range p {
		group.Go(func() {
			status, body := get(t, base+"/participate?"+q.Encode())
			if err := json.Unmarshal([]byte(body), &answers[i]); err != nil || status != 200 {
				t.Errorf("%s is answered %d %s", client, status, body)
			}
		})
	}
	group.Wait()
	return answers[0], answers[1]
}

// obey has an operator, who is in a third process as far as the servers can
// tell, change the experiment, and looks for that in their very next answers.
func (p pair) obey(t *testing.T, operator *sixpack.Engine) {
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
