package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sixpack-go/sixpack/internal/config"
)

// listen takes a port. The prefix is that of the keys which set it.
func listen(host string, port config.Port, prefix string) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(int(port))))
	if err == nil {
		return l, nil
	}
	settings := func(name string) string { return "with " + config.HowToSet(prefix+name) }
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port %d is in use: stop what uses it, or choose another port %s", port, settings("port"))
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("port %d is not for ordinary users: choose one above 1023 %s", port, settings("port"))
	default:
		return nil, fmt.Errorf("cannot listen on host %q: choose an address of this machine %s: %w", host, settings("host"), err)
	}
}

// servers run and stop together.
type servers struct {
	listeners []net.Listener
	servers   []*http.Server
}

func (s *servers) add(l net.Listener, server *http.Server) {
	s.listeners = append(s.listeners, l)
	s.servers = append(s.servers, server)
}

// close releases the ports, of which some have no server yet when another
// cannot be had.
func (s *servers) close() {
	for _, l := range s.listeners {
		_ = l.Close() // run has closed it already, if it came to that
	}
}

// run serves until ctx ends or a server fails, and finishes what is under way.
func (s *servers) run(ctx context.Context, log *slog.Logger, patience time.Duration) error {
	ended := make(chan error, len(s.servers))
	for i, server := range s.servers {
		go func() { ended <- server.Serve(s.listeners[i]) }()
	}
	var failure error
	left := len(s.servers)
	select {
	case <-ctx.Done():
		log.Info("stopping", "patience", patience.String())
	case failure = <-ended:
		left--
	}
	cut := s.shutdown(patience)
	for range left {
		<-ended //nolint:errcheck // it says that the server was shut down
	}
	return cmp.Or(failure, cut)
}

// shutdown lets all servers finish what is under way, but no longer than it has
// patience.
func (s *servers) shutdown(patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var group errgroup.Group
	for _, server := range s.servers {
		group.Go(func() error {
			err := server.Shutdown(ctx)
			if err != nil {
				_ = server.Close()
				err = fmt.Errorf("requests under way were cut off after %v (shutdown_timeout)", patience)
			}
			return err
		})
	}
	return group.Wait()
}
