package dashboard

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// trusts tells whether an address is that of the proxy.
func (p Proxy) trusts(address netip.Addr) bool {
	return address.IsValid() && slices.ContainsFunc(p.From, func(n netip.Prefix) bool { return n.Contains(address) })
}

// locate notes where a request comes from, and by what name it asked for us: the
// proxy knows, if it comes by the proxy.
func (d *dashboard) locate(r *http.Request) *http.Request {
	peer := addressOf(r.RemoteAddr)
	o := origin{peer, r.TLS != nil}
	host := r.Host
	if d.Access.Configured() && (d.Access.Proxy.Only || d.Access.Proxy.trusts(peer)) {
		o.address = d.Access.Proxy.client(peer, r.Header)
		if proto := last(r.Header, "X-Forwarded-Proto"); proto != "" {
			o.https = strings.EqualFold(proto, "https")
		}
		if name := last(r.Header, "X-Forwarded-Host"); name != "" {
			host = name
		}
	}
	r = r.WithContext(context.WithValue(r.Context(), originKey{}, o))
	r.Host = host
	return r
}

// client returns the address of who asked the proxy: the last one in
// X-Forwarded-For that is not a proxy's, as what stands before it anyone can
// write.
func (p Proxy) client(peer netip.Addr, h http.Header) netip.Addr {
	chain := strings.Split(strings.Join(h.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(chain) {
		address := addressOf(strings.TrimSpace(text))
		if !address.IsValid() {
			return peer
		}
		if peer = address; !p.trusts(address) {
			return address
		}
	}
	return peer
}

// last returns the last of the values in a header, which the nearest proxy put
// there.
func last(h http.Header, name string) string {
	values := h.Values(name)
	if len(values) == 0 {
		return ""
	}
	text := values[len(values)-1]
	return strings.TrimSpace(text[strings.LastIndex(text, ",")+1:])
}

// addressOf returns the address in a text that may have a port, the zero one if
// there is none.
func addressOf(text string) netip.Addr {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// proxied returns whom the proxy says that a request is from. A header that is
// there twice is not to be believed: one of them is a visitor's.
func (d *dashboard) proxied(r *http.Request) (name string, ok bool) {
	proxy := d.Access.Proxy
	if proxy.Header == "" || !proxy.trusts(addressOf(r.RemoteAddr)) {
		return "", false
	}
	values := r.Header.Values(proxy.Header)
	if len(values) != 1 || !validName(values[0]) {
		return "", false
	}
	return values[0], true
}

func (d *dashboard) proxiedRole(name string) Role {
	if user, ok := d.Access.user(name); ok {
		return user.Role
	}
	return d.Access.Proxy.Role
}
