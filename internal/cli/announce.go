package cli

import (
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
)

// started is what there is to tell once all ports are taken.
type started struct {
	api, dashboard net.Addr // one of them may be nil
	prefix         string   // of the dashboard
	data           string
}

// where tells where the data is.
func (c *config) where() string {
	switch c.Store {
	case inMemory:
		return "in memory only"
	case inRedis:
		return c.whereRedis()
	case embedded:
	}
	if path, err := filepath.Abs(c.dataFile()); err == nil {
		return path
	}
	return c.dataFile()
}

// announce tells the log and, unless the output is for machines, whoever
// started the program.
func (s started) announce(in *invocation, c *config, log *slog.Logger) {
	attributes := []any{"version", version(), "data", s.data}
	if s.api != nil {
		attributes = append(attributes, "api", s.api.String())
	}
	if s.dashboard != nil {
		attributes = append(attributes, "dashboard", s.dashboard.String())
	}
	log.Info("listening", attributes...)
	if c.LogFormat == jsonLog {
		return
	}
	fmt.Fprintf(in.stdout, "sixpack %s is running; Ctrl-C stops it.\n\n", version())
	if s.api != nil {
		fmt.Fprintf(in.stdout, "  API        %s\n", baseURL(s.api, "localhost"))
	}
	if s.dashboard != nil {
		fmt.Fprintf(in.stdout, "  dashboard  %s%s\n", baseURL(s.dashboard, "localhost"), s.prefix)
	}
	fmt.Fprintf(in.stdout, "  data       %s\n\n", s.data)
	if s.api != nil {
		fmt.Fprintf(in.stdout, "Try:\n\n  curl '%s/participate?experiment=button-color&alternatives=red&alternatives=blue&client_id=alice'\n\n",
			baseURL(s.api, "localhost"))
	}
}

// baseURL returns the URL of a server. For one that listens on all addresses,
// host is the one to use.
func baseURL(addr net.Addr, host string) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return addr.Network() + "://" + addr.String()
	}
	if !tcp.IP.IsUnspecified() {
		host = tcp.IP.String()
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}
