package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store/redis"
)

// TestFailoverOfSentinel kills the primary during traffic. Acknowledged data must not be lost.
func TestFailoverOfSentinel(t *testing.T) {
	set := redistest.TestSentinel(t)
	// One replica is enough only if the sentinels choose it.
	s := redis.New(dialSentinel(t, set), "sixpack", redis.Config{WaitReplicas: 2, Timeout: time.Minute})
	f := startTraffic(t, s, create(t, s))
	f.more(t)
	primary, err := set.Primary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	primary.Kill()
	if err := set.Rejoin(t.Context(), primary); err != nil {
		t.Fatal(err)
	}
	f.more(t)
	f.stop(t)
}

// TestReplicatedCluster uses a cluster in which each primary has a replica.
func TestReplicatedCluster(t *testing.T) {
	cluster, replicaOf := redistest.TestCluster(t), make(map[*redistest.Server]*redistest.Server)
	for _, node := range cluster.Nodes {
		replica, err := cluster.AddReplica(t.Context(), node)
		if err != nil {
			t.Fatal(err)
		}
		replicaOf[node] = replica
	}
	t.Run("WaitFollowsSlot", func(t *testing.T) { testWaitFollowsSlot(t, cluster, replicaOf) })
	t.Run("Failover", func(t *testing.T) { testFailoverOfCluster(t, cluster, replicaOf) })
}

// testWaitFollowsSlot moves an experiment to a server whose replica hangs, so that only the
// server that had it before could acknowledge writes.
func testWaitFollowsSlot(t *testing.T, cluster *redistest.Cluster, replicaOf map[*redistest.Server]*redistest.Server) {
	t.Helper()
	client := dialCluster(t, cluster)
	patient := redis.New(client, "moved", redis.Config{WaitReplicas: 1, Timeout: time.Minute})
	hasty := redis.New(client, "moved", redis.Config{WaitReplicas: 1, Timeout: 2 * time.Second})
	r := create(t, patient)
	participate(t, hasty, in(r, "client", 1))
	slot := slotOf(t, cluster, r.Name)
	to := cluster.Nodes[0]
	if to == ownerOf(t, cluster, slot) {
		to = cluster.Nodes[1]
	}
	if err := cluster.Move(t.Context(), slot, to); err != nil {
		t.Fatal(err)
	}
	if err := replicaOf[to].Suspend(); err != nil {
		t.Fatal(err)
	}
	const want = "not enough replicas acknowledged the write: 0 of 1"
	if f, err := hasty.Participate(t.Context(), in(r, "new", 1)); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("without a replica a client gets %+v, %v", f, err)
	}
	if err := replicaOf[to].Resume(); err != nil {
		t.Fatal(err)
	}
	participate(t, patient, in(r, "new", 1))
}

// testFailoverOfCluster is TestFailoverOfSentinel for a cluster.
func testFailoverOfCluster(t *testing.T, cluster *redistest.Cluster, replicaOf map[*redistest.Server]*redistest.Server) {
	t.Helper()
	s := redis.New(dialCluster(t, cluster), "sixpack", redis.Config{WaitReplicas: 1, Timeout: time.Minute})
	f := startTraffic(t, s, create(t, s))
	slot := slotOf(t, cluster, "button")
	primary := ownerOf(t, cluster, slot)
	f.more(t)
	primary.Kill()
	eventually(t, func() bool {
		owner, err := cluster.Owner(t.Context(), slot)
		return err == nil && owner == replicaOf[primary]
	})
	if err := primary.Restart(); err != nil { // as a replica
		t.Fatal(err)
	}
	f.more(t)
	f.stop(t)
}
