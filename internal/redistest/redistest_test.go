package redistest_test

import (
	"testing"

	"github.com/sixpack-go/sixpack/internal/redistest"
)

// TestFailover kills the primary and restarts it as a replica, twice.
func TestFailover(t *testing.T) {
	s := redistest.TestSentinel(t)
	for range 2 {
		old, err := s.Primary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		old.Kill()
		if primary, err := s.Failover(t.Context(), old); err != nil || primary == old {
			t.Fatalf("the primary is %v after %v, %v", primary, old, err)
		}
		if err := s.Rejoin(t.Context(), old); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMove moves a slot to every node in turn.
func TestMove(t *testing.T) {
	c := redistest.TestCluster(t)
	slot, err := c.Slot(t.Context(), "key")
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range append(c.Nodes, c.Nodes...) {
		if err := c.Move(t.Context(), slot, to); err != nil {
			t.Fatal(err)
		}
		if owner, err := c.Owner(t.Context(), slot); owner != to || err != nil {
			t.Errorf("the owner is %v, %v; want %v", owner, err, to)
		}
	}
}
