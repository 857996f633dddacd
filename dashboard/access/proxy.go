package access

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// trusts reports whether an address belongs to the proxy.
func (p Proxy) trusts(address netip.Addr) bool {
	return address.IsValid() && slices.ContainsFunc(p.From, func(n netip.Prefix) bool { return n.Contains(address) })
}

// user returns the user that the proxy names. A header that occurs twice is not
// trusted: one of the two is the client's.
func (p Proxy) user(r *http.Request) (name string, ok bool) {
	if p.Header == "" || !p.trusts(parseAddress(r.RemoteAddr)) {
		return "", false
	}
	values := r.Header.Values(p.Header)
	if len(values) != 1 || !validName(values[0]) {
		return "", false
	}
	return values[0], true
}

// origin is where a request comes from, as far as that can be trusted.
type origin struct {
	address netip.Addr
	https   bool
}

type originKey struct{}

// originOf returns where a request comes from.
func originOf(r *http.Request) origin {
	o, _ := r.Context().Value(originKey{}).(origin)
	return o
}

// locate returns r with its origin, and with the Host that the client asked for.
// Behind the proxy, both are taken from X-Forwarded headers.
func (g *Guard) locate(r *http.Request) *http.Request {
	peer := parseAddress(r.RemoteAddr)
	o := origin{peer, r.TLS != nil}
	host := r.Host
	if proxy := g.options.Proxy; g.options.Configured() && (proxy.FromAnywhere || proxy.trusts(peer)) {
		o.address = proxy.client(peer, r.Header)
		if proto := lastValue(r.Header, "X-Forwarded-Proto"); proto != "" {
			o.https = strings.EqualFold(proto, "https")
		}
		if name := lastValue(r.Header, "X-Forwarded-Host"); name != "" {
			host = name
		}
	}
	r = r.WithContext(context.WithValue(r.Context(), originKey{}, o))
	r.Host = host
	return r
}

// client returns the address of the client: the last address in X-Forwarded-For
// that is not a proxy's. What precedes it can be forged.
func (p Proxy) client(peer netip.Addr, h http.Header) netip.Addr {
	chain := strings.Split(strings.Join(h.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(chain) {
		address := parseAddress(strings.TrimSpace(text))
		if !address.IsValid() {
			return peer
		}
		if peer = address; !p.trusts(address) {
			return address
		}
	}
	return peer
}

// lastValue returns the last value in a header, which the nearest proxy added.
func lastValue(h http.Header, name string) string {
	values := h.Values(name)
	if len(values) == 0 {
		return ""
	}
	text := values[len(values)-1]
	return strings.TrimSpace(text[strings.LastIndex(text, ",")+1:])
}

// parseAddress returns the address in a text, which may have a port. It returns
// the zero address if there is none.
func parseAddress(text string) netip.Addr {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}
