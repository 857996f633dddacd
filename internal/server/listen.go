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

// listen opens a port. The prefix is the one of the keys host and port that set it.
func listen(host string, port config.Port, prefix string) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(int(port))))
	if err == nil {
		return l, nil
	}
	toSetPort, toSetHost := config.HowToSet(prefix+"port"), config.HowToSet(prefix+"host")
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port %d is in use: stop the program that uses it, or choose another port with %s", port, toSetPort)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("port %d requires root: choose a port above 1023 with %s", port, toSetPort)
	default:
		return nil, fmt.Errorf("cannot listen on host %q: choose an address of this machine with %s: %w", host, toSetHost, err)
	}
}

// servers start and stop together.
type servers struct {
	listeners []net.Listener
	servers   []*http.Server
}

func (s *servers) add(l net.Listener, server *http.Server) {
	s.listeners = append(s.listeners, l)
	s.servers = append(s.servers, server)
}

// close closes all ports. If run was called, it has done so already.
func (s *servers) close() {
	for _, l := range s.listeners {
		_ = l.Close()
	}
}

// run serves until ctx is done or a server fails, then lets requests in progress
// finish, for at most timeout.
func (s *servers) run(ctx context.Context, log *slog.Logger, timeout time.Duration) error {
	ended := make(chan error, len(s.servers))
	for i, server := range s.servers {
		go func() { ended <- server.Serve(s.listeners[i]) }()
	}
	var failure error
	left := len(s.servers)
	select {
	case <-ctx.Done():
		log.Info("stopping", "timeout", timeout.String())
	case failure = <-ended:
		left--
	}
	cut := s.shutdown(timeout)
	for range left {
		<-ended //nolint:errcheck // always http.ErrServerClosed
	}
	return cmp.Or(failure, cut)
}

// shutdown lets all servers finish their requests. After timeout it cuts them off
// and returns an error.
func (s *servers) shutdown(timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var group errgroup.Group
	for _, server := range s.servers {
		group.Go(func() error {
			err := server.Shutdown(ctx)
			if err != nil {
				_ = server.Close()
				err = fmt.Errorf("requests in progress were cut off after %v: raise shutdown_timeout to let them finish", timeout)
			}
			return err
		})
	}
	return group.Wait()
}
