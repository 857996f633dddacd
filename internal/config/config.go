// Package config is the configuration of the command sixpack: its keys, the flags
// and variables that set them, and the checks of what they are set to.
//
// [Config] declares each key once: a field with its type, a tag with its name,
// variable and default, and a comment with its meaning. config.yaml, which
// "sixpack help config" prints, is generated from it by a test:
//
//	go test ./internal/config -run TestReference -update
package config

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
)

//go:embed config.yaml
var reference string

// Reference returns the documented configuration file with all defaults.
func Reference() string { return reference }

// Config is the configuration in effect. The comments, which config.yaml repeats,
// are for operators.
type Config struct {
	// The configuration of sixpack: every key with its default and, in brackets, the environment variable
	// and the flag that set it.
	//
	// Name your file with --config FILE or SIXPACK_CONFIG. It needs only the keys that differ from here.
	// Sixpack 2's config.yml works as it is. Flags override variables, variables override the file.
	// "sixpack check-config" prints the values in effect and where each comes from.
	//
	// A yes or no is one of y, yes, true, n, no, false, off and 0, in upper or lower case.
	// A duration is a number with a unit: 500ms, 5s, 2m, 72h.
	// A list is a YAML list, or one text with commas: 10.0.0.0/8, ::1.

	// ---- Listening

	// Address on which the API listens. Empty means all addresses of this machine, as in Sixpack 2. The API
	// has no password, because visitors' browsers call it.
	Host string `key:"host"`
	// Port of the API. 0 takes any free port.
	Port Port `key:"port" default:"5000"`

	// Address on which the dashboard listens. If other machines can reach it, the server starts only if
	// users, tokens or proxy_header is set.
	WebHost string `key:"web_host" default:"127.0.0.1"`
	// Port of the dashboard. 0 takes any free port.
	WebPort Port `key:"web_port" default:"5001"`

	// ---- Data

	// Where experiments are stored. embedded: in the file sixpack.db in data_dir. redis: in Redis; setting
	// any of the redis_ keys selects it. memory: nowhere; all data is lost when the server stops.
	Store Store `key:"store" default:"embedded" values:"embedded,redis,memory"`

	// Folder of the embedded store. It is created if it does not exist. Only one server at a time can use it.
	DataDir Folder `key:"data_dir" default:"./sixpack-data"`

	// Timeout of the store, after which a request is answered with 503. With Redis, redis_socket_timeout
	// applies too.
	StoreTimeout Duration `key:"store_timeout" default:"5s"`

	// ---- Experiments

	// no: everyone gets the control, and nothing is recorded.
	Enabled bool `key:"enabled" env:"SIXPACK_CONFIG_ENABLED" default:"yes"`

	// How participants get their alternative, unless the experiment sets its own algorithm.
	// hash: by a hash of the client id, as in Sixpack 2, so that retries and all servers agree.
	// random: drawn once per client, as in Sixpack 1.
	// The others are bandits, which send more new participants to the alternatives that convert better:
	// thompson (recommended), epsilon-greedy (for comparison), whiplash (as Sixpack 1 intended it),
	// whiplash-legacy (as Sixpack 1 implemented it, which hardly learns). Bandits learn from the primary KPI,
	// from participants older than bandit_window, once each alternative has 100 of them. Participants keep
	// their alternative. A bandit earns more conversions while it runs; an equal split tells you more.
	Algorithm Algorithm `key:"algorithm" default:"hash" values:"hash,random,thompson,whiplash,whiplash-legacy,epsilon-greedy"`

	// yes: the same as algorithm: whiplash, for configuration files of Sixpack 1.
	EnableWhiplash bool `key:"enable_whiplash" env:"SIXPACK_CONFIG_WHIPLASH" default:"no"`

	// How long participants have to convert before bandits learn from them. Set it so that most participants
	// who convert have converted by then, such as 72h. If it is too short, bandits favor alternatives that
	// convert quickly. Use the same value for all servers that share a Redis.
	BanditWindow Duration `key:"bandit_window" default:"24h"`

	// Bandits learn from this many of the most recent participants, such as 100000 if what works changes with
	// the seasons. 0 means all.
	BanditMemory Number `key:"bandit_memory" default:"0"`

	// Shares of new participants per alternative, for experiments whose calls do not set them. Weights have
	// any scale and name all alternatives: {button-color: {red: 9, blue: 1}}, on one line or on several.
	// Without weights, all shares are equal. When weights change, new participants are split by the new ones
	// and existing participants keep their alternative.
	Weights Weights `key:"weights,noflag"`

	// Time zone in which days begin and end, by its name, such as Europe/Berlin. A change does not move days
	// that are already counted.
	Timezone Zone `key:"timezone" default:"UTC"`

	// Regular expression (RE2) for the names of new experiments. Widen it for names such as home.header:
	// ^[A-Za-z0-9][A-Za-z0-9_. -]*$.
	ExperimentName Regexp `key:"experiment_name_regex" default:"^[A-Za-z0-9][A-Za-z0-9_ -]*$"`

	// ---- Visitors who are not counted

	// Case-insensitive regular expression that identifies robots by the user agent that the client passes on.
	// The syntax is RE2's, which has no look-around and no backreferences.
	Robots Regexp `key:"robot_regex" env:"SIXPACK_CONFIG_ROBOT_REGEX" default:"$^|trivial|facebook|MetaURI|butterfly|google|amazon|goldfire|sleuth|xenu|msnbot|SiteUptime|Slurp|WordPress|ZIBB|ZyBorg|pingdom|bot|yahoo|slurp|java|fetch|spider|url|crawl|oneriot|abby|commentreader|twiceler"`

	// IP addresses and networks of visitors to ignore, such as your own: a list of IPv4 and IPv6, as in
	// 10.0.0.0/8, ::1.
	Ignored Networks `key:"ignored_ip_addresses" env:"SIXPACK_CONFIG_IGNORE_IPS"`

	// ---- Browsers (CORS)

	// Origins whose pages may call the API: * for all, or a list in which * stands for anything, as in
	// https://*.example.com.
	CORSOrigins List `key:"cors_origin" default:"*"`
	// Value of the header Access-Control-Allow-Headers.
	CORSHeaders string `key:"cors_headers" default:"Origin, ..."`
	// Value of the header Access-Control-Allow-Credentials. yes lets pages send cookies, which the API ignores.
	CORSCredentials bool `key:"cors_credentials" default:"yes"`
	// Value of the header Access-Control-Allow-Methods.
	CORSMethods string `key:"cors_methods" default:"GET"`
	// Value of the header Access-Control-Expose-Headers.
	CORSExposeHeaders string `key:"cors_expose_headers" default:"..."`

	// ---- Logs and metrics

	// Least severe level to log: debug, info, warn or error. The log goes to standard error.
	LogLevel LogLevel `key:"log_level" default:"info" values:"debug,info,warn,error"`
	// text, or json: one JSON object per line.
	LogFormat LogFormat `key:"log_format" default:"text" values:"text,json"`
	// yes: log each request to the API. The line has the URL, which contains the client id.
	AccessLog bool `key:"access_log" default:"no"`
	// yes: the same as log_level: debug.
	Debug bool `key:"debug" default:"no"`

	// yes: send the number and duration of requests to the StatsD server statsd_url.
	Metrics bool `key:"metrics" default:"no"`
	// StatsD server, such as udp://localhost:8125/ab. The path is the prefix of the metrics, with "." for "/".
	// Metrics are sent by UDP; what the server does not receive is lost.
	StatsD StatsD `key:"statsd_url" env:"STATSD_URL" default:"udp://localhost:8125/sixpack"`

	// ---- Stopping

	// How long a stopping server lets requests under way finish before it cuts them off. Docker kills a
	// container after 10s.
	ShutdownTimeout Duration `key:"shutdown_timeout" default:"8s"`

	// ---- Redis, for several servers that share their data. Valkey works the same. Setting any of the redis_
	// keys selects the store redis. Their variables count only if they are not empty.

	// Everything in one URL: redis://user:password@host:6379/0?prefix=sxp, or rediss: for TLS, or
	// unix:///path?db=0 for a socket. Several &addr=host:port make it a cluster, with &master_set=name they are
	// sentinels. Without a database, it is 0. There is no flag, nor are there for the passwords, because
	// other users of this machine can see the flags of a program.
	RedisURL string `key:"redis_url,secret" env:"SIXPACK_CONFIG_REDIS_URL"`

	// Host of a single server.
	RedisHost string `key:"redis_host" env:"SIXPACK_CONFIG_REDIS_HOST" default:"localhost"`
	// Port of a single server.
	RedisPort Port `key:"redis_port" env:"SIXPACK_CONFIG_REDIS_PORT" default:"6379"`
	// Unix socket of a single server, in place of its host and port.
	RedisSocket Path `key:"redis_unix_socket" env:"SIXPACK_CONFIG_REDIS_UNIX_SOCKET"`

	// ACL user. Leave it empty if the server has only a password.
	RedisUsername string `key:"redis_username" env:"SIXPACK_CONFIG_REDIS_USERNAME"`
	// Password of the ACL user, or of the server.
	RedisPassword string `key:"redis_password,secret" env:"SIXPACK_CONFIG_REDIS_PASSWORD"`

	// Number of the database. The default is Sixpack 2's; both can use the same database.
	RedisDB Number `key:"redis_db" env:"SIXPACK_CONFIG_REDIS_DB" default:"15"`
	// Prefix of all keys. The default is Sixpack 2's; both can use the same prefix. If you change it, the
	// server no longer sees the experiments under the old prefix.
	RedisPrefix Prefix `key:"redis_prefix" env:"SIXPACK_CONFIG_REDIS_PREFIX" default:"sxp"`

	// Timeout of a call to Redis, after which the request is answered with 503: seconds, such as 0.5, or a
	// duration, such as 500ms.
	RedisTimeout Seconds `key:"redis_socket_timeout" env:"SIXPACK_CONFIG_REDIS_SOCKET_TIMEOUT" default:"2"`

	// Maximum number of shared connections to each Redis server, and of additional connections that
	// redis_wait_replicas needs. 0 means the default: GOMAXPROCS up to 4 (1 per cluster node) shared, 1024
	// additional ones.
	RedisConnections Number `key:"redis_max_connections" env:"SIXPACK_CONFIG_REDIS_MAX_CONNECTIONS" default:"0"`

	// Sentinels: a list of host:port, or of [host, port] as in Sixpack 2.
	RedisSentinels Addresses `key:"redis_sentinels" env:"SIXPACK_CONFIG_REDIS_SENTINELS"`
	// Name by which the sentinels know the primary. Required with redis_sentinels.
	RedisService string `key:"redis_sentinel_service_name" env:"SIXPACK_CONFIG_REDIS_SENTINEL_SERVICE_NAME"`
	// ACL user of the sentinels themselves.
	RedisSentinelUsername string `key:"redis_sentinel_username" env:"SIXPACK_CONFIG_REDIS_SENTINEL_USERNAME"`
	// Password of the sentinels themselves.
	RedisSentinelPassword string `key:"redis_sentinel_password,secret" env:"SIXPACK_CONFIG_REDIS_SENTINEL_PASSWORD"`

	// Number of replicas that must acknowledge a write before the request is answered. 0: a failover can lose
	// the last acknowledged writes. All replicas: a failover loses nothing, but while one of them is down,
	// requests are answered with 503. Fewer: a failover to a replica that missed writes loses them.
	RedisWaitReplicas Number `key:"redis_wait_replicas" env:"SIXPACK_CONFIG_REDIS_WAIT_REPLICAS" default:"0"`

	// Some nodes of a cluster: a list of host:port. A cluster has only database 0.
	RedisCluster Addresses `key:"redis_cluster" env:"SIXPACK_CONFIG_REDIS_CLUSTER"`

	// yes: encrypt connections with TLS. Without it, passwords and data are sent in plain text.
	RedisTLS bool `key:"redis_tls" env:"SIXPACK_CONFIG_REDIS_TLS" default:"no"`
	// PEM file with CA certificates. If it is set, only these CAs are trusted; the system pool is not used.
	RedisCA Path `key:"redis_tls_ca" env:"SIXPACK_CONFIG_REDIS_TLS_CA"`
	// PEM file with the client certificate. Requires redis_tls_key.
	RedisCert Path `key:"redis_tls_cert" env:"SIXPACK_CONFIG_REDIS_TLS_CERT"`
	// PEM file with the private key of the client certificate.
	RedisKey Path `key:"redis_tls_key" env:"SIXPACK_CONFIG_REDIS_TLS_KEY"`
	// Name in the server's certificate, if it is not the host name.
	RedisServerName string `key:"redis_tls_server_name" env:"SIXPACK_CONFIG_REDIS_TLS_SERVER_NAME"`

	// yes: start with an empty store even though Sixpack 2 data exists under the prefix, which would reassign
	// every visitor. Otherwise the server refuses to start; "sixpack import" takes the data over.
	IgnoreSixpackData bool `key:"ignore_sixpack_data" default:"no"`

	// ---- Access to the dashboard. If users, tokens and proxy_header are all empty, everyone on this machine
	// has full access, and other machines have none.

	// People who log in with a password: a list of the lines that "sixpack passwd" prints, or of
	// name:role:hash. Viewers have read-only access, editors can change everything.
	Users Users `key:"users,secret" env:"SIXPACK_USERS"`

	// Programs: the same, from "sixpack passwd --token". They send the header "Authorization: Bearer TOKEN".
	Tokens Tokens `key:"tokens,secret" env:"SIXPACK_TOKENS"`

	// Header in which a single sign-on proxy sends the name of the user. The proxy must remove this header
	// from visitors' requests. Requires proxy_from. Users named by it need no hash in users.
	ProxyHeader string `key:"proxy_header"`
	// IP addresses and networks of the proxy. proxy_header is trusted only from these addresses.
	ProxyFrom Networks `key:"proxy_from"`
	// Role of users that the proxy names but users does not list: viewer, editor or none.
	ProxyRole ProxyRole `key:"proxy_role" default:"viewer" values:"viewer,editor,none"`

	// Forwarded headers (X-Forwarded-For, -Proto and -Host) are trusted only from proxy_from. yes: trust them
	// from any address; use it only if clients cannot bypass the proxy.
	ProxyFix bool `key:"proxy_fix" default:"no"`

	// Secret that signs sessions and forms, at least 16 characters. If it is empty, a random secret is used:
	// the embedded store keeps it in the file sixpack.secret; with other stores it is new at each start, so
	// that everyone has to log in again, and it differs between servers.
	SecretKey string `key:"secret_key,secret" env:"SIXPACK_CONFIG_SECRET"`

	// yes: accept forms without a CSRF token, as scripts send them. Browsers' requests from other sites are
	// refused even so.
	CSRFDisable bool `key:"csrf_disable" env:"SIXPACK_CONFIG_CSRF_DISABLE" default:"no"`

	// URL prefix of the dashboard, such as /ab. A proxy in front must not strip it.
	WebPrefix WebPrefix `key:"web_prefix"`

	// URL of the API as the dashboard shows it to developers, such as https://ab.example.com. If it is empty,
	// the dashboard shows its own host name with the API's port.
	APIURL WebAddress `key:"api_url"`

	// Folder of assets in Sixpack 2. It has no effect, because the program contains the assets.
	AssetPath string `key:"asset_path" env:"SIXPACK_CONFIG_ASSET_PATH" default:"gen" inert:"the assets are in the program"`
}

// Engine returns the configuration of the engine.
func (c *Config) Engine() sixpack.Config {
	chosen := c.Algorithm
	if c.EnableWhiplash {
		chosen = whiplash
	}
	return sixpack.Config{
		Disabled:       !c.Enabled,
		Algorithm:      string(chosen),
		Bandit:         sixpack.BanditSchedule{Window: c.BanditWindow.Duration, Memory: int64(c.BanditMemory)},
		Weights:        c.Weights,
		Location:       c.Timezone.Location,
		Robots:         regexp.MustCompile("(?i)" + c.Robots.String()),
		Ignored:        c.Ignored,
		ExperimentName: c.ExperimentName.Regexp,
	}
}

// CORS returns the headers that let pages call the API.
func (c *Config) CORS() httpapi.CORS {
	return httpapi.CORS{
		Origins:       c.CORSOrigins,
		Headers:       c.CORSHeaders,
		Credentials:   strconv.FormatBool(c.CORSCredentials),
		Methods:       c.CORSMethods,
		ExposeHeaders: c.CORSExposeHeaders,
	}
}

// DataFileName is the name of the embedded store's file in its folder.
const DataFileName = "sixpack.db"

// DataFile returns the path of the embedded store's file.
func (c *Config) DataFile() string { return filepath.Join(string(c.DataDir), DataFileName) }

// Where returns where the data is, for people.
func (c *Config) Where() string {
	switch c.Store {
	case StoreMemory:
		return "in memory only"
	case StoreRedis:
		option, prefix, err := c.Redis("")
		if err != nil {
			return "Redis"
		}
		return fmt.Sprintf("Redis at %s, prefix %s", ShowRedis(option), prefix)
	case StoreEmbedded:
	}
	if path, err := filepath.Abs(c.DataFile()); err == nil {
		return path
	}
	return c.DataFile()
}
