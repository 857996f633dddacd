package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
)

const replicas = 2

// Sentinel is a primary with two replicas, and three sentinels that promote a replica
// when the primary has been down for two seconds. With a shorter time they would also
// give up a new primary, because a sentinel may need a second to reconnect.
type Sentinel struct {
	Addrs []string // of the sentinels
	Name  string   // by which they know the primary

	servers, sentinels []*Server
}

// StartSentinel starts the servers and sentinels, and returns when each sentinel
// knows the others and both replicas.
func StartSentinel() (*Sentinel, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s := &Sentinel{Name: "experiments"}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Sentinel) start(ctx context.Context) error {
	// A replica's first copy does not have to wait for other replicas.
	primary, err := Start("--repl-diskless-sync-delay", "0")
	if err != nil {
		return err
	}
	s.servers = append(s.servers, primary)
	host, port, err := net.SplitHostPort(primary.Addr)
	if err != nil {
		return err
	}
	for range replicas {
		replica, err := Start("--repl-diskless-sync-delay", "0", "--replicaof", host+" "+port)
		if err != nil {
			return err
		}
		s.servers = append(s.servers, replica)
	}
	// Sentinels ask a primary for its replicas when they start, and then every ten seconds.
	if err := until(ctx, func() error { return replicating(ctx, primary, replicas) }); err != nil {
		return err
	}
	file := fmt.Sprintf("sentinel monitor %[1]s %[2]s %[3]s 2\n"+
		"sentinel down-after-milliseconds %[1]s 2000\n"+
		"sentinel failover-timeout %[1]s 3000\n"+
		"sentinel parallel-syncs %[1]s %[4]d\n", s.Name, host, port, replicas)
	for range 3 {
		sentinel, err := retry(func() (*Server, error) { return start(file, nil) })
		if err != nil {
			return err
		}
		s.sentinels = append(s.sentinels, sentinel)
		s.Addrs = append(s.Addrs, sentinel.Addr)
	}
	return until(ctx, func() error { return s.watched(ctx) })
}

// replicating returns an error unless the wanted number of replicas is online.
func replicating(ctx context.Context, primary *Server, want int) error {
	info, err := primary.ask(ctx, "INFO", "replication").ToString()
	if n := strings.Count(info, "state=online"); err == nil && n != want {
		err = fmt.Errorf("%d of %d replicas are online", n, want)
	}
	return err
}

// watched returns an error while a sentinel does not know all servers and sentinels.
func (s *Sentinel) watched(ctx context.Context) error {
	for _, sentinel := range s.sentinels {
		if err := sentinel.ask(ctx, "SENTINEL", "CKQUORUM", s.Name).Error(); err != nil {
			return err
		}
		seen, err := sentinel.ask(ctx, "SENTINEL", "REPLICAS", s.Name).ToArray()
		if err != nil {
			return err
		}
		up := 0
		for _, replica := range seen {
			fields, err := replica.AsStrMap()
			if err != nil {
				return err
			}
			if fields["flags"] == "slave" && fields["master-link-status"] == "ok" {
				up++
			}
		}
		others, err := sentinel.ask(ctx, "SENTINEL", "SENTINELS", s.Name).ToArray()
		if err != nil {
			return err
		}
		if up != replicas || len(others) != len(s.sentinels)-1 {
			return fmt.Errorf("sentinel %s knows %d replicas and %d other sentinels", sentinel.Addr, up, len(others))
		}
	}
	return nil
}

// Primary returns the server that all sentinels consider the primary.
func (s *Sentinel) Primary(ctx context.Context) (*Server, error) {
	var primary *Server
	for _, sentinel := range s.sentinels {
		addr, err := sentinel.ask(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", s.Name).AsStrSlice()
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(s.servers, func(server *Server) bool { return server.Addr == net.JoinHostPort(addr[0], addr[1]) })
		if i < 0 || primary != nil && primary != s.servers[i] {
			return nil, fmt.Errorf("sentinel %s considers %s the primary, but another sentinel does not", sentinel.Addr, addr)
		}
		primary = s.servers[i]
	}
	return primary, nil
}

// Failover waits until all sentinels consider another server than old the primary.
// The caller has killed old.
func (s *Sentinel) Failover(ctx context.Context, old *Server) (primary *Server, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = until(ctx, func() error {
		if primary, err = s.Primary(ctx); err == nil && primary == old {
			err = fmt.Errorf("%s is still the primary", old.Addr)
		}
		return err
	})
	return primary, err
}

// Rejoin restarts a killed server as a replica of the current primary, and returns when the
// state is the same as after [StartSentinel].
func (s *Sentinel) Rejoin(ctx context.Context, killed *Server) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	primary, err := s.Failover(ctx, killed)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(primary.Addr)
	if err != nil {
		return err
	}
	if err := killed.Restart("--replicaof", host+" "+port); err != nil {
		return err
	}
	return until(ctx, func() error { return errors.Join(replicating(ctx, primary, replicas), s.watched(ctx)) })
}

// Stop ends all processes and removes their files.
func (s *Sentinel) Stop() error { return stopAll(slices.Concat(s.sentinels, s.servers)) }
