package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/bits"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
)

// openRedis opens the store at a URL, or the configured one if it is empty.
func (c *config) openRedis(address string) (store.Store, error) {
	client, prefix, err := c.dialRedis(address)
	if err != nil {
		return nil, err
	}
	st := redis.New(client, prefix, redis.Config{Timeout: time.Duration(c.RedisTimeout), WaitReplicas: int(c.RedisWaitReplicas)})
	return &redisStore{st, client, prefix}, nil
}

// redisStore is a store with a client of its own.
type redisStore struct {
	*redis.Store

	client rueidis.Client
	prefix string
}

// Close implements [store.Store].
func (s *redisStore) Close() error {
	err := s.Store.Close()
	s.client.Close()
	return err
}

// dialRedis returns a client of the server at a URL, or of the configured one if
// it is empty, and the prefix of its keys.
func (c *config) dialRedis(address string) (client rueidis.Client, prefix string, err error) {
	option, prefix, err := c.redisOption(address)
	if err != nil {
		return nil, "", err
	}
	client, err = rueidis.NewClient(option)
	if err != nil {
		return nil, "", fmt.Errorf("cannot use Redis at %s: %w%s", shownRedis(option), err, adviceOn(err))
	}
	return client, prefix, nil
}

// adviceOn says what to do about an error of a connection.
func adviceOn(err error) string {
	switch text := err.Error(); {
	case strings.Contains(text, "NOAUTH"), strings.Contains(text, "WRONGPASS"), strings.Contains(text, "AUTH <password>"):
		return " (redis_username and redis_password, or those in the URL, say who we are)"
	case strings.Contains(text, "tls:"), strings.Contains(text, "x509:"):
		return " (the redis_tls keys are about that)"
	case strings.Contains(text, "SELECT is not allowed in cluster mode"):
		return " (it is a node of a cluster, which has database 0 only: name some nodes with redis_cluster, or set redis_db or the URL's to 0)"
	case strings.Contains(text, "connect:"), strings.Contains(text, "no such host"), strings.Contains(text, "i/o timeout"),
		strings.Contains(text, "deadline exceeded"):
		return " (does it run, and is that its address?)"
	}
	return ""
}

// redisOption returns what rueidis needs to know of the server at a URL, or of
// the configured one if it is empty.
func (c *config) redisOption(address string) (option rueidis.ClientOption, prefix string, err error) {
	prefix = string(c.RedisPrefix)
	if address == "" {
		address = c.RedisURL
	}
	if address != "" {
		option, prefix, err = parseRedisURL(address, prefix)
	} else {
		option = c.redisServers()
	}
	if err != nil {
		return option, "", err
	}
	if c.RedisTLS && option.TLSConfig == nil {
		option.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if option.TLSConfig != nil {
		if err := c.addCertificates(option.TLSConfig); err != nil {
			return option, "", err
		}
		option.Sentinel.TLSConfig = option.TLSConfig
	}
	timeout := time.Duration(c.RedisTimeout)
	option.Dialer.Timeout, option.ConnWriteTimeout = timeout, timeout
	option.Sentinel.Dialer.Timeout = timeout
	option.DisableCache = true // it is not used, and not every server knows it
	option.PipelineMultiplex, option.BlockingPoolSize = connections(int(c.RedisConnections))
	return option, prefix, nil
}

// connections returns the settings of rueidis for at most n connections of each
// kind: those that calls share, a power of two, and those that one call has for
// itself while it waits for replicas. 0 leaves both as rueidis has them.
func connections(n int) (multiplex, pool int) {
	switch {
	case n == 0:
		return 0, 0
	case n == 1:
		return -1, 1 // one
	default:
		return min(bits.Len(uint(n))-1, rueidis.MaxPipelineMultiplex), n
	}
}

// redisServers returns where the configured server is, or those are that know.
func (c *config) redisServers() rueidis.ClientOption {
	o := rueidis.ClientOption{Username: c.RedisUsername, Password: c.RedisPassword, SelectDB: int(c.RedisDB)}
	switch {
	case c.RedisCluster != nil:
		o.InitAddress, o.SelectDB = c.RedisCluster, 0 // a cluster has no other
	case c.RedisSentinels != nil:
		o.InitAddress = c.RedisSentinels
		o.Sentinel = rueidis.SentinelOption{
			MasterSet: c.RedisService, Username: c.RedisSentinelUsername, Password: c.RedisSentinelPassword,
			TopologyRefreshInterval: 5 * time.Second, // should their message of a failover be lost
		}
	case c.RedisSocket != "":
		o.InitAddress, o.ForceSingleClient = []string{c.RedisSocket}, true
		o.DialCtxFn = func(ctx context.Context, path string, dialer *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", path)
		}
	default:
		// Not forced to be a single one: it may turn out to be a cluster's.
		o.InitAddress = []string{net.JoinHostPort(c.RedisHost, strconv.Itoa(int(c.RedisPort)))}
	}
	return o
}

// parseRedisURL takes what rueidis does, and the prefix as one more parameter.
func parseRedisURL(address, prefix string) (rueidis.ClientOption, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return rueidis.ClientOption{}, "", errors.New("a Redis URL must be like redis://user:password@host:6379/0?prefix=sxp") // err has the password
	}
	if q := u.Query(); q.Has("prefix") {
		if prefix = q.Get("prefix"); prefix == "" {
			return rueidis.ClientOption{}, "", fmt.Errorf("the prefix in the URL %s is empty", shownURL(u))
		}
	}
	option, err := rueidis.ParseURL(address)
	if err != nil {
		return option, "", fmt.Errorf("the URL %s: %w", shownURL(u), err)
	}
	if option.TLSConfig != nil {
		option.TLSConfig.ServerName = "" // so that of several machines each has its own
	}
	return option, prefix, nil
}

// shownURL returns a URL without what may be secret: a password is also given
// in the user's place, or as a parameter.
func shownURL(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// addCertificates adds those that the configuration names.
func (c *config) addCertificates(t *tls.Config) error {
	if c.RedisServerName != "" {
		t.ServerName = c.RedisServerName
	}
	if c.RedisCA != "" {
		text, err := os.ReadFile(c.RedisCA)
		if err != nil {
			return fmt.Errorf("redis_tls_ca: %w", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(text) {
			return fmt.Errorf("redis_tls_ca: there is no certificate in %s", c.RedisCA)
		}
	}
	if c.RedisCert != "" {
		pair, err := tls.LoadX509KeyPair(c.RedisCert, c.RedisKey)
		if err != nil {
			return fmt.Errorf("redis_tls_cert and redis_tls_key: %w", err)
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return nil
}

// shownRedis returns where a server is, without a password.
func shownRedis(o rueidis.ClientOption) string {
	where := strings.Join(o.InitAddress, ", ")
	if o.Sentinel.MasterSet != "" {
		where = o.Sentinel.MasterSet + ", known to " + where
	}
	return fmt.Sprintf("%s, database %d", where, o.SelectDB)
}

// whereRedis tells where the data is.
func (c *config) whereRedis() string {
	option, prefix, err := c.redisOption("")
	if err != nil {
		return "Redis"
	}
	return fmt.Sprintf("Redis at %s, prefix %s", shownRedis(option), prefix)
}

// timeout returns how long a request may wait for the store. Over Redis one that
// ends no later than a call to it spares the store a timer for each call.
func (c *config) timeout() time.Duration {
	if c.Store == inRedis {
		return min(c.StoreTimeout, time.Duration(c.RedisTimeout))
	}
	return c.StoreTimeout
}

// collect removes in the background what processes that died have left in Redis.
func collect(ctx context.Context, st store.Store, log *slog.Logger) (stop func()) {
	garbage, ok := st.(*redisStore)
	if !ok {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		removed, err := garbage.Collect(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("collecting what deleted experiments left", "error", err)
		case removed > 0:
			log.Info("collected what deleted experiments left", "keys", removed)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
