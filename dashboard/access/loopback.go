package access

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

const howToOpen = ` To give others access, run "sixpack passwd" and add the line that it prints to the configuration.`

var (
	errHost = reply.Refuse(http.StatusForbidden, "This dashboard has no users yet, so it can be opened only on its own machine, "+
		"as localhost, 127.0.0.1 or ::1."+howToOpen)
	errRemote = reply.Refuse(http.StatusForbidden, "This dashboard has no users yet, so it can be opened only on its own machine."+howToOpen)
)

// checkLoopback refuses requests that are not from this machine to this machine.
// It checks the host name because a stranger's page can have its own name resolve
// to 127.0.0.1, and the headers because a proxy on this machine can forward
// requests from elsewhere.
func checkLoopback(r *http.Request) error {
	if !isLoopback(r.Host) {
		return errHost
	}
	if !isLoopback(r.RemoteAddr) {
		return errRemote
	}
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if len(r.Header.Values(header)) > 0 {
			return errRemote
		}
	}
	return nil
}

// isLoopback reports whether a host, with or without a port, is this machine.
func isLoopback(host string) bool {
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
