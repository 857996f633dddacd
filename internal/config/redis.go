package config

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/bits"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// Redis returns the options for a client of the Redis at a URL, or of the
// configured one if the URL is empty, and the prefix of its keys.
func (c *Config) Redis(address string) (option rueidis.ClientOption, prefix string, err error) {
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
	timeout := c.RedisTimeout.Duration
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
func (c *Config) redisServers() rueidis.ClientOption {
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
		o.InitAddress, o.ForceSingleClient = []string{string(c.RedisSocket)}, true
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
func (c *Config) addCertificates(t *tls.Config) error {
	if c.RedisServerName != "" {
		t.ServerName = c.RedisServerName
	}
	if c.RedisCA != "" {
		text, err := os.ReadFile(string(c.RedisCA))
		if err != nil {
			return fmt.Errorf("redis_tls_ca: %w", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(text) {
			return fmt.Errorf("redis_tls_ca: there is no certificate in %s", c.RedisCA)
		}
	}
	if c.RedisCert != "" {
		pair, err := tls.LoadX509KeyPair(string(c.RedisCert), string(c.RedisKey))
		if err != nil {
			return fmt.Errorf("redis_tls_cert and redis_tls_key: %w", err)
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return nil
}

// ShowRedis returns the address of a Redis, without its password.
func ShowRedis(o rueidis.ClientOption) string {
	where := strings.Join(o.InitAddress, ", ")
	if o.Sentinel.MasterSet != "" {
		where = o.Sentinel.MasterSet + ", known to " + where
	}
	return fmt.Sprintf("%s, database %d", where, o.SelectDB)
}
