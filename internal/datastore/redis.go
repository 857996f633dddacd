package datastore

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
)

// redisStore is a store with its own client.
type redisStore struct {
	*redis.Store

	client rueidis.Client
	prefix string
}

// openRedis opens the store at a URL, or the configured one if it is "".
func openRedis(c *config.Config, address string) (store.Store, error) {
	client, prefix, err := Dial(c, address)
	if err != nil {
		return nil, err
	}
	st := redis.New(client, prefix, redis.Config{Timeout: c.RedisTimeout.Duration, WaitReplicas: int(c.RedisWaitReplicas)})
	return &redisStore{st, client, prefix}, nil
}

// Close implements [store.Store].
func (s *redisStore) Close() error {
	err := s.Store.Close()
	s.client.Close()
	return err
}

// Dial returns a client of the Redis at a URL, or of the configured one if the
// URL is "", and the prefix of its keys.
func Dial(c *config.Config, address string) (client rueidis.Client, prefix string, err error) {
	option, prefix, err := c.Redis(address)
	if err != nil {
		return nil, "", err
	}
	client, err = rueidis.NewClient(option)
	if err != nil {
		return nil, "", fmt.Errorf("cannot connect to Redis at %s: %w%s", config.ShowRedis(option), err, advice(err))
	}
	return client, prefix, nil
}

// advice returns what to do about an error of a connection, in parentheses.
func advice(err error) string {
	switch text := err.Error(); {
	case strings.Contains(text, "NOAUTH"), strings.Contains(text, "WRONGPASS"), strings.Contains(text, "AUTH <password>"):
		return " (check redis_username and redis_password, or the user and password in the URL)"
	case strings.Contains(text, "tls:"), strings.Contains(text, "x509:"):
		return " (check the redis_tls keys)"
	case strings.Contains(text, "SELECT is not allowed in cluster mode"):
		return " (a cluster has only database 0: name some nodes with redis_cluster, or set the database to 0)"
	case strings.Contains(text, "connect:"), strings.Contains(text, "no such host"), strings.Contains(text, "i/o timeout"),
		strings.Contains(text, "deadline exceeded"):
		return " (check that Redis is running at this address)"
	}
	return ""
}

// Collect removes the data of deleted experiments that processes which died left in Redis, and
// returns the number of removed keys. Other stores have no such data.
func Collect(ctx context.Context, st store.Store) (removed int64, err error) {
	if r, ok := st.(*redisStore); ok {
		return r.Store.Collect(ctx)
	}
	return 0, nil
}

// Sixpack2Experiments returns the number of Sixpack 2's experiments under the prefix of an empty
// Redis store, whose clients that store would reassign; 0 for any other store.
func Sixpack2Experiments(ctx context.Context, st store.Store) (int64, error) {
	r, ok := st.(*redisStore)
	if !ok {
		return 0, nil
	}
	empty, err := r.Empty(ctx)
	if err != nil || !empty {
		return 0, err
	}
	return r.client.Do(ctx, r.client.B().Scard().Key(r.prefix+":e").Build()).AsInt64()
}
