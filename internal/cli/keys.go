package cli

import (
	"cmp"
	"slices"
	"strings"
)

// key is one key of the configuration. What it means and what it is by default
// is in config.yaml.
type key struct {
	name   string
	env    string // its variable, where that is not SIXPACK_ and the name
	secret bool   // never shown, and no flag
	inert  string // why setting it changes nothing

	flagless bool // as its flag is another's
}

// keys are all keys, in the order of config.yaml.
var keys = []key{
	{name: "host"},
	{name: "port"},
	{name: "web_host"},
	{name: "web_port"},
	{name: "store"},
	{name: "data_dir"},
	{name: "store_timeout"},
	{name: "enabled", env: "SIXPACK_CONFIG_ENABLED"},
	{name: "algorithm"},
	{name: "enable_whiplash", env: "SIXPACK_CONFIG_WHIPLASH"},
	{name: "bandit_window"},
	{name: "bandit_memory"},
	{name: "weights", flagless: true},
	{name: "timezone"},
	{name: "experiment_name_regex"},
	{name: "robot_regex", env: "SIXPACK_CONFIG_ROBOT_REGEX"},
	{name: "ignored_ip_addresses", env: "SIXPACK_CONFIG_IGNORE_IPS"},
	{name: "cors_origin"},
	{name: "cors_headers"},
	{name: "cors_credentials"},
	{name: "cors_methods"},
	{name: "cors_expose_headers"},
	{name: "log_level"},
	{name: "log_format"},
	{name: "access_log"},
	{name: "debug"},
	{name: "metrics"},
	{name: "statsd_url", env: "STATSD_URL"},
	{name: "shutdown_timeout"},
	{name: "redis_url", env: "SIXPACK_CONFIG_REDIS_URL", secret: true},
	{name: "redis_host", env: "SIXPACK_CONFIG_REDIS_HOST"},
	{name: "redis_port", env: "SIXPACK_CONFIG_REDIS_PORT"},
	{name: "redis_unix_socket", env: "SIXPACK_CONFIG_REDIS_UNIX_SOCKET"},
	{name: "redis_username", env: "SIXPACK_CONFIG_REDIS_USERNAME"},
	{name: "redis_password", env: "SIXPACK_CONFIG_REDIS_PASSWORD", secret: true},
	{name: "redis_db", env: "SIXPACK_CONFIG_REDIS_DB"},
	{name: "redis_prefix", env: "SIXPACK_CONFIG_REDIS_PREFIX"},
	{name: "redis_socket_timeout", env: "SIXPACK_CONFIG_REDIS_SOCKET_TIMEOUT"},
	{name: "redis_max_connections", env: "SIXPACK_CONFIG_REDIS_MAX_CONNECTIONS"},
	{name: "redis_sentinels", env: "SIXPACK_CONFIG_REDIS_SENTINELS"},
	{name: "redis_sentinel_service_name", env: "SIXPACK_CONFIG_REDIS_SENTINEL_SERVICE_NAME"},
	{name: "redis_sentinel_username", env: "SIXPACK_CONFIG_REDIS_SENTINEL_USERNAME"},
	{name: "redis_sentinel_password", env: "SIXPACK_CONFIG_REDIS_SENTINEL_PASSWORD", secret: true},
	{name: "redis_wait_replicas", env: "SIXPACK_CONFIG_REDIS_WAIT_REPLICAS"},
	{name: "redis_cluster", env: "SIXPACK_CONFIG_REDIS_CLUSTER"},
	{name: "redis_tls", env: "SIXPACK_CONFIG_REDIS_TLS"},
	{name: "redis_tls_ca", env: "SIXPACK_CONFIG_REDIS_TLS_CA"},
	{name: "redis_tls_cert", env: "SIXPACK_CONFIG_REDIS_TLS_CERT"},
	{name: "redis_tls_key", env: "SIXPACK_CONFIG_REDIS_TLS_KEY"},
	{name: "redis_tls_server_name", env: "SIXPACK_CONFIG_REDIS_TLS_SERVER_NAME"},
	{name: "ignore_sixpack_data"},
	{name: "users", secret: true},
	{name: "tokens", secret: true},
	{name: "proxy_header"},
	{name: "proxy_from"},
	{name: "proxy_role"},
	{name: "proxy_fix"},
	{name: "secret_key", env: "SIXPACK_CONFIG_SECRET", secret: true},
	{name: "csrf_disable", env: "SIXPACK_CONFIG_CSRF_DISABLE"},
	{name: "web_prefix"},
	{name: "api_url"},
	{name: "asset_path", env: "SIXPACK_CONFIG_ASSET_PATH", inert: "the assets are in the program"},
}

// retiredKeys are in the configuration files of Sixpack 1, which ignored some
// of them itself.
var retiredKeys = []string{
	"full_response", "disable_whiplash", "control_on_db_failure", "allow_multiple_experiments",
}

func (k key) variable() string {
	return cmp.Or(k.env, "SIXPACK_"+strings.ToUpper(k.name))
}

// hasFlag tells whether the key is a flag too.
func (k key) hasFlag() bool { return !k.secret && !k.flagless }

func (k key) flag() string { return strings.ReplaceAll(k.name, "_", "-") }

// redis tells whether to set the key is to select the Redis store.
func (k key) redis() bool { return strings.HasPrefix(k.name, "redis_") }

func findKey(name string) (key, bool) {
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
	if i < 0 {
		return key{}, false
	}
	return keys[i], true
}

// knownNames are the keys that a file may have.
func knownNames() []string {
	names := slices.Clone(retiredKeys)
	for _, k := range keys {
		names = append(names, k.name)
	}
	return names
}

// knownVariables are the variables that mean something to this program.
func knownVariables() []string {
	variables := []string{configVariable}
	for _, k := range keys {
		variables = append(variables, k.variable())
	}
	return variables
}

// nearest returns the known word that is most like the given one, and the
// number of letters in which they differ.
func nearest(word string, known []string) (best string, distance int) {
	distance = len(word)
	for _, k := range known {
		if d := editDistance(word, k); d < distance {
			best, distance = k, d
		}
	}
	return best, distance
}

// didYouMean ends a message about an unknown word with what may be meant.
func didYouMean(word string, known []string) string {
	best, distance := nearest(word, known)
	if distance > max(2, len(word)/3) {
		return ""
	}
	return ": did you mean " + best + "?"
}

// editDistance is the number of letters to insert, delete, replace or swap with
// their neighbor to turn a into b.
func editDistance(a, b string) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			replace := row[j]
			if a[i] != b[j] {
				replace++
			}
			next[j+1] = min(replace, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
