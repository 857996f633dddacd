package redis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
)

// TestRefusals has a server without replicas refuse calls.
func TestRefusals(t *testing.T) {
	client := dial(t, startServer(t))
	send := func(words ...string) func() { return func() { command(t, client, words...) } }
	// The primary does not exist, so that the data remains.
	follow, lead := send("REPLICAOF", "127.0.0.1", "1"), send("REPLICAOF", "NO", "ONE")
	testRefusal(t, client, "READONLY", follow, lead)
	testRefusal(t, client, "NOREPLICAS", send("CONFIG", "SET", "min-replicas-to-write", "1"), send("CONFIG", "SET", "min-replicas-to-write", "0"))
	send("CONFIG", "SET", "replica-serve-stale-data", "no")()
	testRefusal(t, client, "MASTERDOWN", follow, lead)
}

// TestRefusalsOfCluster has a node refuse calls.
func TestRefusalsOfCluster(t *testing.T) {
	cluster := redistest.TestCluster(t)
	client := dialCluster(t, cluster)
	slot := slotOf(t, cluster, "button")
	owner, other := ownerOf(t, cluster, slot), cluster.Nodes[0]
	if owner == other {
		other = cluster.Nodes[1]
	}
	nodes := client.Nodes()
	from, to := nodes[owner.Addr], nodes[other.Addr]
	setSlot := func(node rueidis.Client, words ...string) {
		command(t, node, append([]string{"CLUSTER", "SETSLOT", fmt.Sprint(slot)}, words...)...)
	}
	testRefusal(t, client, "TRYAGAIN", func() {
		setSlot(to, "IMPORTING", id(t, from))
		setSlot(from, "MIGRATING", id(t, to))
	}, func() {
		setSlot(from, "STABLE")
		setSlot(to, "STABLE")
	})
	another := fmt.Sprint(slot + 1)
	testRefusal(t, client, "CLUSTERDOWN",
		func() { command(t, from, "CLUSTER", "DELSLOTS", another) },
		func() { command(t, from, "CLUSTER", "ADDSLOTS", another) })
}

// TestRefusalsOfStart has a server refuse calls until it has loaded its file.
func TestRefusalsOfStart(t *testing.T) {
	server := redistest.Test(t, "--rdbcompression", "no", "--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024")
	// With one connection, the client certainly notices.
	client := dial(t, server.Addr, func(o *rueidis.ClientOption) { o.PipelineMultiplex = -1 })
	for i := range 500 {
		command(t, client, "SET", fmt.Sprint("key", i), strings.Repeat("value", 200))
	}
	started := make(chan error, 1)
	testRefusal(t, client, "LOADING", func() {
		command(t, client, "SAVE")
		server.Kill()
		go func() { started <- server.Restart() }()
		eventually(t, func() bool {
			loading, err := info(client, "persistence", "loading")
			return loading == 1 && err == nil
		})
	}, func() {
		if err := <-started; err != nil {
			t.Fatal(err)
		}
	})
}

func command(t *testing.T, node rueidis.Client, words ...string) {
	t.Helper()
	if err := node.Do(t.Context(), node.B().Arbitrary(words...).Build()).Error(); err != nil {
		t.Fatalf("%q: %v", words, err)
	}
}

// id returns the ID of a node of a cluster.
func id(t *testing.T, node rueidis.Client) string {
	t.Helper()
	id, err := node.Do(t.Context(), node.B().ClusterMyid().Build()).ToString()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// testRefusal makes calls between begin and end, while a server answers them with an error that
// has a prefix.
func testRefusal(t *testing.T, client rueidis.Client, word string, begin, end func()) {
	t.Helper()
	hasty := redis.New(client, word, redis.Config{Timeout: 100 * time.Millisecond})
	patient := redis.New(client, word, redis.Config{Timeout: time.Minute})
	r := create(t, patient)
	participate(t, patient, in(r, "known", 1))
	for _, c := range []struct {
		name string
		call func(ctx context.Context, s store.Store) (carriedOut bool, err error)
	}{
		{"Participate", func(ctx context.Context, s store.Store) (bool, error) {
			f, err := s.Participate(ctx, in(r, "new", 0))
			return f.Wrote, err
		}},
		{"Convert", func(ctx context.Context, s store.Store) (bool, error) {
			f, err := s.Convert(ctx, worth(r, "known", "", 1))
			return f.Wrote, err
		}},
		{"Delete", func(ctx context.Context, s store.Store) (bool, error) { return s.Delete(ctx, r.Name) }},
	} {
		t.Run(word+"/"+c.name, func(t *testing.T) {
			begin()
			want := "no answer within 100ms: context deadline exceeded: " + word
			if _, err := c.call(t.Context(), hasty); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error that has %q", err, want)
			}
			before, done := said(t, client, word), make(chan error, 1)
			go func() {
				carriedOut, err := c.call(t.Context(), patient)
				if err == nil && !carriedOut {
					err = fmt.Errorf("%s was carried out before, or not at all", c.name)
				}
				done <- err
			}()
			eventually(t, func() bool { return said(t, client, word) >= before+3 })
			end()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}
