package redis_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
	"github.com/sixpack-go/sixpack/store/storetest"
)

// replicated starts a primary and a replica.
func replicated(tb testing.TB) (primary, replica *redistest.Server) {
	tb.Helper()
	primary = redistest.Test(tb, "--repl-diskless-sync-delay", "0")
	host, port, err := net.SplitHostPort(primary.Addr)
	if err != nil {
		tb.Fatal(err)
	}
	return primary, redistest.Test(tb, "--replicaof", host+" "+port)
}

func TestStoreWithReplica(t *testing.T) {
	primary, _ := replicated(t)
	client, n := dial(t, primary.Addr), 0
	storetest.Run(t, func(testing.TB) store.Store {
		n++
		s := redis.New(client, fmt.Sprint("sixpack", n), redis.Config{WaitReplicas: 1, Timeout: 20 * time.Second})
		return sized{s, func() (int64, error) { return changes(client) }}
	})
}

// TestReplicaGone has the replica hang: no call may be acknowledged then, even if an earlier call
// has written the same.
func TestReplicaGone(t *testing.T) {
	primary, replica := replicated(t)
	client := dial(t, primary.Addr)
	patient := redis.New(client, "sixpack", redis.Config{WaitReplicas: 1, Timeout: 20 * time.Second})
	r := create(t, patient)
	participate(t, patient, in(r, "client", 1))
	if err := replica.Suspend(); err != nil {
		t.Fatal(err)
	}
	hasty := redis.New(client, "sixpack", redis.Config{WaitReplicas: 1, Timeout: time.Second})
	const want = "not enough replicas acknowledged the write: 0 of 1"
	for range 2 { // the second call finds the writes of the first
		if f, err := hasty.Participate(t.Context(), in(r, "client", 0)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("without a replica a client gets %+v, %v", f, err)
		}
		if _, err := hasty.Convert(t.Context(), worth(r, "client", "", 1)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("without a replica a conversion gets %v", err)
		}
	}
	if err := replica.Resume(); err != nil {
		t.Fatal(err)
	}
	participate(t, patient, in(r, "other", 1))
	if err := primary.Stop(); err != nil {
		t.Fatal(err)
	}
	if clients := clientsOf(t, open(t, dial(t, replica.Addr), "sixpack"), r.Name); len(clients) != 2 {
		t.Errorf("the replica has clients %v, want the two that were acknowledged", clients)
	}
}
