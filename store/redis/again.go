package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// refusals begin the errors of servers that did nothing, because parts are
// changing among them. No script that has written ends in one.
var refusals = []string{
	"TRYAGAIN ",    // a slot moves, and some of the keys have
	"ASK ",         // a slot moves, and all of the keys have
	"MOVED ",       // a slot has moved
	"CLUSTERDOWN ", // a slot is nobody's
	"LOADING ",     // a server has just started
	"READONLY ",    // a primary has become a replica
	"MASTERDOWN ",  // a replica has lost its primary
	"NOREPLICAS ",  // a replica has become a primary that has none yet
	"WAIT cannot be used with replica instances", // it was read only, of a replica
}

// errUnconfirmed is of a call that was carried out, but is not safe.
var errUnconfirmed = errors.New("confirmed in time that they have what was written")

// unblocked begins the error of a WAIT of a primary that becomes a replica.
const unblocked = "UNBLOCKED "

// repeatable tells whether a call that failed may be made again: if once is
// set, only what certainly was not carried out.
func repeatable(err error, once bool) bool {
	failure, ok := rueidis.IsRedisErr(err)
	if !ok || strings.HasPrefix(failure.Error(), unblocked) {
		return !once && !errors.Is(err, errUnconfirmed)
	}
	return slices.ContainsFunc(refusals, func(r string) bool { return strings.HasPrefix(failure.Error(), r) })
}

// again makes a call, and makes it again, until ctx ends, as long as connections
// break or servers refuse it. The driver can do so for most of that, but it
// waits up to a second between, and gives up where less is left.
func again(ctx context.Context, once bool, call func() (rueidis.RedisMessage, error)) (rueidis.RedisMessage, error) {
	var last error
	for pause := time.Millisecond; ; pause = min(2*pause, 64*time.Millisecond) {
		message, err := call()
		switch {
		case err == nil:
			return message, nil
		case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
			return message, because(err, last)
		case !repeatable(err, once):
			return message, err
		}
		last = err
		select {
		case <-ctx.Done():
			return message, because(ctx.Err(), last)
		case <-time.After(pause):
		}
	}
}

// because adds to the end of a context what went on until then.
func because(end, last error) error {
	if last == nil {
		return end
	}
	return fmt.Errorf("%w: %w", end, last)
}
