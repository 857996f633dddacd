package redisserver_test

import (
	"context"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/redisserver"
)

// TestFailover kills the primary and has it come back as a replica, twice.
func TestFailover(t *testing.T) {
	s := redisserver.TestSentinel(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for range 2 {
		old, err := s.Primary(ctx)
		if err != nil {
			t.Fatal(err)
		}
		old.Kill()
		start := time.Now()
		if _, err := s.Failover(ctx, old); err != nil {
			t.Fatal(err)
		}
		t.Log(time.Since(start))
		start = time.Now()
		if err := s.Rejoin(ctx, old); err != nil {
			t.Fatal(err)
		}
		t.Log(time.Since(start))
	}
}

// TestMove moves a slot to every node in turn.
func TestMove(t *testing.T) {
	c := redisserver.TestCluster(t)
	slot, err := c.Slot(t.Context(), "key")
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range append(c.Nodes, c.Nodes...) {
		start := time.Now()
		if err := c.Move(t.Context(), slot, to); err != nil {
			t.Fatal(err)
		}
		if owner, err := c.Owner(t.Context(), slot); owner != to || err != nil {
			t.Errorf("the owner is %v, %v; want %v", owner, err, to)
		}
		t.Log(time.Since(start))
	}
}
