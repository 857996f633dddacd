package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
)

// redisPrefix is the prefix of sixpack's keys, smallKey another key.
const (
	redisPrefix = "sixpack"
	smallKey    = "small"
)

// redis compares calls over a Redis server with a GET of a small key, in process and over HTTP,
// and measures the memory of the server per client.
func (b *bench) redis(ctx context.Context) (rows []row, err error) {
	server, err := redistest.Start()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	client, err := dialRedis(server.Addr)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	if err := client.Do(ctx, client.B().Set().Key(smallKey).Value("value").Build()).Error(); err != nil {
		return nil, err
	}
	for _, section := range []func(context.Context, string, rueidis.Client) ([]row, error){b.redisCalls, b.redisHTTP, b.redisMemory} {
		more, err := section(ctx, server.Addr, client)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

func dialRedis(address string) (rueidis.Client, error) {
	return rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{address}, DisableCache: true})
}

// redisCalls compares calls in process, by the same client of the server. Like calls of the HTTP
// service, they have a deadline, so that the store needs no timer for each.
func (b *bench) redisCalls(ctx context.Context, _ string, client rueidis.Client) ([]row, error) {
	engine := sixpack.New(redis.New(client, redisPrefix, redis.Config{Timeout: time.Minute}), sixpack.Config{})
	known := make([]string, b.known)
	for i := range known {
		known[i] = uuidOf(uint64(i)).String()
	}
	participate := func(ctx context.Context, id string, want sixpack.Reason) error {
		a, err := engine.Participate(ctx, button, id)
		if err == nil && a.Reason != want {
			err = fmt.Errorf("a client that should be %s got %+v", want, a)
		}
		return err
	}
	if err := concurrently(callers, len(known), func(i uint64) error { return participate(ctx, known[i], sixpack.ReasonAssigned) }); err != nil {
		return nil, err
	}
	calls := func(call func(ctx context.Context, i uint64) error) func() (float64, error) {
		return timed(b.calls, func(n int) error {
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			return concurrently(callers, n, func(i uint64) error { return call(ctx, i) })
		})
	}
	var fresh atomic.Uint64
	fresh.Store(1 << 50)
	measured, err := inTurn(4*b.rounds+1,
		calls(func(ctx context.Context, i uint64) error {
			return participate(ctx, known[i%uint64(len(known))], sixpack.ReasonExisting)
		}),
		calls(func(ctx context.Context, _ uint64) error {
			return participate(ctx, uuidOf(fresh.Add(1)).String(), sixpack.ReasonAssigned)
		}),
		calls(func(ctx context.Context, _ uint64) error {
			return client.Do(ctx, client.B().Get().Key(smallKey).Build()).Error()
		}),
	)
	if err != nil {
		return nil, err
	}
	rate := func(seconds float64) float64 { return float64(b.calls) / seconds }
	get := scaled(measured[2], rate)
	what := fmt.Sprintf("redis, %d callers: ", callers)
	return []row{
		beside(what+"existing clients", perSecond, scaled(measured[0], rate), "GET, same client", get).withMin(0.5),
		beside(what+"new clients", perSecond, scaled(measured[1], rate), "GET, same client", get).withMin(0.4),
	}, nil
}

// redisHTTP compares the answers per second with an echo handler that GETs a small key.
func (b *bench) redisHTTP(ctx context.Context, address string, _ rueidis.Client) (rows []row, err error) {
	ours, err := b.serve(ctx, site{Kind: "redis", Path: address})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ours.end()) }()
	answers, err := ours.answers(ctx)
	if err != nil {
		return nil, err
	}
	getting, err := b.serve(ctx, site{Kind: "get", Path: address, Answers: answers})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, getting.end()) }()
	for _, c := range []struct {
		what    string
		mix     mix
		minimum float64
	}{
		{"HTTP over redis: existing clients", mix{}, 0.7},
		{"HTTP over redis: new clients", mix{newcomers: 100}, 0.6},
	} {
		more, err := b.compare(ctx, c.what, ours, getting, "echo that GETs", c.mix, c.minimum)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// overRedis is a store that closes its client.
type overRedis struct {
	*redis.Store

	client rueidis.Client
}

func openRedis(address string) (overRedis, error) {
	client, err := dialRedis(address)
	if err != nil {
		return overRedis{}, err
	}
	return overRedis{redis.New(client, redisPrefix, redis.Config{}), client}, nil
}

// Close implements [store.Store].
func (o overRedis) Close() error {
	err := o.Store.Close()
	o.client.Close()
	return err
}

// getting returns a handler that GETs a small key and answers with a constant, and the client to
// close after it.
func getting(address string, answers []string) (http.Handler, store.Store, error) {
	st, err := openRedis(address)
	if err != nil {
		return nil, nil, err
	}
	return echoOf(answers, func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), 5*time.Second)
		defer cancel()
		return st.client.Do(ctx, st.client.B().Get().Key(smallKey).Build()).Error()
	}), st, nil
}

// redisMemory compares the memory for clients, every tenth of whom converted, with the memory for
// the same clients in the keys of Sixpack.
func (b *bench) redisMemory(ctx context.Context, _ string, _ rueidis.Client) ([]row, error) {
	var ours, sixpacks float64
	err := withRedis(func(st overRedis) (err error) {
		ours, err = memoryFor(ctx, st.client, func() error { return importClients(ctx, st, b.loaded) })
		if err != nil {
			return err
		}
		return withRedis(func(other overRedis) (err error) {
			space := sixpack2.New(other.client, "sxp", time.UTC)
			sixpacks, err = memoryFor(ctx, other.client, func() error {
				_, err := space.Export(ctx, st, button.Name, false, nil)
				return err
			})
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	clients := float64(b.loaded)
	rows := []row{
		alone("redis: memory for each of "+grouped(clients)+" clients", bytesOf, ours/clients),
		beside("  the same, as Sixpack keeps it", bytesOf, []float64{ours / clients}, "Sixpack's keys", []float64{sixpacks / clients}),
	}
	if b.loaded >= full.loaded {
		rows[0] = rows[0].withMax(32) // few clients, so buckets weigh more
	}
	return rows, nil
}

// withRedis calls a function with an empty server.
func withRedis(do func(overRedis) error) (err error) {
	server, err := redistest.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	st, err := openRedis(server.Addr)
	if err != nil {
		return err
	}
	return errors.Join(do(st), st.Close())
}

// memoryFor returns the number of bytes that the server allocates during a function.
func memoryFor(ctx context.Context, client rueidis.Client, do func() error) (float64, error) {
	before, err := usedMemory(ctx, client)
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := usedMemory(ctx, client)
	return after - before, err
}

// importClients imports clients who came during a month.
func importClients(ctx context.Context, st store.Store, n int) error {
	const batch = 10_000
	began := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	record := store.Record{
		Name: button.Name, Version: 1, Alternatives: button.Alternatives, Salt: button.Name, Created: began, Traffic: 1,
		Epoch: store.Epoch{Number: 1, Start: began},
	}
	for first := 0; first < n; first += batch {
		part := store.Import{Record: record}
		for i := first; i < min(first+batch, n); i++ {
			c := store.Client{ID: uuidOf(uint64(i)).String(), Choice: i % 2, Epoch: 1, Day: store.DayOf(began.AddDate(0, 0, i%30))}
			if i%10 == 0 {
				c.Conversions = []store.ClientConversion{{Day: c.Day, Events: 1}}
			}
			part.Clients = append(part.Clients, c)
		}
		if _, err := st.Import(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// usedMemory returns the bytes that the server has allocated.
func usedMemory(ctx context.Context, client rueidis.Client) (float64, error) {
	text, err := client.Do(ctx, client.B().Info().Section("memory").Build()).ToString()
	if err != nil {
		return 0, err
	}
	var n float64
	for line := range strings.Lines(text) {
		if _, err := fmt.Sscanf(line, "used_memory:%g", &n); err == nil {
			return n, nil
		}
	}
	return 0, errors.New("INFO does not tell used_memory")
}
