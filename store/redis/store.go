// Package redis keeps experiments in Redis, where any number of processes share them.
//
//	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{"127.0.0.1:6379"}})
//	…
//	engine := sixpack.New(redis.New(client, "sixpack", redis.Config{}), sixpack.Config{})
//
// Participate and Convert are one script and one round trip. All data of an experiment is in one
// slot of a cluster. Clients and counts belong to a generation, which changes when the clients are
// deleted:
//
//	<prefix>:x                            SET    names of experiments
//	<prefix>:x:id                         STRING identity of the store
//	<prefix>:x:{name}                     HASH   the record
//	<prefix>:x:{name}:a                   ZSET   log of changes, which outlives the experiment
//	<prefix>:x:{name}:g                   SET    generations that are garbage
//	<prefix>:x:{name}:<generation>:n      HASH   counts
//	<prefix>:x:{name}:<generation>:b      STRING a bit for each bucket that is not empty
//	<prefix>:x:{name}:<generation>:u:<b>  HASH   clients of bucket b
//	<prefix>:x:{name}:<generation>:v:<b>  HASH   their totals for KPIs with values
//
// Braces, percent signs and control characters in names are escaped in keys.
//
// Keep automatic pipelining of the client enabled: without it, 64 concurrent callers were half as
// fast. Other settings made no measurable difference. A server without CLIENT TRACKING requires
// DisableCache.
package redis

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

var (
	_ store.Store      = (*Store)(nil)
	_ store.Identifier = (*Store)(nil)
)

// Config configures a [Store]. The zero value is good.
type Config struct {
	// Timeout limits each call to Redis; 0 means 2 seconds. Methods that read or write much
	// data make several calls.
	Timeout time.Duration
	// WaitReplicas is the number of replicas that must acknowledge the writes of a call before
	// it succeeds. With 0, writes that Redis acknowledged shortly before a failover can be lost,
	// because replication is asynchronous. With the number of all replicas, none are lost.
	// With fewer, a replica that did not acknowledge a write may become the primary. A call
	// that fails because too few replicas acknowledged in time may still have written.
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
	seen map[string]*keys // keys of known experiments in their last known generation
}

// New returns the store under a prefix. The caller closes the client after the store.
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

// ID implements [store.Identifier].
func (s *Store) ID(ctx context.Context) (id string, err error) {
	key := s.root + ":id"
	err = s.do(ctx, "id", func(ctx context.Context) error {
		get := s.client.B().Get().Key(key).Build().Pin() // it may be sent twice
		if id, err = s.client.Do(ctx, get).ToString(); !rueidis.IsRedisNil(err) {
			return err
		}
		_, err := retry(ctx, false, func() (rueidis.RedisMessage, error) {
			message, err := s.write(ctx, s.client.B().Setnx().Key(key).Value(rand.Text()).Build())
			if forbidden(err) {
				err = nil
			}
			return message, err
		})
		if err != nil {
			return err
		}
		if id, err = s.client.Do(ctx, get).ToString(); rueidis.IsRedisNil(err) {
			return nil // it was forbidden to write one
		}
		return err
	})
	return id, err
}

// forbidden reports whether an error says that the server is a replica or that the user may not
// write.
func forbidden(err error) bool {
	failure, ok := rueidis.IsRedisErr(err)
	return ok && (strings.HasPrefix(failure.Error(), "READONLY ") || strings.HasPrefix(failure.Error(), "NOPERM "))
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

// do makes a call with the timeout and wraps its error.
func (s *Store) do(ctx context.Context, op string, call func(ctx context.Context) error) error {
	if err := s.ready(ctx, op); err != nil {
		return err
	}
	return wrap(op, s.within(ctx, call))
}

// ready returns an error if a call cannot start.
func (s *Store) ready(ctx context.Context, op string) error {
	if s.closed.Load() {
		return wrap(op, store.ErrClosed)
	}
	return wrap(op, ctx.Err())
}

func (s *Store) within(ctx context.Context, call func(ctx context.Context) error) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= s.timeout {
		return call(ctx) // saves a timer
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

// attempt runs a script on the keys of the last known generation, or of guess if none is known,
// and repeats it if the experiment is in another generation.
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
			s.forget(experiment) // after a failover, the index may lack it
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

// known returns the keys of an experiment in its last known generation, nil if it is unknown.
func (s *Store) known(experiment string) *keys {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seen[experiment]
}

// learn remembers the generation of an experiment. It also adds the experiment to the index,
// because the process that created the generation may be this one, or may have died before it
// did so.
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
	_, err := retry(ctx, false, func() (rueidis.RedisMessage, error) {
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
