package redis

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/rueidis"
)

// exec has the server run a script, again if it may be.
func (s *Store) exec(ctx context.Context, c *script, keys, args []string) (rueidis.RedisMessage, error) {
	return again(ctx, c.once, func() (rueidis.RedisMessage, error) { return s.tryExec(ctx, c, keys, args) })
}

// tryExec has the server run a script and, if that may write, waits for the
// replicas.
func (s *Store) tryExec(ctx context.Context, c *script, keys, args []string) (rueidis.RedisMessage, error) {
	if s.replicas == 0 || !c.writes {
		return c.lua.Exec(ctx, s.client, keys, args).ToMessage()
	}
	build := s.client.B()
	message, err := s.write(ctx, build.Evalsha().Sha1(c.hash).Numkeys(int64(len(keys))).Key(keys...).Arg(args...).Build())
	if failure, ok := rueidis.IsRedisErr(err); ok && failure.IsNoScript() {
		return s.write(ctx, build.Eval().Script(c.source).Numkeys(int64(len(keys))).Key(keys...).Arg(args...).Build())
	}
	return message, err
}

// write sends a command that writes and, if replicas are to be waited for, a
// WAIT with it: that is for what was written before on the same connection. This
// is one of its own, as otherwise a cluster that moves the command to another
// server would leave the WAIT behind.
func (s *Store) write(ctx context.Context, command rueidis.Completed) (message rueidis.RedisMessage, err error) {
	if s.replicas == 0 {
		return s.client.Do(ctx, command).ToMessage()
	}
	err = s.client.Dedicated(func(c rueidis.DedicatedClient) error {
		wait := c.B().Wait().Numreplicas(int64(s.replicas)).Timeout(s.waitTime(ctx).Milliseconds()).Build()
		replies := c.DoMulti(ctx, command, wait)
		if replies[1].NonRedisError() != nil {
			c.Close() // it may be waiting still, which nobody else should have to
		}
		if message, err = replies[0].ToMessage(); err != nil {
			return err
		}
		n, err := replies[1].AsInt64()
		if err == nil && n < int64(s.replicas) {
			err = fmt.Errorf("%d replicas of %d %w", n, s.replicas, errUnconfirmed)
		}
		return err
	})
	return message, err
}

// waitTime returns how long replicas may take: less than is left for the call, so
// that it is Redis who says that they did not confirm.
func (s *Store) waitTime(ctx context.Context) time.Duration {
	left := s.timeout
	if end, ok := ctx.Deadline(); ok {
		left = min(left, time.Until(end))
	}
	return max(left/2, time.Millisecond) // 0 would be for ever
}
