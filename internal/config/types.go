package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/dashboard/access"
)

// The types of values. Each parses its text with UnmarshalText, or also lists and
// maps with unmarshalValue. Their errors name the allowed values.
type (
	// Port is the number of a port. 0 means any free port.
	Port uint16
	// Number is 0 or more.
	Number int
	// Duration is above 0.
	Duration struct{ time.Duration }
	// Seconds is above 0, given as a number of seconds or as a duration.
	Seconds struct{ time.Duration }
	// Path is the path of a file, or empty.
	Path string
	// Folder is the path of a folder, not empty.
	Folder string
	// Prefix is a prefix of keys, not empty.
	Prefix string
	// Regexp is a regular expression, never nil.
	Regexp struct{ *regexp.Regexp }
	// Zone is a time zone with a name, never nil.
	Zone struct{ *time.Location }
	// StatsD is a server's host:port and the prefix of metrics, empty or with a dot at its end.
	StatsD struct{ Addr, Prefix string }
	// WebPrefix is like /a/b, or empty.
	WebPrefix string
	// WebAddress is a URL without a slash at the end, or empty.
	WebAddress string
	// LogLevel is the least severe level that is logged.
	LogLevel slog.Level

	// Store is a kind of store.
	Store string
	// Algorithm is the name of an algorithm of the engine.
	Algorithm string
	// LogFormat is the format of the log.
	LogFormat string
	// ProxyRole is the role of users that only the proxy knows.
	ProxyRole string

	// List is a list of texts, which are not empty.
	List []string
	// Addresses is a list of host:port.
	Addresses []string
	// Networks is a list of networks.
	Networks []netip.Prefix
	// Users are the users of the dashboard.
	Users []access.User
	// Tokens are the tokens of programs.
	Tokens []access.Token
)

// Values of keys that the program must know; [Config] lists all of them.
const (
	StoreEmbedded Store     = "embedded"
	StoreRedis    Store     = "redis"
	StoreMemory   Store     = "memory"
	LogJSON       LogFormat = "json"

	whiplash Algorithm = "whiplash"
	noRole   ProxyRole = "none"
)

// structured is implemented by types whose values may be lists or maps.
type structured interface{ unmarshalValue(value any) error }

// prepare is a decode hook that unmarshals booleans and structured types, and turns
// the value for any other type into text.
func prepare(_, to reflect.Type, value any) (any, error) {
	if to == reflect.TypeFor[Config]() || to == reflect.TypeOf(value) {
		return value, nil
	}
	target := reflect.New(to)
	if s, ok := reflect.TypeAssert[structured](target); ok {
		err := s.unmarshalValue(value)
		return target.Elem().Interface(), err
	}
	if !isScalar(value) {
		return nil, errors.New("must be one value, not several")
	}
	if to.Kind() == reflect.Bool {
		return parseBool(fmt.Sprint(value))
	}
	return fmt.Sprint(value), nil
}

// isScalar reports whether value is one value, not a list or map.
func isScalar(value any) bool {
	switch value.(type) {
	case []any, map[string]any:
		return false
	}
	return true
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

// isYAML11Yes reports whether s means yes in YAML 1.1, as in Sixpack 2's files,
// but is a string in YAML 1.2 that parseBool does not accept.
func isYAML11Yes(s string) bool { return s == "on" || s == "On" || s == "ON" }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (p *Port) UnmarshalText(text []byte) error {
	port, err := strconv.ParseUint(string(text), 10, 16)
	if err != nil {
		return errors.New("must be a number from 0 to 65535")
	}
	*p = Port(port)
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (n *Number) UnmarshalText(text []byte) error {
	x, err := strconv.ParseUint(string(text), 10, 31)
	if err != nil {
		return errors.New("must be a whole number, 0 or more")
	}
	*n = Number(x)
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) (err error) {
	if d.Duration, err = time.ParseDuration(string(text)); err != nil || d.Duration <= 0 {
		return errors.New("must be a duration above zero, such as 500ms, 5s or 2m")
	}
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Seconds) UnmarshalText(text []byte) (err error) {
	unit := ""
	if _, err := strconv.ParseFloat(string(text), 64); err == nil {
		unit = "s"
	}
	if s.Duration, err = time.ParseDuration(string(text) + unit); err != nil || s.Duration <= 0 {
		return errors.New("must be a number of seconds above zero, or a duration such as 500ms")
	}
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *Folder) UnmarshalText(text []byte) error {
	if *f = Folder(text); *f == "" {
		return errors.New("must be the path of a folder")
	}
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (p *Prefix) UnmarshalText(text []byte) error {
	if *p = Prefix(text); *p == "" {
		return errors.New("must not be empty")
	}
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *Regexp) UnmarshalText(text []byte) (err error) {
	if r.Regexp, err = regexp.Compile(string(text)); err != nil {
		return fmt.Errorf("must be a regular expression of RE2, which has no look-around and no "+
			"backreferences (https://github.com/google/re2/wiki/Syntax): %s",
			strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (z *Zone) UnmarshalText(text []byte) (err error) {
	// Local would be another zone on each machine.
	if z.Location, err = time.LoadLocation(string(text)); err != nil || len(text) == 0 || string(text) == "Local" {
		return errors.New("must be the name of a time zone, such as UTC or Europe/Berlin")
	}
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]. The text is like
// udp://host:port/prefix/of/names.
func (s *StatsD) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.Scheme != "udp" || u.Hostname() == "" || u.Port() != "" && new(Port).UnmarshalText([]byte(u.Port())) != nil {
		return errors.New("must be like udp://localhost:8125/sixpack")
	}
	s.Addr = net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "8125"))
	if s.Prefix = strings.ReplaceAll(strings.Trim(u.Path, "/"), "/", "."); s.Prefix != "" {
		s.Prefix += "."
	}
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (p *WebPrefix) UnmarshalText(text []byte) error {
	s := strings.TrimRight(string(text), "/")
	if s != "" && (s[0] != '/' || path.Clean(s) != s || (&url.URL{Path: s}).EscapedPath() != s || strings.ContainsAny(s, "{}")) {
		return errors.New("must be a path like /ab")
	}
	*p = WebPrefix(s)
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *WebAddress) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if len(text) > 0 && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil) {
		return errors.New("must be like https://ab.example.com")
	}
	*a = WebAddress(strings.TrimRight(string(text), "/"))
	return nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (l *LogLevel) UnmarshalText(text []byte) error {
	if err := (*slog.Level)(l).UnmarshalText(text); err != nil || bytes.ContainsAny(text, "+-") { // as in INFO+1
		return errors.New("must be debug, info, warn or error")
	}
	return nil
}

func (l *List) unmarshalValue(value any) error { //nolint:unparam // for the interface
	*l = split(value)
	return nil
}

// split returns the items of a list, or of a text with commas.
func split(value any) (items []string) {
	for _, item := range itemsOf(value) {
		for part := range strings.SplitSeq(fmt.Sprint(item), ",") {
			if part = strings.TrimSpace(part); part != "" {
				items = append(items, part)
			}
		}
	}
	return items
}

// itemsOf returns the items of a list, or the one value that is no list.
func itemsOf(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// unmarshalValue takes host:port, and also [host, port] as Sixpack 2 has it.
func (a *Addresses) unmarshalValue(value any) error {
	for _, item := range itemsOf(value) {
		texts := split(item)
		if pair, ok := item.([]any); ok && len(pair) == 2 && !strings.Contains(fmt.Sprint(pair[1]), ":") {
			texts = []string{net.JoinHostPort(fmt.Sprint(pair[0]), fmt.Sprint(pair[1]))}
		}
		for _, text := range texts {
			host, port, err := net.SplitHostPort(text)
			if err != nil || host == "" || new(Port).UnmarshalText([]byte(port)) != nil {
				return fmt.Errorf("%q must be like host:6379", text)
			}
			*a = append(*a, text)
		}
	}
	return nil
}

func (n *Networks) unmarshalValue(value any) error {
	for _, text := range split(value) {
		network, err := parseNetwork(text)
		if err != nil {
			return fmt.Errorf("%q must be an address or a network, such as 10.1.2.3, 10.0.0.0/8 or ::1", text)
		}
		*n = append(*n, network)
	}
	return nil
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
