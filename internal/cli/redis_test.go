package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/redistest"
)

// TestWaysToRedis serves over each kind of Redis, by each way to configure it, and
// checks where the data went.
func TestWaysToRedis(t *testing.T) {
	plain := redistest.Test(t)
	host, port, err := net.SplitHostPort(plain.Addr)
	if err != nil {
		t.Fatal(err)
	}
	folder := redistest.Certificates(t)
	in := func(name string) string { return filepath.Join(folder, name) }
	socket := in("redis.sock")
	guarded := redistest.Test(t, "--unixsocket", socket, "--user", "app", "on", ">secret", "~shop:*", "&*", "+@all", "--requirepass", "master")
	tlsPort := freePort(t)
	redistest.Test(t, "--tls-port", tlsPort, "--tls-ca-cert-file", in("ca.pem"),
		"--tls-cert-file", in("server.pem"), "--tls-key-file", in("server.key"))
	secure := net.JoinHostPort(host, tlsPort)
	set, cluster := redistest.TestSentinel(t), redistest.TestCluster(t)

	at := func(address string, db int) rueidis.ClientOption {
		return rueidis.ClientOption{InitAddress: []string{address}, SelectDB: db}
	}
	asMaster := at(guarded.Addr, 0)
	asMaster.Password = "master"
	withCertificates := config.Config{RedisCA: config.Path(in("ca.pem")), RedisCert: config.Path(in("client.pem")), RedisKey: config.Path(in("client.key"))}
	overTLS, _, err := withCertificates.Redis("rediss://" + secure)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		environ string // the part after SIXPACK_CONFIG_REDIS_, separated by spaces
		yaml    string
		where   string // as the server says
		data    rueidis.ClientOption
		prefix  string
	}{
		{"host and port", "HOST=" + host + " PORT=" + port, "", plain.Addr + ", database 15, prefix sxp", at(plain.Addr, 15), "sxp"},
		{"database and prefix", "HOST=" + host + " PORT=" + port + " DB=3 PREFIX=shop:ab MAX_CONNECTIONS=1", "", plain.Addr + ", database 3, prefix shop:ab", at(plain.Addr, 3), "shop:ab"},
		{"file", "", "redis_host: " + host + "\nredis_port: " + port + "\nredis_db: 4\n", plain.Addr + ", database 4, prefix sxp", at(plain.Addr, 4), "sxp"},
		{"URL", "URL=redis://" + plain.Addr + "/5?prefix=url", "", plain.Addr + ", database 5, prefix url", at(plain.Addr, 5), "url"},
		{"URL without a database", "URL=redis://" + plain.Addr, "", plain.Addr + ", database 0, prefix sxp", at(plain.Addr, 0), "sxp"},
		{"user and password", "HOST=" + host + " PORT=" + port2(guarded) + " USERNAME=app PASSWORD=secret DB=0 PREFIX=shop", "", guarded.Addr + ", database 0, prefix shop", asMaster, "shop"},
		{"password", "URL=redis://:master@" + guarded.Addr + "?prefix=url", "", guarded.Addr + ", database 0, prefix url", asMaster, "url"},
		{"socket", "UNIX_SOCKET=" + socket + " PASSWORD=master DB=0 PREFIX=socket", "", socket + ", database 0, prefix socket", asMaster, "socket"},
		{"socket's URL", "URL=unix://:master@" + socket + "?prefix=socketurl", "", socket + ", database 0, prefix socketurl", asMaster, "socketurl"},
		{"TLS", "HOST=" + host + " PORT=" + tlsPort + " DB=0 TLS=yes TLS_CA=" + in("ca.pem") + " TLS_CERT=" + in("client.pem") + " TLS_KEY=" + in("client.key"), "", secure + ", database 0, prefix sxp", overTLS, "sxp"},
		{"TLS by URL", "URL=rediss://" + secure + "?prefix=url TLS_CA=" + in("ca.pem") + " TLS_CERT=" + in("client.pem") + " TLS_KEY=" + in("client.key"), "", secure + ", database 0, prefix url", overTLS, "url"},
		{"sentinels", "SENTINELS=" + strings.Join(set.Addrs, ",") + " SENTINEL_SERVICE_NAME=" + set.Name + " WAIT_REPLICAS=2", "", set.Name + ", known to " + strings.Join(set.Addrs, ", ") + ", database 15, prefix sxp", sentinelOption(set), "sxp"},
		{"sentinels in pairs", "", "redis_sentinels: [[" + strings.Replace(set.Addrs[0], ":", ", ", 1) + "]]\nredis_sentinel_service_name: " + set.Name + "\nredis_prefix: pairs\n", set.Name + ", known to " + set.Addrs[0] + ", database 15, prefix pairs", sentinelOption(set), "pairs"},
		{"cluster", "CLUSTER=" + strings.Join(cluster.Addrs(), ","), "", strings.Join(cluster.Addrs(), ", ") + ", database 0, prefix sxp", rueidis.ClientOption{InitAddress: cluster.Addrs()}, "sxp"},
		{"one node of a cluster", "CLUSTER=" + cluster.Addrs()[1] + " PREFIX=one", "", cluster.Addrs()[1] + ", database 0, prefix one", rueidis.ClientOption{InitAddress: cluster.Addrs()}, "one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var environ []string
			for v := range strings.FieldsSeq(c.environ) {
				environ = append(environ, "SIXPACK_CONFIG_REDIS_"+v)
			}
			if c.yaml != "" {
				environ = append(environ, "SIXPACK_CONFIG="+writeFile(t, "config.yml", c.yaml))
			}
			url := startHereWith(t, environ, t.TempDir())
			if status, body := get(t, url+"/participate?experiment=shop&alternatives=a&alternatives=b&client_id=anna"); status != 200 {
				t.Fatalf("answered %d %s", status, body)
			}
			if got, want := loaded(t, environ).Where(), "Redis at "+c.where; got != want {
				t.Errorf("the data is in %s, want %s", got, want)
			}
			client := redisClient(t, c.data)
			if ok, err := client.Do(t.Context(), client.B().Sismember().Key(c.prefix+":x").Member("shop").Build()).AsBool(); !ok || err != nil {
				t.Errorf("the experiment is not there: %v", err)
			}
		})
	}
}

func port2(s *redistest.Server) string {
	_, port, _ := strings.Cut(s.Addr, ":")
	return port
}

func sentinelOption(set *redistest.Sentinel) rueidis.ClientOption {
	return rueidis.ClientOption{InitAddress: set.Addrs, Sentinel: rueidis.SentinelOption{MasterSet: set.Name}, SelectDB: 15}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// TestNoRedis checks the errors for a Redis that cannot be used. They must not show a
// password.
func TestNoRedis(t *testing.T) {
	guarded := redistest.Test(t, "--requirepass", "master")
	nobody := net.JoinHostPort("127.0.0.1", freePort(t))
	hung := redistest.Test(t)
	if err := hung.Suspend(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		url, want string
	}{
		{"redis://:hush@" + nobody, "cannot connect to Redis at " + nobody + ", database 0: dial tcp " + nobody + ": connect: connection refused (check that Redis is running at this address)"},
		{"redis://:hush@" + guarded.Addr, "WRONGPASS"},
		{"redis://" + guarded.Addr, "(check redis_username and redis_password, or the user and password in the URL)"},
		{"redis://:hush@" + hung.Addr, "cannot connect to Redis at " + hung.Addr + ", database 0: context deadline exceeded (check that Redis is running at this address)"},
		{"rediss://:hush@" + guarded.Addr, "cannot connect to Redis at " + guarded.Addr},
	} {
		_, _, err := call(t, []string{"SIXPACK_CONFIG_REDIS_URL=" + c.url, "SIXPACK_CONFIG_REDIS_SOCKET_TIMEOUT=1"}, "serve", "--host=127.0.0.1", "--port=0", "--web-port=0")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v, want %s", c.url, err, c.want)
		}
	}
}

// TestNodeAsHost configures one node of a cluster as a single server.
func TestNodeAsHost(t *testing.T) {
	cluster := redistest.TestCluster(t)
	client := redisClient(t, rueidis.ClientOption{InitAddress: cluster.Addrs()})
	for i, node := range cluster.Nodes {
		environ := []string{"SIXPACK_CONFIG_REDIS_HOST=127.0.0.1", "SIXPACK_CONFIG_REDIS_PORT=" + port2(node)}
		_, _, err := call(t, environ, serverFlags(t.TempDir())...)
		if err == nil || !strings.Contains(err.Error(), "a cluster has only database 0") || !strings.Contains(err.Error(), "redis_cluster") {
			t.Errorf("database 15 of node %d: %v", i, err)
		}
		url := startHereWith(t, append(environ, "SIXPACK_CONFIG_REDIS_DB=0"), t.TempDir())
		for n := range 10 {
			name := fmt.Sprintf("x%d-%d", i, n) // they are spread over all nodes
			if status, body := get(t, url+"/participate?experiment="+name+"&alternatives=a&alternatives=b&client_id=anna"); status != 200 {
				t.Errorf("%s is answered %d %s", name, status, body)
			}
			if ok, err := client.Do(t.Context(), client.B().Sismember().Key("sxp:x").Member(name).Build()).AsBool(); !ok || err != nil {
				t.Errorf("%s is not in the cluster: %v", name, err)
			}
		}
	}
}

// TestNamesOfMachines checks the certificate of each machine in a URL by its own
// name, not by the name of the first.
func TestNamesOfMachines(t *testing.T) {
	folder, port := redistest.Certificates(t), freePort(t)
	in := func(name string) string { return filepath.Join(folder, name) }
	node := redistest.Test(t, "--cluster-enabled", "yes", "--cluster-port", freePort(t), "--tls-cluster", "yes", "--tls-port", port,
		"--tls-ca-cert-file", in("ca.pem"), "--tls-cert-file", in("server.pem"), "--tls-key-file", in("server.key"))
	beCluster(t, redisClient(t, rueidis.ClientOption{InitAddress: []string{node.Addr}, ForceSingleClient: true}))
	url := startHereWith(t, []string{
		"SIXPACK_CONFIG_REDIS_URL=rediss://localhost:" + freePort(t) + "?addr=127.0.0.1:" + port,
		"SIXPACK_CONFIG_REDIS_TLS_CA=" + in("ca.pem"), "SIXPACK_CONFIG_REDIS_TLS_CERT=" + in("client.pem"),
		"SIXPACK_CONFIG_REDIS_TLS_KEY=" + in("client.key"),
	}, t.TempDir())
	if status, body := get(t, url+"/participate?experiment=shop&alternatives=a&alternatives=b&client_id=anna"); status != 200 {
		t.Errorf("answered %d %s", status, body)
	}
}

// beCluster makes a node a cluster of one, and returns when it is ready.
func beCluster(t *testing.T, node rueidis.Client) {
	t.Helper()
	slots := node.B().ClusterAddslotsrange().StartSlotEndSlot().StartSlotEndSlot(0, 16383).Build()
	if err := node.Do(t.Context(), slots).Error(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		info, err := node.Do(ctx, node.B().ClusterInfo().Build()).ToString()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(info, "cluster_state:ok") {
			return
		}
		<-tick.C
	}
}

// TestSixpackDataInRedis starts servers and commands on a Redis with data of Sixpack 2.
func TestSixpackDataInRedis(t *testing.T) {
	server := redistest.Test(t)
	client := redisClient(t, rueidis.ClientOption{InitAddress: []string{server.Addr}, SelectDB: 15})
	if err := client.Do(t.Context(), client.B().Sadd().Key("sxp:e").Member("old", "older").Build()).Error(); err != nil {
		t.Fatal(err)
	}
	environ := []string{"SIXPACK_CONFIG_REDIS_PORT=" + port2(server), "SIXPACK_CONFIG_REDIS_HOST=127.0.0.1"}
	for _, args := range [][]string{{"serve", "--host=127.0.0.1", "--port=0", "--web-port=0"}, {"seed", "--clients=10"}} {
		_, _, err := call(t, environ, args...)
		if err == nil || !strings.Contains(err.Error(), "has 2 experiments of Sixpack 2 that are not imported") || !strings.Contains(err.Error(), `"sixpack import"`) {
			t.Errorf("%s: %v", args[0], err)
		}
	}
	if n, err := client.Do(t.Context(), client.B().Dbsize().Build()).AsInt64(); n != 1 || err != nil {
		t.Errorf("there are %d keys, %v; want only Sixpack's", n, err)
	}
	flags := []string{"--redis-host=127.0.0.1", "--redis-port=" + port2(server)}
	_, _, err := call(t, nil, append(flags, "--port=0")...)
	if want := `with "sixpack import ` + strings.Join(flags, " ") + `" (`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	out, _, err := call(t, nil, append([]string{"seed", "--clients=10", "--ignore-sixpack-data"}, flags...)...)
	if want := "\n  sixpack serve " + strings.Join(flags, " ") + "\n"; err != nil || !strings.HasSuffix(out, want) {
		t.Errorf("told to ignore them: %v\n%s\nwant at its end %s", err, out, want)
	}
	url := startHereWith(t, environ, t.TempDir()) // there are experiments of ours by now
	if status, body := get(t, url+"/experiments/signup-button"); status != 200 {
		t.Errorf("answered %d %s", status, body)
	}
	if _, err := os.Stat("sixpack-data"); err == nil {
		t.Error("there is a folder sixpack-data")
	}
}

// TestRedisPermissions serves as a Redis user with no more permissions than
// docs/operations.md gives it.
func TestRedisPermissions(t *testing.T) {
	guide, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	user := regexp.MustCompile(`(?m)^ *user (sixpack on >PASSWORD .*)$`).FindSubmatch(guide)
	if user == nil {
		t.Fatal("docs/operations.md has no user")
	}
	redis := redistest.Test(t, append([]string{"--user"}, strings.Fields(string(user[1]))...)...)
	server := startServerWith(t, []string{
		"SIXPACK_CONFIG_REDIS_URL=redis://sixpack:PASSWORD@" + redis.Addr + "?prefix=sxp",
		"SIXPACK_TOKENS=deploy:editor:" + access.HashToken("TOKEN"),
	}, t.TempDir())
	operator := ramped{servers: [2]*testServer{server}, token: "TOKEN"}
	for _, request := range []string{
		"/participate?experiment=" + shop + "&alternatives=a&alternatives=b&client_id=anna", "/convert?experiment=" + shop + "&client_id=anna&kpi=purchase&value=2",
		"/participate?experiment=" + shop + "&alternatives=a&alternatives=b&client_id=bob&traffic_fraction=0.5", "/experiments/" + shop,
	} {
		if status, body := get(t, server.url+request); status != http.StatusOK {
			t.Errorf("%s: %d %s", request, status, body)
		}
	}
	for _, request := range []string{
		"GET ", "GET /series", "GET /epochs", "PUT /winner {\"alternative\":\"b\"}", "GET /changes", "DELETE /winner", "PUT /pause", "DELETE /pause",
		"PUT /description {\"description\":\"text\"}", "PUT /plan {\"effect\":0.1}", "PUT /override {\"weights\":[3,1]}", "DELETE /override",
		"PUT /ramp {}", "DELETE /ramp", "PUT /archive", "DELETE /archive", "PUT /archive", "POST /purge", "POST /reset", "DELETE ",
	} {
		method, rest, _ := strings.Cut(request, " ")
		below, body, _ := strings.Cut(rest, " ")
		operator.call(t, 0, method, below, body, nil)
	}
}
