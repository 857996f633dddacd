package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/dashboard/access"
)

// What values of the configuration may be, beside the types that exist.
type (
	storeKind string // embedded, redis or memory
	algorithm string // hash, random or a bandit
	logFormat string // text or json
	directory string // not empty
	prefix    string // not empty
	number    int    // not negative
	seconds   time.Duration
	addresses []string // host:port

	proxyRole  string // viewer, editor or none
	webPrefix  string // like /a/b, or empty
	webAddress string // a URL, or empty

	zone       struct{ *time.Location }
	expression struct{ *regexp.Regexp }
	anyCase    struct{ *regexp.Regexp }
)

const (
	embedded storeKind = "embedded"
	inRedis  storeKind = "redis"
	inMemory storeKind = "memory"
	whiplash algorithm = "whiplash"
	jsonLog  logFormat = "json"
	noRole   proxyRole = "none"
)

// statsdServer is where metrics go, and what their names begin with.
type statsdServer struct {
	address string
	prefix  string // with a dot behind it, unless it is empty
}

// parsers turn the text of a value into the value. Their errors say what is
// allowed.
var parsers = map[reflect.Type]func(string) (any, error){
	reflect.TypeFor[bool]():          func(s string) (any, error) { return parseBool(s) },
	reflect.TypeFor[string]():        func(s string) (any, error) { return s, nil },
	reflect.TypeFor[uint16]():        func(s string) (any, error) { return parsePort(s) },
	reflect.TypeFor[time.Duration](): func(s string) (any, error) { return parseDuration(s) },
	reflect.TypeFor[zone]():          func(s string) (any, error) { return parseTimezone(s) },
	reflect.TypeFor[expression]():    func(s string) (any, error) { return parseRegexp(s) },
	reflect.TypeFor[anyCase]():       func(s string) (any, error) { return parseAnyCase(s) },
	reflect.TypeFor[directory]():     func(s string) (any, error) { return parseDirectory(s) },
	reflect.TypeFor[weights]():       func(s string) (any, error) { return parseWeights(s) },
	reflect.TypeFor[prefix]():        func(s string) (any, error) { return parsePrefix(s) },
	reflect.TypeFor[number]():        func(s string) (any, error) { return parseNumber(s) },
	reflect.TypeFor[seconds]():       func(s string) (any, error) { return parseSeconds(s) },
	reflect.TypeFor[slog.Level]():    func(s string) (any, error) { return parseLevel(s) },
	reflect.TypeFor[statsdServer]():  func(s string) (any, error) { return parseStatsD(s) },
	reflect.TypeFor[webPrefix]():     func(s string) (any, error) { return parseWebPrefix(s) },
	reflect.TypeFor[webAddress]():    func(s string) (any, error) { return parseWebAddress(s) },
	reflect.TypeFor[proxyRole]():     oneOf(proxyRole(access.Viewer), proxyRole(access.Editor), noRole),
	reflect.TypeFor[storeKind]():     oneOf(embedded, inRedis, inMemory),
	reflect.TypeFor[algorithm]():     oneOf("hash", "random", "thompson", whiplash, "whiplash-legacy", "epsilon-greedy"),
	reflect.TypeFor[logFormat]():     oneOf("text", jsonLog),
}

// parse turns a value, as a file, a variable or a flag gives it, into what its
// field in config takes.
func parse(_, to reflect.Type, value any) (any, error) {
	if to == reflect.TypeFor[config]() || to == reflect.TypeOf(value) {
		return value, nil
	}
	switch to {
	case reflect.TypeFor[[]netip.Prefix]():
		return parseNetworks(value)
	case reflect.TypeFor[addresses]():
		return parseAddresses(value)
	case reflect.TypeFor[[]access.User]():
		return parseUsers(value)
	case reflect.TypeFor[[]access.Token]():
		return parseTokens(value)
	case reflect.TypeFor[[]string]():
		return split(value), nil
	}
	parser, ok := parsers[to]
	if !ok {
		return nil, fmt.Errorf("values of type %v cannot be set", to)
	}
	if to == reflect.TypeFor[weights]() { // as a map it is none, or keepWeights had made it a text
		return parseWeights(fmt.Sprint(value))
	}
	switch value.(type) {
	case []any, map[string]any:
		return nil, errors.New("must be one value, not several")
	}
	return parser(fmt.Sprint(value))
}

func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "y", "yes", "true":
		return true, nil
	case "n", "no", "false", "off", "0":
		return false, nil
	default:
		return false, errors.New("must be y, yes, true, n, no, false, off or 0")
	}
}

// isYes tells whether s is a yes in YAML 1.1 that YAML 1.2 takes for a word and
// parseBool does not know.
func isYes(s string) bool { return s == "on" || s == "On" || s == "ON" }

func parsePort(s string) (uint16, error) {
	port, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, errors.New("must be a number from 0 to 65535")
	}
	return uint16(port), nil
}

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, errors.New("must be a duration above zero, such as 500ms, 5s or 2m")
	}
	return d, nil
}

func parseTimezone(s string) (zone, error) {
	location, err := time.LoadLocation(s)
	if err != nil || s == "" || s == "Local" { // what is local is for the operator to say
		return zone{}, errors.New("must be the name of a time zone, such as UTC or Europe/Berlin")
	}
	return zone{location}, nil
}

func parseRegexp(s string) (expression, error) {
	compiled, err := regexp.Compile(s)
	if err != nil {
		return expression{}, fmt.Errorf("must be a regular expression of RE2, which has no look-around and no "+
			"backreferences (https://github.com/google/re2/wiki/Syntax): %s",
			strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return expression{compiled}, nil
}

func parseAnyCase(s string) (anyCase, error) {
	if _, err := parseRegexp(s); err != nil { // so that it speaks of s as it was given
		return anyCase{}, err
	}
	e, err := parseRegexp("(?i)" + s)
	return anyCase(e), err
}

func parseDirectory(s string) (directory, error) {
	if s == "" {
		return "", errors.New("must be the path of a folder")
	}
	return directory(s), nil
}

func parsePrefix(s string) (prefix, error) {
	if s == "" {
		return "", errors.New("must not be empty")
	}
	return prefix(s), nil
}

func parseNumber(s string) (number, error) {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0, errors.New("must be a whole number, 0 or more")
	}
	return number(n), nil
}

// parseSeconds takes a number of seconds, as Sixpack 2 has it, or a duration.
func parseSeconds(s string) (seconds, error) {
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		s += "s"
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, errors.New("must be a number of seconds above zero, or a duration such as 500ms")
	}
	return seconds(d), nil
}

// parseAddresses takes a list, or a text with commas, of host:port, and Sixpack
// 2's lists of [host, port].
func parseAddresses(value any) (list addresses, err error) {
	items, ok := value.([]any)
	if !ok {
		items = []any{value}
	}
	for _, item := range items {
		texts := split(item)
		if pair, ok := item.([]any); ok && len(pair) == 2 && !strings.Contains(fmt.Sprint(pair[1]), ":") {
			texts = []string{net.JoinHostPort(fmt.Sprint(pair[0]), fmt.Sprint(pair[1]))}
		}
		for _, text := range texts {
			host, port, err := net.SplitHostPort(text)
			if _, bad := parsePort(port); err != nil || bad != nil || host == "" {
				return nil, fmt.Errorf("%q must be like host:6379", text)
			}
			list = append(list, text)
		}
	}
	return list, nil
}

func parseLevel(s string) (slog.Level, error) {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(s, level.String()) {
			return level, nil
		}
	}
	return 0, errors.New("must be debug, info, warn or error")
}

// parseStatsD takes udp://host:port/prefix/of/names.
func parseStatsD(s string) (statsdServer, error) {
	invalid := errors.New("must be like udp://localhost:8125/sixpack")
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "udp" || u.Hostname() == "" {
		return statsdServer{}, invalid
	}
	port := u.Port()
	if port == "" {
		port = "8125"
	}
	if _, err := parsePort(port); err != nil {
		return statsdServer{}, invalid
	}
	prefix := strings.ReplaceAll(strings.Trim(u.Path, "/"), "/", ".")
	if prefix != "" {
		prefix += "."
	}
	return statsdServer{address: net.JoinHostPort(u.Hostname(), port), prefix: prefix}, nil
}

// split returns the items of a list, or of a text with commas.
func split(value any) (items []string) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, item := range list {
		for part := range strings.SplitSeq(fmt.Sprint(item), ",") {
			if part = strings.TrimSpace(part); part != "" {
				items = append(items, part)
			}
		}
	}
	return items
}

func parseNetworks(value any) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range split(value) {
		network, err := parseNetwork(text)
		if err != nil {
			return nil, fmt.Errorf("%q must be an address or a network, such as 10.1.2.3, 10.0.0.0/8 or ::1", text)
		}
		networks = append(networks, network)
	}
	return networks, nil
}

func parseNetwork(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		network, err := netip.ParsePrefix(s)
		return network.Masked(), err
	}
	address, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	address = address.Unmap().WithZone("") // as the engine looks them up
	return netip.PrefixFrom(address, address.BitLen()), nil
}

// oneOf returns a parser that takes one of some words.
func oneOf[T ~string](words ...T) func(string) (any, error) {
	return func(s string) (any, error) {
		if slices.Contains(words, T(s)) {
			return T(s), nil
		}
		allowed := make([]string, len(words))
		for i, w := range words {
			allowed[i] = string(w)
		}
		return nil, errors.New("must be " + strings.Join(allowed, " or "))
	}
}
