package cli

import (
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store/redis"
)

// The faults of Redis, each while clients ask. What "sixpack serve" then says
// and keeps is what counts.

// redisTimeout is how long the servers of these tests wait for Redis, in seconds.
const redisTimeout = "SIXPACK_CONFIG_REDIS_SOCKET_TIMEOUT=1"

func TestRedisKilled(t *testing.T) {
	server := redistest.Test(t, "--appendonly", "yes", "--appendfsync", "always")
	s, stop := startLoad(t, overRedis(t, server).url)
	for range 3 {
		s.untilServed(t, 100)
		server.Kill()
		s.untilRefused(t, callers)
		if err := server.Restart(); err != nil {
			t.Fatal(err)
		}
	}
	s.untilServed(t, 100)
	stop()
	if lost := s.lost(t, redisContents(t, rueidis.ClientOption{InitAddress: []string{server.Addr}, SelectDB: 15})); lost > 0 {
		t.Errorf("%d promises are broken", lost)
	}
}

func TestRedisForgetsScripts(t *testing.T) {
	server := redistest.Test(t)
	s, stop := startLoad(t, overRedis(t, server).url)
	client := redisClient(t, rueidis.ClientOption{InitAddress: []string{server.Addr}})
	for range 100 {
		s.untilServed(t, 5)
		if err := client.Do(t.Context(), client.B().ScriptFlush().Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	lost := s.lost(t, redisContents(t, rueidis.ClientOption{InitAddress: []string{server.Addr}, SelectDB: 15}))
	if lost > 0 || s.refused > 0 {
		t.Errorf("%d promises are broken, %d answers were refused", lost, s.refused)
	}
}

// TestRedisFailover kills the primary. Without waiting for replicas, what was
// acknowledged a moment before may be gone, but the counts match the
// remaining clients; with waiting, nothing is lost.
func TestRedisFailover(t *testing.T) {
	for _, replicas := range []string{"0", "2"} { // of two: one may be the one that sentinels do not choose
		t.Run("wait for "+replicas, func(t *testing.T) {
			set := redistest.TestSentinel(t)
			server := startServerWith(t, []string{
				"SIXPACK_CONFIG_REDIS_SENTINELS=" + strings.Join(set.Addrs, ","), "SIXPACK_CONFIG_REDIS_SENTINEL_SERVICE_NAME=" + set.Name,
				"SIXPACK_CONFIG_REDIS_WAIT_REPLICAS=" + replicas, redisTimeout,
			}, t.TempDir())
			s, stop := startLoad(t, server.url)
			for range 2 {
				s.untilServed(t, 300)
				killed, err := set.Primary(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				killed.Kill()
				if _, err := set.Failover(t.Context(), killed); err != nil {
					t.Fatal(err)
				}
				if err := set.Rejoin(t.Context(), killed); err != nil {
					t.Fatal(err)
				}
			}
			s.untilServed(t, 300)
			stop()
			lost := s.lost(t, redisContents(t, rueidis.ClientOption{
				InitAddress: set.Addrs, Sentinel: rueidis.SentinelOption{MasterSet: set.Name}, SelectDB: 15,
			}))
			if lost > 0 && replicas != "0" {
				t.Errorf("%d promises are broken", lost)
			}
		})
	}
}

// TestRedisReshard moves the experiment's slot from node to node.
func TestRedisReshard(t *testing.T) {
	cluster := redistest.TestCluster(t)
	server := startServerWith(t, []string{"SIXPACK_CONFIG_REDIS_CLUSTER=" + strings.Join(cluster.Addrs(), ","), redisTimeout}, t.TempDir())
	s, stop := startLoad(t, server.url)
	s.untilServed(t, 300)
	slot, err := cluster.Slot(t.Context(), "{"+shop+"}")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, node := range cluster.Nodes {
			if err := cluster.Move(t.Context(), slot, node); err != nil {
				t.Fatal(err)
			}
			s.untilServed(t, 100)
		}
	}
	stop()
	lost := s.lost(t, redisContents(t, rueidis.ClientOption{InitAddress: cluster.Addrs()}))
	if lost > 0 || s.refused > 0 {
		t.Errorf("%d promises are broken, %d answers were refused", lost, s.refused)
	}
}

func TestRedisFull(t *testing.T) {
	server := redistest.Test(t, "--maxmemory-policy", "noeviction")
	sixpack := overRedis(t, server)
	s, stop := startLoad(t, sixpack.url)
	client := redisClient(t, rueidis.ClientOption{InitAddress: []string{server.Addr}})
	limit := func(bytes string) {
		t.Helper()
		if err := client.Do(t.Context(), client.B().ConfigSet().ParameterValue().ParameterValue("maxmemory", bytes).Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	s.untilServed(t, 300)
	limit("1")
	s.untilRefused(t, 10*callers)
	limit("0")
	s.untilServed(t, 300)
	stop()
	if lost := s.lost(t, redisContents(t, rueidis.ClientOption{InitAddress: []string{server.Addr}, SelectDB: 15})); lost > 0 {
		t.Errorf("%d promises are broken", lost)
	}
	sixpack.stop(t)
	if log := sixpack.log.String(); !strings.Contains(log, "OOM command not allowed") {
		t.Errorf("the log lacks the reason:\n%s", log)
	}
}

// TestRedisStrangersKey puts a stranger's key where an experiment belongs.
func TestRedisStrangersKey(t *testing.T) {
	server := redistest.Test(t)
	client := redisClient(t, rueidis.ClientOption{InitAddress: []string{server.Addr}, SelectDB: 15})
	if err := client.Do(t.Context(), client.B().Set().Key("sxp:x:{"+shop+"}").Value("mine").Build()).Error(); err != nil {
		t.Fatal(err)
	}
	sixpack := overRedis(t, server)
	status, body := get(t, sixpack.url+"/participate?experiment=shop&alternatives=a&alternatives=b&client_id=c")
	if want := `{"status":"failed","message":"redis is not available"}`; status != 503 || body != want {
		t.Errorf("got %d %s, want 503 %s", status, body, want)
	}
	if status, body := get(t, sixpack.url+"/participate?experiment=other&alternatives=a&alternatives=b&client_id=c"); status != 200 {
		t.Errorf("another experiment is answered %d %s", status, body)
	}
	sixpack.stop(t)
	if log := sixpack.log.String(); !strings.Contains(log, "WRONGTYPE") {
		t.Errorf("the log lacks the reason:\n%s", log)
	}
}

func TestRedisHangs(t *testing.T) {
	server := redistest.Test(t)
	s, stop := startLoad(t, overRedis(t, server).url)
	for range 2 {
		s.untilServed(t, 300)
		if err := server.Suspend(); err != nil {
			t.Fatal(err)
		}
		s.untilRefused(t, 2*callers)
		if err := server.Resume(); err != nil {
			t.Fatal(err)
		}
	}
	s.untilServed(t, 300)
	stop()
	if lost := s.lost(t, redisContents(t, rueidis.ClientOption{InitAddress: []string{server.Addr}, SelectDB: 15})); lost > 0 {
		t.Errorf("%d promises are broken", lost)
	}
}

// overRedis starts the program over a Redis server, with Sixpack's own settings.
func overRedis(t *testing.T, r *redistest.Server) *testServer {
	t.Helper()
	host, port, _ := strings.Cut(r.Addr, ":")
	return startServerWith(t, []string{"SIXPACK_CONFIG_REDIS_HOST=" + host, "SIXPACK_CONFIG_REDIS_PORT=" + port, redisTimeout}, t.TempDir())
}

func redisClient(t *testing.T, o rueidis.ClientOption) rueidis.Client {
	t.Helper()
	o.DisableCache = true
	client, err := rueidis.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// redisContents reads all that is in Redis under Sixpack's prefix.
func redisContents(t *testing.T, o rueidis.ClientOption) contents {
	t.Helper()
	return contentsOf(t, redis.New(redisClient(t, o), "sxp", redis.Config{Timeout: patience}))
}
