package dashboard

import (
	"net"
	"net/http"
	"net/netip"
)

const howToOpen = ` To open it to others, run "sixpack passwd" and put the line that it prints into the configuration.`

var (
	errHost = refusal{http.StatusForbidden, "This dashboard has no users yet, so that it answers on its own machine only, " +
		"by the names localhost, 127.0.0.1 and ::1." + howToOpen}
	errElsewhere = refusal{http.StatusForbidden, "This dashboard has no users yet, so that it answers to its own machine only." + howToOpen}
)

// local refuses requests that do not come from this machine to this machine. A
// page of a stranger can have its name mean 127.0.0.1, which is why the name
// counts; a proxy here can pass on what comes from elsewhere, which shows.
func local(r *http.Request) error {
	if !loopback(r.Host) {
		return errHost
	}
	if !loopback(r.RemoteAddr) {
		return errElsewhere
	}
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if len(r.Header.Values(header)) > 0 {
			return errElsewhere
		}
	}
	return nil
}

// loopback tells whether a host, with or without a port, is this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	} else if n := len(host); n > 1 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
