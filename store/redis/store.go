// Package redis keeps experiments in Redis, so that any number of processes
// share them.
//
//	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{"127.0.0.1:6379"}})
//	…
//	engine := sixpack.New(redis.New(client, "sixpack", redis.Config{}), sixpack.Config{})
//
// A call that takes part or converts is one script and one round trip. All that
// belongs to an experiment is in one slot of a cluster, under a generation that
// changes when its clients are forgotten:
//
//	<prefix>:x                            SET    names of experiments
//	<prefix>:x:{name}                     HASH   the record
//	<prefix>:x:{name}:a                   ZSET   log of changes, which outlives the experiment
//	<prefix>:x:{name}:g                   SET    generations that are garbage
//	<prefix>:x:{name}:<generation>:n      HASH   counts
//	<prefix>:x:{name}:<generation>:b      STRING a bit for each bucket that is not empty
//	<prefix>:x:{name}:<generation>:u:<b>  HASH   clients of bucket b
//	<prefix>:x:{name}:<generation>:v:<b>  HASH   their totals of KPIs with values
//
// Braces, percent signs and control characters in names are escaped in keys.
//
// The client's automatic pipelining is worth leaving on: without it, 64 callers
// got a half of what they do with it. Its other settings made no difference
// beyond the noise. A server that knows no CLIENT TRACKING needs DisableCache.
package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

var _ store.Store = (*Store)(nil)

// Config configures a [Store]. The zero value is good.
type Config struct {
	// Timeout bounds each call to Redis: 2 seconds if 0. Methods that read or
	// write much make several.
	Timeout time.Duration
	// WaitReplicas is how many replicas must have confirmed what a call wrote
	// before it succeeds. With 0, the default, what Redis acknowledged shortly
	// before a failover may be lost, as its replication is asynchronous. Nothing
	// is with as many as there are; with fewer, one that did not confirm may
	// become the primary. A call that fails because too few did confirm in time
	// may have written nonetheless.
	WaitReplicas int
}

// Store is a [store.Store] in Redis.
type Store struct {
	client   rueidis.Client
	root     string // of all keys
	timeout  time.Duration
	replicas int
	scripts  scripts
	closed   atomic.Bool

	mu   sync.RWMutex     // guards seen
	seen map[string]*keys // of the experiments that were seen, in their last generation
}

// New returns a store of what is under a prefix. The client stays the caller's
// to close, after the store.
func New(client rueidis.Client, prefix string, c Config) *Store {
	return &Store{
		client:   client,
		root:     rootOf(prefix),
		timeout:  cmp.Or(c.Timeout, 2*time.Second),
		replicas: c.WaitReplicas,
		scripts:  newScripts(),
		seen:     make(map[string]*keys),
	}
}

// Ping implements [store.Store].
func (s *Store) Ping(ctx context.Context) error {
	return s.do(ctx, "ping", func(ctx context.Context) error {
		return s.client.Do(ctx, s.client.B().Ping().Build()).Error()
	})
}

// Close implements [store.Store]. The client stays open.
func (s *Store) Close() error {
	s.closed.Store(true)
	return nil
}

// do makes a call that is bounded by the timeout and wraps its error.
func (s *Store) do(ctx context.Context, op string, call func(ctx context.Context) error) error {
	if err := s.ready(ctx, op); err != nil {
		return err
	}
	return wrap(op, s.within(ctx, call))
}

// ready tells why a call cannot even begin.
func (s *Store) ready(ctx context.Context, op string) error {
	if s.closed.Load() {
		return wrap(op, store.ErrClosed)
	}
	return wrap(op, ctx.Err())
}

func (s *Store) within(ctx context.Context, call func(ctx context.Context) error) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= s.timeout {
		return call(ctx) // another timer would only cost time
	}
	bounded, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	err := call(bounded)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("no answer within %v: %w", s.timeout, err)
	}
	return err
}

func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("redis store: %s: %w", op, err)
}

// attempt runs a script on the keys of the generation last seen, or else of
// guess, and again if the experiment turns out to be in another one.
func (s *Store) attempt(ctx context.Context, experiment, guess string, script func(ctx context.Context, k *keys) (reply, error)) (reply, error) {
	known := s.known(experiment)
	k := known
	if k == nil {
		k = newKeys(baseOf(s.root, experiment), guess)
	}
	for {
		r, err := script(ctx, k)
		switch {
		case err != nil:
			s.forget(experiment) // perhaps a failover, in which the index lost it
			return r, err
		case r.status == statusNone:
			s.forget(experiment)
			return r, nil
		case r.status != statusGeneration && k == known:
			return r, nil
		case r.status != statusGeneration:
			return r, s.learn(ctx, experiment, k)
		}
		generation, err := r.text(0)
		if err != nil {
			return r, err
		}
		k = newKeys(k.record, generation)
	}
}

// known returns the keys of an experiment in the generation last seen, nil if
// none was.
func (s *Store) known(experiment string) *keys {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seen[experiment]
}

// learn remembers in which generation an experiment is. Whoever sees a new one
// adds the experiment to the index: perhaps it is the one who created it, or
// who did so died before this.
func (s *Store) learn(ctx context.Context, experiment string, k *keys) error {
	if err := s.index(ctx, experiment); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[experiment] = k
	return nil
}

func (s *Store) index(ctx context.Context, experiment string) error {
	_, err := again(ctx, false, func() (rueidis.RedisMessage, error) {
		return s.write(ctx, s.client.B().Sadd().Key(s.root).Member(experiment).Build())
	})
	return err
}

func (s *Store) forget(experiment string) {
	if s.known(experiment) == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, experiment)
}
