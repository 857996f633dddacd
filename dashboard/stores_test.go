package dashboard_test

import (
	"path/filepath"
	"strconv"
	"testing"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/memory"
	"github.com/sixpack-go/sixpack/store/redis"
)

// opener opens empty stores.
type opener func(testing.TB) store.Store

// stores are those that recordings are replayed over.
var stores = map[string]func(testing.TB) opener{
	"memory": func(testing.TB) opener { return func(testing.TB) store.Store { return new(memory.Store) } },
	"bolt":   func(testing.TB) opener { return openBolt },
	"redis":  redisOpener,
}

func openBolt(tb testing.TB) store.Store {
	tb.Helper()
	s, err := bolt.Open(filepath.Join(tb.TempDir(), "sixpack.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// redisOpener opens stores on one server, each under a prefix of its own.
func redisOpener(tb testing.TB) opener {
	tb.Helper()
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{redistest.Test(tb).Addr}, DisableCache: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	n := 0
	return func(testing.TB) store.Store {
		n++
		return redis.New(client, strconv.Itoa(n), redis.Config{})
	}
}
