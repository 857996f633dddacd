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

// refusals are the prefixes of errors with which servers refuse a call while their roles or
// slots change. The call did nothing: no script that has written ends in one.
var refusals = []string{
	"TRYAGAIN ",    // a slot is moving, and some of the keys have moved
	"ASK ",         // a slot is moving, and all of the keys have moved
	"MOVED ",       // a slot has moved
	"CLUSTERDOWN ", // a slot has no server
	"LOADING ",     // a server has just started
	"READONLY ",    // a primary has become a replica
	"MASTERDOWN ",  // a replica has lost its primary
	"NOREPLICAS ",  // a replica has become a primary that has no replicas yet
	"WAIT cannot be used with replica instances", // a replica only read
}

// errUnconfirmed is wrapped by the error of a call that was carried out, but may be lost in a
// failover.
var errUnconfirmed = errors.New("not enough replicas acknowledged the write")

// unblocked is the prefix of the error of WAIT when a primary becomes a replica.
const unblocked = "UNBLOCKED "

// retryable reports whether a call that failed may be repeated. If once is set, that is only
// the case if the call was certainly not carried out.
func retryable(err error, once bool) bool {
	failure, ok := rueidis.IsRedisErr(err)
	if !ok || strings.HasPrefix(failure.Error(), unblocked) {
		return !once && !errors.Is(err, errUnconfirmed)
	}
	return slices.ContainsFunc(refusals, func(r string) bool { return strings.HasPrefix(failure.Error(), r) })
}

// retry makes a call, and repeats it until ctx ends if connections break or servers refuse
// it. The driver can retry most calls, but it waits up to a second between attempts, and gives
// up when less time is left.
func retry(ctx context.Context, once bool, call func() (rueidis.RedisMessage, error)) (rueidis.RedisMessage, error) {
	var last error
	for pause := time.Millisecond; ; pause = min(2*pause, 64*time.Millisecond) {
		message, err := call()
		switch {
		case err == nil:
			return message, nil
		case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
			return message, because(err, last)
		case !retryable(err, once):
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

// because adds the error of the last attempt, if any, to the error of a context.
func because(end, last error) error {
	if last == nil {
		return end
	}
	return fmt.Errorf("%w: %w", end, last)
}
