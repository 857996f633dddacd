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
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
)

// startServer starts a Redis server for the test and returns its address.
func startServer(tb testing.TB) string {
	tb.Helper()
	return redistest.Test(tb).Addr
}

// dial returns a client of a server. It disables rueidis' cache, which needs CLIENT TRACKING,
// because miniredis does not support it.
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

// dialSentinel returns a client of a primary that sentinels find.
func dialSentinel(tb testing.TB, s *redistest.Sentinel) rueidis.Client {
	tb.Helper()
	return dial(tb, "", func(o *rueidis.ClientOption) { o.InitAddress, o.Sentinel.MasterSet = s.Addrs, s.Name })
}

// dialCluster returns a client of a cluster.
func dialCluster(tb testing.TB, c *redistest.Cluster) rueidis.Client {
	tb.Helper()
	return dial(tb, "", func(o *rueidis.ClientOption) { o.InitAddress = c.Addrs() })
}

func open(tb testing.TB, client rueidis.Client, prefix string) *redis.Store {
	tb.Helper()
	s := redis.New(client, prefix, redis.Config{Timeout: 20 * time.Second}) // the machine may be busy
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// sized reports writes to storetest.
type sized struct {
	store.Store
	size func() (int64, error)
}

func (s sized) Size() (int64, error) { return s.size() }

// opener returns a function that opens empty stores, each under its own prefix.
func opener(client rueidis.Client) func(tb testing.TB) store.Store {
	n := 0
	return func(tb testing.TB) store.Store {
		n++
		return sized{open(tb, client, fmt.Sprint("sixpack", n)), func() (int64, error) { return changes(client) }}
	}
}

// changes returns the number of writes to the servers.
func changes(client rueidis.Client) (int64, error) {
	return info(client, "persistence", "rdb_changes_since_last_save")
}

// miniOpener opens an empty store in a miniredis.
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

// info returns the sum of a number in the INFO of each server.
func info(client rueidis.Client, section, field string) (sum int64, err error) {
	for addr, node := range client.Nodes() {
		text, err := node.Do(context.Background(), node.B().Info().Section(section).Build()).ToString()
		if err != nil {
			return 0, err
		}
		found := false
		for value := range lines(text, field+":") {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return 0, err
			}
			sum, found = sum+n, true
		}
		if !found {
			return 0, fmt.Errorf("INFO %s of %s has no %s", section, addr, field)
		}
	}
	return sum, nil
}

// said returns how often servers have replied with an error that has a prefix.
func said(tb testing.TB, client rueidis.Client, word string) (times int64) {
	tb.Helper()
	for _, node := range client.Nodes() {
		text, err := node.Do(tb.Context(), node.B().Info().Section("errorstats").Build()).ToString()
		if err != nil {
			tb.Fatal(err)
		}
		for value := range lines(text, "errorstat_"+word+":count=") {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				tb.Fatal(err)
			}
			times += n
		}
	}
	return times
}

// eventually waits for an effect of other processes or goroutines.
func eventually(tb testing.TB, done func() bool) {
	tb.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for late := time.After(time.Minute); !done(); {
		select {
		case <-tick.C:
		case <-late:
			tb.Fatal("it did not come about within a minute")
		}
	}
}

// lines iterates over the rest of the lines that have a prefix.
func lines(text, prefix string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), prefix); ok && !yield(rest) {
				return
			}
		}
	}
}
