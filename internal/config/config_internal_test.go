package config

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store/memory"
)

// loaded returns the configuration for an environment and flags.
func loaded(t *testing.T, environ []string, args ...string) *Settings {
	t.Helper()
	s, err := Load(environ, flags(t, args...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func flags(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	AddFlags(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return set
}

// writeFile writes a file that is removed after the test.
func writeFile(t *testing.T, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Hashes of the password "correct horse" and of a token.
const (
	passwordHash = "$2a$04$UiLqYtTNyUDV8PTFGtkd1u0FpqdciAJeo5V0WzESmwe3oiTCN2kQ2"
	tokenHash    = "sha256:abababababababababababababababababababababababababababababababab"
)

// samples has three valid values of each key, other than the default.
var samples = map[string][3]string{
	"host":                        {"127.0.0.1", "::1", "localhost"},
	"port":                        {"8000", "0", "65535"},
	"web_host":                    {"::1", "0.0.0.0", "localhost"},
	"web_port":                    {"8001", "0", "65535"},
	"store":                       {"memory", "redis", "embedded"},
	"data_dir":                    {"/a", "b", "./c/d"},
	"store_timeout":               {"1s", "500ms", "2m"},
	"enabled":                     {"n", "Yes", "FALSE"},
	"algorithm":                   {"random", "whiplash", "thompson"},
	"enable_whiplash":             {"yes", "no", "TRUE"},
	"bandit_window":               {"1h", "72h", "90m"},
	"bandit_memory":               {"1", "100000", "0"},
	"weights":                     {"{a: {b: 1, c: 2}}", `{"a": {"b": 1, "c": 2}}`, "{}"},
	"timezone":                    {"Europe/Berlin", "America/New_York", "Asia/Tokyo"},
	"experiment_name_regex":       {"^a", "^b", ".*"},
	"robot_regex":                 {"curl", "wget|lynx", "^$"},
	"ignored_ip_addresses":        {"10.0.0.1", "10.0.0.0/8,::1", "fe80::/10"},
	"cors_origin":                 {"https://a.example", "https://*.example", "null"},
	"cors_headers":                {"X-A", "X-B, X-C", "*"},
	"cors_credentials":            {"false", "true", "no"},
	"cors_methods":                {"GET, POST", "POST", "*"},
	"cors_expose_headers":         {"X-A", "X-B, X-C", "*"},
	"log_level":                   {"debug", "WARN", "error"},
	"log_format":                  {"json", "text", "json"},
	"access_log":                  {"yes", "no", "Y"},
	"debug":                       {"true", "false", "y"},
	"metrics":                     {"true", "off", "y"},
	"statsd_url":                  {"udp://a:1/b/c", "udp://[::1]:2", "udp://host"},
	"shutdown_timeout":            {"1s", "500ms", "2m"},
	"redis_url":                   {"redis://a", "rediss://:b@c:1/2?prefix=d", "unix:///e?db=3"},
	"redis_host":                  {"a", "::1", "c.example"},
	"redis_port":                  {"1", "2", "65535"},
	"redis_unix_socket":           {"/a", "b", "c/d"},
	"redis_username":              {"a", "b", "c"},
	"redis_password":              {"a", "b", "c"},
	"redis_db":                    {"0", "1", "14"},
	"redis_prefix":                {"a", "b:c", "{d}"},
	"redis_socket_timeout":        {"1", "0.5", "300ms"},
	"redis_max_connections":       {"1", "50", "0"},
	"redis_sentinels":             {"a:1", "b:1,c:2", "[::1]:3"},
	"redis_sentinel_service_name": {"a", "b", "c"},
	"redis_sentinel_username":     {"a", "b", "c"},
	"redis_sentinel_password":     {"a", "b", "c"},
	"redis_wait_replicas":         {"1", "2", "0"},
	"redis_cluster":               {"a:1", "b:1,c:2", "[::1]:3"},
	"redis_tls":                   {"yes", "no", "y"},
	"redis_tls_ca":                {"ca.pem", "server.pem", "client.pem"},
	"redis_tls_cert":              {"client.pem", "client.pem", "client.pem"},
	"redis_tls_key":               {"client.key", "client.key", "client.key"},
	"redis_tls_server_name":       {"a", "b", "c"},
	"ignore_sixpack_data":         {"yes", "no", "y"},
	"users":                       {"a:editor:" + passwordHash, "a:viewer:" + passwordHash + ",b:editor:" + passwordHash, ""},
	"tokens":                      {"a:editor:" + tokenHash, "b:viewer:" + tokenHash, ""},
	"proxy_header":                {"X-User", "X-Forwarded-User", "Remote-User"},
	"proxy_from":                  {"10.0.0.1", "10.0.0.0/8,::1", "fe80::/10"},
	"proxy_role":                  {"editor", "none", "viewer"},
	"web_prefix":                  {"/a", "/a/b", "/c-d"},
	"api_url":                     {"https://a.example", "http://a:5000/b", "http://:5000"},
	"secret_key":                  {"a", "b", ""},
	"csrf_disable":                {"yes", "no", "y"},
	"proxy_fix":                   {"yes", "no", "y"},
	"asset_path":                  {"a", "b", "c"},
}

// companions are the variables that some keys require.
var companions = map[string][]string{
	"redis_sentinels":             {"SIXPACK_CONFIG_REDIS_SENTINEL_SERVICE_NAME=primary"},
	"redis_sentinel_service_name": {"SIXPACK_CONFIG_REDIS_SENTINELS=a:1"},
	"proxy_header":                {"SIXPACK_PROXY_FROM=10.0.0.1"},
	"redis_tls_ca":                {"SIXPACK_CONFIG_REDIS_TLS=yes"},
	"redis_tls_cert":              {"SIXPACK_CONFIG_REDIS_TLS=yes", "SIXPACK_CONFIG_REDIS_TLS_KEY=client.key"},
	"redis_tls_key":               {"SIXPACK_CONFIG_REDIS_TLS=yes", "SIXPACK_CONFIG_REDIS_TLS_CERT=client.pem"},
	"redis_tls_server_name":       {"SIXPACK_CONFIG_REDIS_TLS=yes"},
}

// TestPrecedence sets each key in the file, by its variable and by its flag.
func TestPrecedence(t *testing.T) {
	t.Chdir(redistest.Certificates(t))
	for _, k := range keys {
		t.Run(k.Name, func(t *testing.T) {
			values, ok := samples[k.Name]
			if !ok {
				t.Fatal("no samples")
			}
			file := writeFile(t, "config.yml", fmt.Sprintf("%s: %q\n", k.Name, values[0]))
			beside := companions[k.Name]
			inFile := append([]string{"SIXPACK_CONFIG=" + file}, beside...)
			inBoth := append([]string{inFile[0], k.Variable + "=" + values[1]}, beside...)
			check := func(s *Settings, want, source string) {
				t.Helper()
				if len(s.Problems) > 0 {
					t.Errorf("problems: %v", s.Problems)
				}
				if got := fmt.Sprint(s.values.Get(k.Name)); got != want {
					t.Errorf("from %s: %q, want %q", source, got, want)
				}
				if got := s.source(k.Name); got != source {
					t.Errorf("source is %q, want %q", got, source)
				}
			}
			check(loaded(t, nil), fmt.Sprint(loaded(t, nil).values.Get(k.Name)), "default")
			check(loaded(t, inFile), values[0], "file "+file)
			check(loaded(t, beside, "--config", file), values[0], "file "+file)
			check(loaded(t, inBoth), values[1], "variable "+k.Variable)
			if k.Flag != "" {
				check(loaded(t, inBoth, "--"+k.Flag+"="+values[2]), values[2], "flag --"+k.Flag)
			}
		})
	}
}

// TestVariables checks variables of Sixpack 2, which users have in their scripts.
func TestVariables(t *testing.T) {
	for name, variable := range map[string]string{
		"enabled": "SIXPACK_CONFIG_ENABLED", "enable_whiplash": "SIXPACK_CONFIG_WHIPLASH",
		"robot_regex": "SIXPACK_CONFIG_ROBOT_REGEX", "ignored_ip_addresses": "SIXPACK_CONFIG_IGNORE_IPS",
		"asset_path": "SIXPACK_CONFIG_ASSET_PATH", "secret_key": "SIXPACK_CONFIG_SECRET",
		"csrf_disable": "SIXPACK_CONFIG_CSRF_DISABLE", "proxy_fix": "SIXPACK_PROXY_FIX",
		"metrics": "SIXPACK_METRICS", "statsd_url": "STATSD_URL", "cors_origin": "SIXPACK_CORS_ORIGIN",
		"cors_headers": "SIXPACK_CORS_HEADERS", "cors_credentials": "SIXPACK_CORS_CREDENTIALS",
		"cors_methods": "SIXPACK_CORS_METHODS", "cors_expose_headers": "SIXPACK_CORS_EXPOSE_HEADERS",
		"port": "SIXPACK_PORT", "web_port": "SIXPACK_WEB_PORT", "debug": "SIXPACK_DEBUG",
	} {
		if k, ok := findKey(name); !ok || k.Variable != variable {
			t.Errorf("%s is set by %s, want %s", name, k.Variable, variable)
		}
	}
}

// TestDefaults checks that the program's defaults are the packages' defaults.
func TestDefaults(t *testing.T) {
	s := loaded(t, nil)
	if len(s.Problems)+len(s.Notes) > 0 {
		t.Errorf("problems %q, notes %q", s.Problems, s.Notes)
	}
	if got := s.values.GetString("robot_regex"); got != sixpack.DefaultRobots {
		t.Errorf("robot_regex is %q, want %q", got, sixpack.DefaultRobots)
	}
	engine := sixpack.New(new(memory.Store), s.Engine())
	for name, valid := range map[string]bool{"a b_c-D9": true, "home.header": false, "-a": false, "a\n": false} {
		x := sixpack.Experiment{Name: name, Alternatives: []string{"a", "b"}}
		_, err := engine.Participate(t.Context(), x, "client")
		if (err == nil) != valid {
			t.Errorf("experiment %q: %v", name, err)
		}
	}
	var headers [2]http.Header
	for i, o := range []httpapi.Options{{}, {CORS: s.CORS()}} {
		w := httptest.NewRecorder()
		httpapi.New(engine, o).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/favicon.ico", http.NoBody))
		headers[i] = w.Header()
	}
	if !reflect.DeepEqual(headers[0], headers[1]) {
		t.Errorf("headers are %v, want %v", headers[1], headers[0])
	}
}

// TestBanditSettings checks the engine's settings of bandits.
func TestBanditSettings(t *testing.T) {
	got := loaded(t, []string{"SIXPACK_CONFIG_WHIPLASH=true", "SIXPACK_BANDIT_WINDOW=72h", "SIXPACK_BANDIT_MEMORY=5000"}).Engine()
	if want := (sixpack.BanditSchedule{Window: 72 * time.Hour, Memory: 5000}); got.Algorithm != "whiplash" || got.Bandit != want {
		t.Errorf("%s with %+v, want whiplash with %+v", got.Algorithm, got.Bandit, want)
	}
	if got := loaded(t, nil, "--algorithm=thompson").Engine(); got.Algorithm != "thompson" || got.Bandit != (sixpack.BanditSchedule{Window: 24 * time.Hour}) {
		t.Errorf("%s with %+v, want thompson and what is by default", got.Algorithm, got.Bandit)
	}
}

// TestValues checks how values in Sixpack 2's format are parsed.
func TestValues(t *testing.T) {
	environ := []string{
		"SIXPACK_CONFIG_ROBOT_REGEX=MyCrawl", "SIXPACK_CONFIG_IGNORE_IPS= 10.1.2.3, 10.0.0.7/8 ,::ffff:1.2.3.4,fe80::/10,",
		"SIXPACK_TIMEZONE=Europe/Berlin", "STATSD_URL=udp://127.0.0.1:8177/my/prefix", "SIXPACK_CONFIG_ENABLED=no",
		"SIXPACK_CORS_ORIGIN=https://a.example, https://*.b.example", "SIXPACK_STORE_TIMEOUT=250ms",
	}
	s := loaded(t, environ)
	if len(s.Problems) > 0 {
		t.Fatal(s.Problems)
	}
	if robots := s.Engine().Robots; !robots.MatchString("a mycrawler") || robots.MatchString("Googlebot") {
		t.Errorf("robots are %v", s.Robots)
	}
	want := []netip.Prefix{
		netip.MustParsePrefix("10.1.2.3/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("1.2.3.4/32"),
		netip.MustParsePrefix("fe80::/10"),
	}
	if !slices.Equal(s.Ignored, want) {
		t.Errorf("ignored are %v, want %v", s.Ignored, want)
	}
	if s.Timezone.String() != "Europe/Berlin" || s.Enabled || s.StoreTimeout.Duration != 250*time.Millisecond {
		t.Errorf("got %v, %v, %v", s.Timezone, s.Enabled, s.StoreTimeout)
	}
	if want := (StatsD{"127.0.0.1:8177", "my.prefix."}); s.StatsD != want {
		t.Errorf("StatsD is %v, want %v", s.StatsD, want)
	}
	if want := []string{"https://a.example", "https://*.b.example"}; !slices.Equal(s.CORSOrigins, want) {
		t.Errorf("origins are %v, want %v", s.CORSOrigins, want)
	}
}

func TestYAML(t *testing.T) {
	path := writeFile(t, "config.yml", `
Enabled: off
metrics: on
ignored_ip_addresses:
  - 10.0.0.0/8
  - "::1"
cors_credentials: false
secret_key: 12345
port: 8000
robot_regex:
`)
	s := loaded(t, nil, "--config", path)
	if len(s.Problems) > 0 {
		t.Fatal(s.Problems)
	}
	if s.Enabled || !s.Metrics || s.CORSCredentials || s.SecretKey != "12345" || s.Port != 8000 || len(s.Ignored) != 2 {
		t.Errorf("got %+v", s.Config)
	}
	if s.source("robot_regex") != "default" || !s.Engine().Robots.MatchString("GOOGLE") {
		t.Errorf("robot_regex without a value is %v from %s", s.Robots, s.source("robot_regex"))
	}
}

// TestWeights checks that names keep their case, although keys ignore case.
func TestWeights(t *testing.T) {
	path := writeFile(t, "config.yml", `
shared: &shared {A: 1, b: 3}
Weights:
  Home.Header: *shared
  button color:
    Dark Red: 0.5
    "1": 2
`)
	s := loaded(t, nil, "--config", path)
	want := Weights{"Home.Header": {"A": 1, "b": 3}, "button color": {"Dark Red": 0.5, "1": 2}}
	if !reflect.DeepEqual(s.Weights, want) || !reflect.DeepEqual(s.Engine().Weights, map[string]map[string]float64(want)) {
		t.Errorf("got %v, want %v", s.Weights, want)
	}
	if want := []string{"shared from file " + path + " is not a key (see \"sixpack help config\")"}; !slices.Equal(s.Problems, want) {
		t.Errorf("problems are %q, want %q", s.Problems, want)
	}
}

func TestBooleans(t *testing.T) {
	for text, want := range map[string]bool{
		"y": true, "Y": true, "yes": true, "YES": true, "true": true, "True": true,
		"n": false, "no": false, "No": false, "false": false, "FALSE": false, "off": false, "0": false,
	} {
		s := loaded(t, []string{"SIXPACK_METRICS=" + text})
		if len(s.Problems) > 0 || s.Metrics != want {
			t.Errorf("%q is %v, want %v: %v", text, s.Metrics, want, s.Problems)
		}
	}
	for _, flag := range []string{"--metrics", "--debug", "--access-log"} {
		s := loaded(t, nil, flag)
		if got := []bool{s.Metrics, s.Debug, s.AccessLog}; len(s.Problems) > 0 || !slices.Contains(got, true) {
			t.Errorf("%s gives %v: %v", flag, got, s.Problems)
		}
	}
}

// TestProblems checks that a problem names the key, its value, the source and what
// is allowed.
func TestProblems(t *testing.T) {
	const (
		boolean = `must be y, yes, true, n, no, false, off or 0`
		port    = `must be a number from 0 to 65535`
		re2     = `must be a regular expression of RE2, which has no look-around and no backreferences ` +
			`(https://github.com/google/re2/wiki/Syntax): `
		contrary = ` contradict each other: set only one of them`
	)
	for _, c := range []struct {
		name    string
		environ []string
		args    []string
		yaml    string
		want    []string
	}{
		{name: "1 is no boolean", environ: []string{"SIXPACK_CONFIG_ENABLED=1"}, want: []string{`enabled: "1" from variable SIXPACK_CONFIG_ENABLED: ` + boolean}},
		{name: "on is no boolean", environ: []string{"SIXPACK_METRICS=on"}, want: []string{`metrics: "on" from variable SIXPACK_METRICS: ` + boolean}},
		{name: "empty boolean", args: []string{"--proxy-fix="}, want: []string{`proxy_fix: "" from flag --proxy-fix: ` + boolean}},
		{name: "boolean flag", args: []string{"--access-log=maybe"}, want: []string{`access_log: "maybe" from flag --access-log: ` + boolean}},
		{name: "port", environ: []string{"SIXPACK_PORT=http"}, want: []string{`port: "http" from variable SIXPACK_PORT: ` + port}},
		{name: "large port", args: []string{"--port=65536"}, want: []string{`port: "65536" from flag --port: ` + port}},
		{name: "negative port", yaml: "web_port: -1", want: []string{`web_port: "-1" from file FILE: ` + port}},
		{name: "empty port", environ: []string{"SIXPACK_PORT="}, want: []string{`port: "" from variable SIXPACK_PORT: ` + port}},
		{
			name: "Kubernetes", environ: []string{"SIXPACK_PORT=tcp://10.0.0.1:5000"},
			want: []string{`port: "tcp://10.0.0.1:5000" from variable SIXPACK_PORT: ` + port +
				` (Kubernetes sets this variable for a service named sixpack: enableServiceLinks: false)`},
		},
		{name: "list for one value", yaml: "host: [a, b]", want: []string{`host: "[a b]" from file FILE: must be one value, not several`}},
		{name: "map for one value", yaml: "host: {a: b}", want: []string{`host: "map[a:b]" from file FILE: must be one value, not several`}},
		{name: "stores", yaml: "store: [redis, memory]", want: []string{`store: "[redis memory]" from file FILE: must be one value, not several`}},
		{name: "number for a store", yaml: "store: 5", want: []string{`store: "5" from file FILE: must be one of embedded, redis, memory`}},
		{name: "store", args: []string{"--store=mysql"}, want: []string{`store: "mysql" from flag --store: must be one of embedded, redis, memory`}},
		{name: "algorithm", yaml: "algorithm: bandit", want: []string{`algorithm: "bandit" from file FILE: must be one of hash, random, thompson, whiplash, whiplash-legacy, epsilon-greedy`}},
		{
			name: "two algorithms", yaml: "algorithm: thompson\nenable_whiplash: yes",
			want: []string{`enable_whiplash from file FILE contradicts algorithm "thompson" from file FILE: leave one of them out`},
		},
		{name: "weights of one", yaml: "weights: {a: {b: 1}}", want: []string{`weights: "{\"a\":{\"b\":1}}" from file FILE: "a" must have the weights of all its alternatives, two or more, not all 0`}},
		{name: "weights of 0", environ: []string{"SIXPACK_WEIGHTS={a: {b: 0, c: 0}}"}, want: []string{`weights: "{a: {b: 0, c: 0}}" from variable SIXPACK_WEIGHTS: "a" must have the weights of all its alternatives, two or more, not all 0`}},
		{name: "negative weight", environ: []string{"SIXPACK_WEIGHTS={a: {b: 1, c: -1}}"}, want: []string{`weights: "{a: {b: 1, c: -1}}" from variable SIXPACK_WEIGHTS: the weights of "a" must be numbers, 0 or more`}},
		{name: "weights in a list", yaml: "weights: {a: [1, 2]}", want: []string{`weights: "map[a:[1 2]]" from file FILE: must be like {button-color: {red: 9, blue: 1}}`}},
		{name: "log format", args: []string{"--log-format=xml"}, want: []string{`log_format: "xml" from flag --log-format: must be one of text, json`}},
		{name: "log level", args: []string{"--log-level=INFO+1"}, want: []string{`log_level: "INFO+1" from flag --log-level: must be debug, info, warn or error`}},
		{name: "data folder", environ: []string{"SIXPACK_DATA_DIR="}, want: []string{`data_dir: "" from variable SIXPACK_DATA_DIR: must be the path of a folder`}},
		{name: "time zone", environ: []string{"SIXPACK_TIMEZONE=Mars/Base"}, want: []string{`timezone: "Mars/Base" from variable SIXPACK_TIMEZONE: must be the name of a time zone, such as UTC or Europe/Berlin`}},
		{name: "duration", args: []string{"--store-timeout=5"}, want: []string{`store_timeout: "5" from flag --store-timeout: must be a duration above zero, such as 500ms, 5s or 2m`}},
		{name: "no window", yaml: "bandit_window: 0", want: []string{`bandit_window: "0" from file FILE: must be a duration above zero, such as 500ms, 5s or 2m`}},
		{name: "no duration", yaml: "shutdown_timeout: 0s", want: []string{`shutdown_timeout: "0s" from file FILE: must be a duration above zero, such as 500ms, 5s or 2m`}},
		{name: "broken expression", environ: []string{"SIXPACK_CONFIG_ROBOT_REGEX=("}, want: []string{`robot_regex: "(" from variable SIXPACK_CONFIG_ROBOT_REGEX: ` + re2 + "missing closing ): `(`"}},
		{name: "Python's expression", yaml: "robot_regex: bot(?!tle)", want: []string{`robot_regex: "bot(?!tle)" from file FILE: ` + re2 + "invalid or unsupported Perl syntax: `(?!`"}},
		{name: "names", args: []string{`--experiment-name-regex=(a)\1`}, want: []string{`experiment_name_regex: "(a)\\1" from flag --experiment-name-regex: ` + re2 + "invalid escape sequence: `\\1`"}},
		{name: "address", environ: []string{"SIXPACK_CONFIG_IGNORE_IPS=10.0.0.1,10.0.0"}, want: []string{`ignored_ip_addresses: "10.0.0.1,10.0.0" from variable SIXPACK_CONFIG_IGNORE_IPS: "10.0.0" must be an address or a network, such as 10.1.2.3, 10.0.0.0/8 or ::1`}},
		{name: "network", yaml: "ignored_ip_addresses: [10.0.0.0/33]", want: []string{`ignored_ip_addresses: "[10.0.0.0/33]" from file FILE: "10.0.0.0/33" must be an address or a network, such as 10.1.2.3, 10.0.0.0/8 or ::1`}},
		{name: "StatsD", environ: []string{"STATSD_URL=http://localhost:8125"}, want: []string{`statsd_url: "http://localhost:8125" from variable STATSD_URL: must be like udp://localhost:8125/sixpack`}},
		{name: "StatsD port", environ: []string{"STATSD_URL=udp://localhost:99999"}, want: []string{`statsd_url: "udp://localhost:99999" from variable STATSD_URL: must be like udp://localhost:8125/sixpack`}},
		{name: "several", args: []string{"--port=x", "--web-port=y"}, want: []string{
			`port: "x" from flag --port: ` + port, `web_port: "y" from flag --web-port: ` + port,
		}},
		{name: "unknown key", yaml: "prot: 80", want: []string{`prot from file FILE is not a key: did you mean port? (see "sixpack help config")`}},
		{name: "unknown deep key", yaml: "redis: {host: a}", want: []string{`redis from file FILE is not a key (see "sixpack help config")`}},
		{name: "very unknown key", yaml: "colour_of_the_sky: blue", want: []string{`colour_of_the_sky from file FILE is not a key (see "sixpack help config")`}},
		{name: "misspelled variable", environ: []string{"SIXPACK_PROT=80"}, want: []string{`SIXPACK_PROT is not a variable of sixpack: did you mean SIXPACK_PORT?`}},
		{name: "variable of another form", environ: []string{"SIXPACK_ENABLED=no"}, want: []string{`SIXPACK_ENABLED is not a variable of sixpack: did you mean SIXPACK_CONFIG_ENABLED?`}},
		{name: "URL and host", environ: []string{"SIXPACK_CONFIG_REDIS_URL=redis://:hush@a", "SIXPACK_CONFIG_REDIS_HOST=b"}, want: []string{`redis_url from variable SIXPACK_CONFIG_REDIS_URL and redis_host from variable SIXPACK_CONFIG_REDIS_HOST` + contrary}},
		{name: "socket and port", yaml: "redis_port: 1", args: []string{"--redis-unix-socket=/a"}, want: []string{`redis_unix_socket from flag --redis-unix-socket and redis_port from file FILE` + contrary}},
		{name: "sentinels and cluster", yaml: "redis_sentinels: [[a, 1]]\nredis_sentinel_service_name: b\nredis_cluster: c:1", want: []string{`redis_cluster from file FILE and redis_sentinels from file FILE` + contrary, `redis_cluster from file FILE and redis_sentinel_service_name from file FILE` + contrary}},
		{name: "cluster and database", yaml: "redis_cluster: c:1\nredis_db: 3", want: []string{`redis_db from file FILE is 3: a cluster has database 0 only`}},
		{name: "sentinels alone", yaml: "redis_sentinels: [[a, 1], [b, 2]]", want: []string{`redis_sentinels from file FILE needs redis_sentinel_service_name, the name by which the sentinels know the primary`}},
		{name: "sentinel without port", yaml: "redis_sentinels: [a]\nredis_sentinel_service_name: b", want: []string{`redis_sentinels: "[a]" from file FILE: "a" must be like host:6379`}},
		{name: "broken URL", environ: []string{"SIXPACK_CONFIG_REDIS_URL=redis://:hush@a:b"}, want: []string{`a Redis URL must be like redis://user:password@host:6379/0?prefix=sxp`}},
		{name: "URL of something else", environ: []string{"SIXPACK_CONFIG_REDIS_URL=http://:hush@a"}, want: []string{`the URL http://a must be like redis://user:password@host:6379/0?prefix=sxp: redis: invalid URL scheme: http`}},
		{name: "URL with an empty prefix", environ: []string{"SIXPACK_CONFIG_REDIS_URL=redis://:hush@a?prefix="}, want: []string{`the prefix in the URL redis://a is empty: leave out prefix= or give it a value`}},
		{name: "password in the user's place", environ: []string{"SIXPACK_CONFIG_REDIS_URL=redis://hush@a/b?password=hush"}, want: []string{`the URL redis://a/b must be like redis://user:password@host:6379/0?prefix=sxp: redis: invalid database number: "b"`}},
		{name: "certificate without key", yaml: "redis_tls: yes\nredis_tls_cert: a", want: []string{`redis_tls_cert and redis_tls_key must be set together`}},
		{name: "authority without TLS", yaml: "redis_tls_ca: a", want: []string{`redis_tls_ca from file FILE needs redis_tls: yes, or a URL that begins with rediss:`}},
		{name: "no such authority", yaml: "redis_tls: yes\nredis_tls_ca: /no/such", want: []string{`redis_tls_ca: open /no/such: no such file or directory`}},
		{name: "database", args: []string{"--redis-db=-1"}, want: []string{`redis_db: "-1" from flag --redis-db: must be a whole number, 0 or more`}},
		{name: "prefix", args: []string{"--redis-prefix="}, want: []string{`redis_prefix: "" from flag --redis-prefix: must not be empty`}},
		{name: "timeout", args: []string{"--redis-socket-timeout=0"}, want: []string{`redis_socket_timeout: "0" from flag --redis-socket-timeout: must be a number of seconds above zero, or a duration such as 500ms`}},
		{name: "user without a role", environ: []string{"SIXPACK_USERS=anna"}, want: []string{`users: (secret) from variable SIXPACK_USERS: must be a list of {name: …, role: …, hash: …}, or like name:role:hash,name:role:hash`}},
		{name: "user without a hash", yaml: "users: [{name: anna, role: viewer}]", want: []string{`the hash of user anna is invalid: create it with "sixpack passwd"`}},
		{name: "password for a hash", environ: []string{"SIXPACK_USERS=anna:viewer:hush"}, want: []string{`the hash of user anna is invalid: create it with "sixpack passwd"`}},
		{name: "half a hash", environ: []string{"SIXPACK_USERS=anna:viewer:" + passwordHash[:30]}, want: []string{`the hash of user anna is invalid: create it with "sixpack passwd"`}},
		{name: "role", environ: []string{"SIXPACK_USERS=anna:admin:" + passwordHash}, want: []string{`the role of user anna must be viewer or editor`}},
		{name: "misspelled field", yaml: "users: [{name: anna, pasword: hush}]", want: []string{`users: (secret) from file FILE: has "pasword", which is none of name, role and hash`}},
		{name: "user twice", environ: []string{"SIXPACK_USERS=anna:viewer:" + passwordHash + ",anna:editor:" + passwordHash}, want: []string{`user anna is configured twice`}},
		{name: "token", yaml: "tokens: ['deploy:editor:hush']", want: []string{`the hash of token deploy is invalid: create it with "sixpack passwd --token"`}},
		{name: "proxy without address", yaml: "proxy_header: X-User", want: []string{`proxy_header from file FILE needs proxy_from, the addresses of the proxy: the header is trusted only from there`}},
		{name: "user of a proxy", yaml: "proxy_header: X-User\nproxy_from: 10.0.0.1\nusers: [{name: anna, role: viewer}]"},
		{name: "role of a proxy", args: []string{"--proxy-role=admin"}, want: []string{`proxy_role: "admin" from flag --proxy-role: must be one of viewer, editor, none`}},
		{name: "short secret", environ: []string{"SIXPACK_CONFIG_SECRET=hush", "SIXPACK_USERS=anna:viewer:" + passwordHash}, want: []string{`secret_key from variable SIXPACK_CONFIG_SECRET is too short: it can be guessed, and sessions forged. Use at least 16 characters, or leave it out: then a random secret is used`}},
		{name: "path", args: []string{"--web-prefix=ab"}, want: []string{`web_prefix: "ab" from flag --web-prefix: must be a path like /ab`}},
		{name: "path with dots", args: []string{"--web-prefix=/ab/../c"}, want: []string{`web_prefix: "/ab/../c" from flag --web-prefix: must be a path like /ab`}},
		{name: "path with a pattern", args: []string{"--web-prefix=/{x}"}, want: []string{`web_prefix: "/{x}" from flag --web-prefix: must be a path like /ab`}},
		{name: "URL of the API", args: []string{"--api-url=ab.example"}, want: []string{`api_url: "ab.example" from flag --api-url: must be like https://ab.example.com`}},
		{name: "no Redis", environ: []string{"SIXPACK_CONFIG_REDIS_PASSWORD="}},
		{name: "variables of others", environ: []string{"SIXPACK_TEST=1", "SIXPACK_CI=1", "SIXPACK_SERVICE_HOST=10.0.0.1", "SIXPACKS=6"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.yaml != "" {
				path := writeFile(t, "config.yml", c.yaml)
				c.args = append(c.args, "--config="+path)
				for i := range c.want {
					c.want[i] = strings.ReplaceAll(c.want[i], "FILE", path)
				}
			}
			if got := loaded(t, c.environ, c.args...).Problems; !slices.Equal(got, c.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

func TestFiles(t *testing.T) {
	broken := writeFile(t, "broken.yml", "cors_origin: *\n")
	twice := writeFile(t, "twice.yml", "port: 1\nport: 2\n")
	list := writeFile(t, "list.yml", "- port\n")
	for path, want := range map[string]string{
		"/no/such.yml": "configuration file /no/such.yml: no such file or directory",
		broken:         "configuration file " + broken + ": yaml: did not find expected alphabetic or numeric character",
		twice:          "already defined at line 1",
		list:           "configuration file " + list + ": ",
	} {
		_, err := Load([]string{"SIXPACK_CONFIG=" + path}, flags(t))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") && path != twice && path != list {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	empty := writeFile(t, "empty.yml", "")
	if s := loaded(t, []string{"SIXPACK_CONFIG="}, "--config", empty); len(s.Problems) > 0 {
		t.Error(s.Problems)
	}
}

// TestSixpack2 reads a file like Sixpack 2's example.
func TestSixpack2(t *testing.T) {
	const path = "testdata/sixpack2.yml"
	s := loaded(t, nil, "--config", path)
	if want := "Redis at localhost:6379, database 15, prefix sxp"; len(s.Problems) > 0 || s.Store != StoreRedis || s.Where() != want {
		t.Errorf("problems %q; the data is in %s, want %s", s.Problems, s.Where(), want)
	}
	if s = loaded(t, nil, "--config", path, "--store=embedded"); len(s.Problems) > 0 || s.Store != StoreEmbedded {
		t.Errorf("problems %q; the data is in %s", s.Problems, s.Store)
	}

	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	without := writeFile(t, "config.yml", regexp.MustCompile(`(?m)^redis_.*\n`).ReplaceAllString(string(content), ""))
	s = loaded(t, []string{"SIXPACK_CONFIG=" + without})
	if len(s.Problems) > 0 {
		t.Error(s.Problems)
	}
	for _, k := range []string{"asset_path", "full_response"} {
		if !slices.ContainsFunc(s.Notes, func(n string) bool { return strings.HasPrefix(n, k+" from file "+without+" has no effect: ") }) {
			t.Errorf("no note on %s: %q", k, s.Notes)
		}
	}
	if want := "secret_key from file " + without + " is the public example: a random secret is used instead"; !slices.Contains(s.Notes, want) {
		t.Errorf("notes are %q, want %q", s.Notes, want)
	}
	fresh := loaded(t, nil)
	if got, want := s.values.GetString("robot_regex"), fresh.values.GetString("robot_regex"); got != want {
		t.Errorf("robot_regex is %q, want %q", got, want)
	}
}
