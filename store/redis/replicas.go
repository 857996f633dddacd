package redis

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/rueidis"
)

// exec runs a script and retries it if possible. If the script may write, exec waits for the
// replicas.
func (s *Store) exec(ctx context.Context, c *script, keys, args []string) (rueidis.RedisMessage, error) {
	build, send, n := s.client.B(), s.read, int64(len(keys))
	if c.writes {
		send = s.write
	}
	return retry(ctx, c.once, func() (rueidis.RedisMessage, error) {
		message, err := send(ctx, build.Evalsha().Sha1(c.hash).Numkeys(n).Key(keys...).Arg(args...).Build())
		if failure, ok := rueidis.IsRedisErr(err); ok && failure.IsNoScript() {
			return send(ctx, build.Eval().Script(c.source).Numkeys(n).Key(keys...).Arg(args...).Build())
		}
		return message, err
	})
}

func (s *Store) read(ctx context.Context, command rueidis.Completed) (rueidis.RedisMessage, error) {
	return s.client.Do(ctx, command).ToMessage()
}

// write runs a command that writes, followed by WAIT if replicas must acknowledge it. WAIT is
// for the writes of the same connection, so both use a dedicated one: on the shared connections,
// a cluster could redirect the command to another server, but not the WAIT.
func (s *Store) write(ctx context.Context, command rueidis.Completed) (message rueidis.RedisMessage, err error) {
	if s.replicas == 0 {
		return s.read(ctx, command)
	}
	err = s.client.Dedicated(func(c rueidis.DedicatedClient) error {
		wait := c.B().Wait().Numreplicas(int64(s.replicas)).Timeout(s.waitTimeout(ctx).Milliseconds()).Build()
		replies := c.DoMulti(ctx, command, wait)
		if replies[1].NonRedisError() != nil {
			c.Close() // it may still be waiting, which would delay its next user
		}
		if message, err = replies[0].ToMessage(); err != nil {
			return err
		}
		n, err := replies[1].AsInt64()
		if err == nil && n < int64(s.replicas) {
			err = fmt.Errorf("%w: %d of %d", errUnconfirmed, n, s.replicas)
		}
		return err
	})
	return message, err
}

// waitTimeout returns how long to wait for replicas. It is less than the time that is left for
// the call, so that Redis reports how many acknowledged the write.
func (s *Store) waitTimeout(ctx context.Context) time.Duration {
	left := s.timeout
	if end, ok := ctx.Deadline(); ok {
		left = min(left, time.Until(end))
	}
	return max(left/2, time.Millisecond) // 0 would mean no timeout
}
