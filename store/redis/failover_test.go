package redis_test

import (
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/redisserver"
	"github.com/sixpack-go/sixpack/store/redis"
)

// TestFailover kills the primary while clients come, and again when the other
// is its replica. What was acknowledged must be there in the end.
func TestFailover(t *testing.T) {
	set := redisserver.TestSentinel(t)
	s := redis.New(dialSentinel(t, set), "sixpack", redis.Config{WaitReplicas: 2, Timeout: time.Minute})
	f := startTraffic(t, s, create(t, s))
	for range 2 {
		f.more(t)
		primary, err := set.Primary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		primary.Kill()
		if _, err := set.Failover(t.Context(), primary); err != nil {
			t.Fatal(err)
		}
		if err := set.Rejoin(t.Context(), primary); err != nil {
			t.Fatal(err)
		}
	}
	f.more(t)
	f.stop(t)
}
