package redis

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/rueidis"
)

// exec has the server run a script and, if that may write, waits for the
// replicas.
func (s *Store) exec(ctx context.Context, c *script, keys, args []string) (rueidis.RedisMessage, error) {
	if s.replicas == 0 || !c.writes {
		return c.lua.Exec(ctx, s.client, keys, args).ToMessage()
	}
	build := s.client.B()
	call := build.Evalsha().Sha1(c.hash).Numkeys(int64(len(keys))).Key(keys...).Arg(args...).Build()
	message, err := s.write(ctx, c.retry(call))
	if failure, ok := rueidis.IsRedisErr(err); ok && failure.IsNoScript() {
		call = build.Eval().Script(c.source).Numkeys(int64(len(keys))).Key(keys...).Arg(args...).Build()
		return s.write(ctx, c.retry(call))
	}
	return message, err
}

// write sends a command that writes and, if replicas are to be waited for, a
// WAIT with it, both on a connection of their own: WAIT is for what was written
// before on the same one.
func (s *Store) write(ctx context.Context, command rueidis.Completed) (rueidis.RedisMessage, error) {
	if s.replicas == 0 {
		return s.client.Do(ctx, command).ToMessage()
	}
	wait := s.client.B().Wait().Numreplicas(int64(s.replicas)).Timeout(s.waitTime(ctx).Milliseconds()).Build()
	if command.IsRetryable() {
		wait = wait.ToRetryable()
	}
	replies := s.client.DoMulti(ctx, command, wait)
	message, err := replies[0].ToMessage()
	if err != nil {
		return message, err
	}
	n, err := replies[1].AsInt64()
	if err == nil && n < int64(s.replicas) {
		err = fmt.Errorf("%d replicas of %d confirmed in time that they have what was written", n, s.replicas)
	}
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
