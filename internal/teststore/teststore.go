// Package teststore opens empty stores for tests of packages that use stores.
package teststore

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/memory"
	"github.com/sixpack-go/sixpack/store/redis"
)

// Kinds holds an opener for each kind of store. The stores of one opener for Redis share a
// server.
var Kinds = map[string]func(testing.TB) Opener{
	"memory": func(testing.TB) Opener { return Memory },
	"bolt":   func(testing.TB) Opener { return Bolt },
	"redis": func(tb testing.TB) Opener {
		tb.Helper()
		client, n := Dial(tb, redistest.Test(tb).Addr), 0
		return func(testing.TB) store.Store {
			n++
			return redis.New(client, strconv.Itoa(n), redis.Config{Timeout: timeout})
		}
	},
}

// Opener returns an empty store, which is closed after the test.
type Opener func(testing.TB) store.Store

// timeout is long, because other tests may keep the machine busy.
const timeout = 30 * time.Second

// Memory returns an empty store in memory.
func Memory(testing.TB) store.Store { return new(memory.Store) }

// Bolt returns an empty store in a file.
func Bolt(tb testing.TB) store.Store {
	tb.Helper()
	s, err := bolt.Open(filepath.Join(tb.TempDir(), "sixpack.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// Redis returns a store on the server at addr under the prefix "sixpack", with its own
// connection.
func Redis(tb testing.TB, addr string) store.Store {
	tb.Helper()
	return redis.New(Dial(tb, addr), "sixpack", redis.Config{Timeout: timeout})
}

// Dial returns a client of the server at addr, which may be a miniredis.
func Dial(tb testing.TB, addr string) rueidis.Client {
	tb.Helper()
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{addr}, DisableCache: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	return client
}
