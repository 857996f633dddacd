package redis_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"strconv"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/redisserver"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
)

// startServer starts a Redis server of the test's own and returns its address.
func startServer(tb testing.TB) string {
	tb.Helper()
	return redisserver.Test(tb).Addr
}

// dial returns a client of a server. One that knows no CLIENT TRACKING, such as
// miniredis, is to be dialled without rueidis' cache.
func dial(tb testing.TB, addr string, change ...func(*rueidis.ClientOption)) rueidis.Client {
	tb.Helper()
	option := rueidis.ClientOption{InitAddress: []string{addr}, DisableCache: true}
	for _, c := range change {
		c(&option)
	}
	client, err := rueidis.NewClient(option)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	return client
}

func open(tb testing.TB, client rueidis.Client, prefix string) *redis.Store {
	tb.Helper()
	s := redis.New(client, prefix, redis.Config{})
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// sized tells storetest whether anything was written.
type sized struct {
	store.Store
	size func() (int64, error)
}

func (s sized) Size() (int64, error) { return s.size() }

// opener returns what opens empty stores on a server, each under a prefix of
// its own.
func opener(tb testing.TB, addr string) func(tb testing.TB) store.Store {
	tb.Helper()
	client, n := dial(tb, addr), 0
	return func(tb testing.TB) store.Store {
		n++
		changes := func() (int64, error) { return info(client, "persistence", "rdb_changes_since_last_save") }
		return sized{open(tb, client, fmt.Sprint("sixpack", n)), changes}
	}
}

// miniOpener is opener for a server within the process.
func miniOpener(tb testing.TB) store.Store {
	tb.Helper()
	server := miniredis.RunT(tb)
	content := func() (int64, error) {
		h := fnv.New64a()
		_, err := io.WriteString(h, server.Dump())
		return int64(h.Sum64()), err
	}
	return sized{open(tb, dial(tb, server.Addr()), "sixpack"), content}
}

// info returns a number that the server tells about itself.
func info(client rueidis.Client, section, field string) (int64, error) {
	text, err := client.Do(context.Background(), client.B().Info().Section(section).Build()).ToString()
	if err != nil {
		return 0, err
	}
	for value := range lines(text, field+":") {
		return strconv.ParseInt(value, 10, 64)
	}
	return 0, fmt.Errorf("INFO %s has no %s", section, field)
}

// lines iterates over what follows a prefix in the lines that have it.
func lines(text, prefix string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), prefix); ok && !yield(rest) {
				return
			}
		}
	}
}
