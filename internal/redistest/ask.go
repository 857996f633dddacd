package redistest

import (
	"context"
	"errors"
	"time"

	"github.com/redis/rueidis"
)

// patience limits the time in which several servers must agree.
const patience = 30 * time.Second

// connect opens a client of this server only, even if it is part of a cluster.
func (s *Server) connect() (rueidis.Client, error) {
	return rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{s.Addr}, ForceSingleClient: true, DisableCache: true})
}

// ask sends one command.
func (s *Server) ask(ctx context.Context, command ...string) rueidis.RedisResult {
	client, err := s.connect()
	if err != nil {
		return rueidis.NewErrorResult(err)
	}
	defer client.Close()
	return client.Do(ctx, client.B().Arbitrary(command...).Build())
}

// until polls until missing returns nil. When ctx ends, it returns the last error of
// missing.
func until(ctx context.Context, missing func() error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := missing()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// stopAll stops all servers, even if some fail to stop.
func stopAll(servers []*Server) error {
	var errs []error
	for _, s := range servers {
		errs = append(errs, s.Stop())
	}
	return errors.Join(errs...)
}
