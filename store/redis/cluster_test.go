package redis_test

import (
	"testing"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
)

// TestMovingSlot moves an experiment to every node of a cluster while it is used.
func TestMovingSlot(t *testing.T) {
	cluster := redistest.TestCluster(t)
	client := dialCluster(t, cluster)
	s := open(t, client, "sixpack")
	r := create(t, s)
	slot := slotOf(t, cluster, r.Name)
	f := startTraffic(t, s, r)
	for _, to := range append(cluster.Nodes, cluster.Nodes...) {
		f.more(t)
		if err := cluster.Move(t.Context(), slot, to); err != nil {
			t.Fatal(err)
		}
	}
	f.more(t)
	f.stop(t)
	for _, word := range []string{"TRYAGAIN", "ASK", "MOVED"} {
		if said(t, client, word) == 0 {
			t.Errorf("no server replied %s", word)
		}
	}
}

func slotOf(t *testing.T, c *redistest.Cluster, experiment string) int64 {
	t.Helper()
	slot, err := c.Slot(t.Context(), redis.Keys("sixpack", experiment)[0])
	if err != nil {
		t.Fatal(err)
	}
	return slot
}

func ownerOf(t *testing.T, c *redistest.Cluster, slot int64) *redistest.Server {
	t.Helper()
	owner, err := c.Owner(t.Context(), slot)
	if err != nil {
		t.Fatal(err)
	}
	return owner
}

// TestReadingMovingSlot reads an experiment repeatedly while it moves.
func TestReadingMovingSlot(t *testing.T) {
	cluster := redistest.TestCluster(t)
	s := open(t, dialCluster(t, cluster), "sixpack")
	r := create(t, s)
	const clients = 10_000
	load(t, s, r, clients)
	slot := slotOf(t, cluster, r.Name)
	moved := make(chan error, 1)
	go func() {
		for _, to := range cluster.Nodes {
			if err := cluster.Move(t.Context(), slot, to); err != nil {
				moved <- err
				return
			}
		}
		moved <- nil
	}()
	for {
		select {
		case err := <-moved:
			if err != nil {
				t.Error(err)
			}
			return
		default:
			checkRead(t, s, r, clients)
		}
	}
}

func checkRead(t *testing.T, s store.Store, r store.Record, clients int64) {
	t.Helper()
	var participants int64
	for _, a := range counts(t, s, r.Name).Alternatives {
		participants += a.Participants()
	}
	if participants != clients {
		t.Errorf("%d participants are counted, want %d", participants, clients)
	}
	if n := len(clientsOf(t, s, r.Name)); int64(n) != clients {
		t.Errorf("there are %d clients, want %d", n, clients)
	}
	if f, err := s.Lookup(t.Context(), r.Name, uuid(1)); err != nil || f.Choice != 1 {
		t.Errorf("Lookup returned %+v, %v", f, err)
	}
	if records, err := s.Records(t.Context()); err != nil || len(records) != 1 {
		t.Errorf("there are records %v, %v", records, err)
	}
}
