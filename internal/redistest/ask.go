package redistest

import (
	"context"
	"errors"
	"time"

	"github.com/redis/rueidis"
)

// patience is how long several servers may take to become one.
const patience = 30 * time.Second

// connect opens a client of this very server, whatever it is part of.
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

// until looks again and again until nothing is missing. Else it returns what
// was when ctx ended.
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

// stopAll stops them, whatever becomes of some.
func stopAll(servers []*Server) error {
	var errs []error
	for _, s := range servers {
		errs = append(errs, s.Stop())
	}
	return errors.Join(errs...)
}
