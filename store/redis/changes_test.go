package redis_test

import (
	"testing"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store/redis"
)

// TestLoggedInOneRoundTrip counts the commands for a change and its entry in the log.
func TestLoggedInOneRoundTrip(t *testing.T) {
	t.Run("Server", func(t *testing.T) { testLoggedInOneRoundTrip(t, dial(t, startServer(t))) })
	t.Run("Cluster", func(t *testing.T) { testLoggedInOneRoundTrip(t, dialCluster(t, redistest.TestCluster(t))) })
}

func testLoggedInOneRoundTrip(t *testing.T, client rueidis.Client) {
	t.Helper()
	loadScripts(t, open(t, client, "taught"))
	s := open(t, client, "sixpack")
	r := create(t, s)
	before, others := sent(t, client)
	for i := range uint64(10) {
		if f, err := s.Save(t.Context(), r, change(i+1)); err != nil || !f.Wrote {
			t.Fatalf("got %+v, %v", f, err)
		}
		r.Version++
	}
	after, now := sent(t, client)
	if after-before != 10 || now != others {
		t.Errorf("10 changes took %d scripts and %d other commands", after-before, now-others)
	}
	checkLog(t, s, r.Name, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
}

// TestDeletedLeavesTheLog counts the remaining keys.
func TestDeletedLeavesTheLog(t *testing.T) {
	client := dial(t, startServer(t))
	s := open(t, client, "sixpack")
	load(t, s, create(t, s), 1000)
	if _, err := s.Delete(t.Context(), "button", change(1)); err != nil {
		t.Fatal(err)
	}
	left, err := client.Do(t.Context(), client.B().Keys().Pattern("*").Build()).AsStrSlice()
	if err != nil || len(left) != 1 || left[0] != redis.LogKey("sixpack", "button") {
		t.Errorf("there are the keys %q, %v", left, err)
	}
	if empty, err := s.Empty(t.Context()); !empty || err != nil {
		t.Errorf("Empty returned %t, %v", empty, err)
	}
}
