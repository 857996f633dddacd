package httpapi

import (
	"slices"
	"strings"
)

// A param is a parameter that counts once: its first value.
type param int

const (
	experiment param = iota
	clientID
	alternative
	force
	recordForce
	trafficFraction
	prefetch
	datetime
	userAgent
	ipAddress
	kpi
	value
	callback
	explain
)

var names = [...]string{
	experiment:      "experiment",
	clientID:        "client_id",
	alternative:     "alternative",
	force:           "force",
	recordForce:     "record_force",
	trafficFraction: "traffic_fraction",
	prefetch:        "prefetch",
	datetime:        "datetime",
	userAgent:       "user_agent",
	ipAddress:       "ip_address",
	kpi:             "kpi",
	value:           "value",
	callback:        "callback",
	explain:         "explain",
}

// paramOf returns the parameter with the given name, or -1.
func paramOf(name string) param { return param(slices.Index(names[:], name)) }

// query is the query string of a request, parsed as Sixpack parses it: there are no syntax
// errors.
type query struct {
	path         string // the experiment that the path names
	values       [len(names)]string
	given        uint32 // a bit for each param, also for an empty one
	alternatives []string
	few          [4]string // array of alternatives; few experiments have more
	weights      []string  // of alternatives, in their order
}

// parse parses a raw query string. Only '&' separates, '+' is a space, invalid escapes
// remain as they are, and a fragment is cut off.
func (q *query) parse(raw string) {
	raw, _, _ = strings.Cut(raw, "#")
	q.alternatives = q.few[:0]
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, v, _ := strings.Cut(pair, "=")
		name = unescape(name, true)
		switch name {
		case "alternatives":
			q.alternatives = append(q.alternatives, unescape(v, true))
		case "weights":
			q.weights = append(q.weights, unescape(v, true))
		default:
			if p := paramOf(name); p >= 0 && !q.has(p) {
				q.given |= 1 << p
				q.values[p] = unescape(v, true)
			}
		}
	}
}

func (q *query) get(p param) string { return q.values[p] }

func (q *query) has(p param) bool { return q.given&(1<<p) != 0 }

// is reports whether a boolean parameter is true.
func (q *query) is(p param) bool {
	v := q.values[p]
	return strings.EqualFold(v, "y") || strings.EqualFold(v, "yes") || strings.EqualFold(v, "true")
}

// unescape decodes percent escapes and, if plus, '+' for a space. It allocates
// only if there is something to decode.
func unescape(s string, plus bool) string {
	if strings.IndexByte(s, '%') < 0 && !(plus && strings.IndexByte(s, '+') >= 0) {
		return s
	}
	decoded := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+' && plus:
			decoded = append(decoded, ' ')
		case c == '%' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0:
			decoded = append(decoded, byte(hex(s[i+1])<<4|hex(s[i+2])))
			i += 2
		default:
			decoded = append(decoded, c)
		}
	}
	return string(decoded)
}

// hex returns the value of a hexadecimal digit, or -1.
func hex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	default:
		return -1
	}
}
