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
// kind: shared ones, whose number is a power of two, and ones that a call blocks while
// it waits for replicas. 0 means the defaults of rueidis.
func connections(n int) (multiplex, pool int) {
	switch {
	case n == 0:
		return 0, 0
	case n == 1:
		return -1, 1 // one of each
	default:
		return min(bits.Len(uint(n))-1, rueidis.MaxPipelineMultiplex), n
	}
}

// redisServers returns the options for the configured server, cluster or sentinels.
func (c *Config) redisServers() rueidis.ClientOption {
	o := rueidis.ClientOption{Username: c.RedisUsername, Password: c.RedisPassword, SelectDB: int(c.RedisDB)}
	switch {
	case len(c.RedisCluster) > 0:
		o.InitAddress, o.SelectDB = c.RedisCluster, 0 // the only database of a cluster
	case len(c.RedisSentinels) > 0:
		o.InitAddress = c.RedisSentinels
		o.Sentinel = rueidis.SentinelOption{
			MasterSet: c.RedisService, Username: c.RedisSentinelUsername, Password: c.RedisSentinelPassword,
			TopologyRefreshInterval: 5 * time.Second, // in case a failover message is lost
		}
	case c.RedisSocket != "":
		o.InitAddress, o.ForceSingleClient = []string{string(c.RedisSocket)}, true
		o.DialCtxFn = func(ctx context.Context, path string, dialer *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", path)
		}
	default:
		// ForceSingleClient stays false: the server may be a node of a cluster.
		o.InitAddress = []string{net.JoinHostPort(c.RedisHost, strconv.Itoa(int(c.RedisPort)))}
	}
	return o
}

const urlForm = "must be like redis://user:password@host:6379/0?prefix=sxp"

// parseRedisURL parses what rueidis does, and the prefix as an additional parameter.
func parseRedisURL(address, prefix string) (rueidis.ClientOption, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return rueidis.ClientOption{}, "", errors.New("a Redis URL " + urlForm) // err contains the password
	}
	if q := u.Query(); q.Has("prefix") {
		if prefix = q.Get("prefix"); prefix == "" {
			return rueidis.ClientOption{}, "", fmt.Errorf("the prefix in the URL %s is empty: leave out prefix= or give it a value", shownURL(u))
		}
	}
	option, err := rueidis.ParseURL(address)
	if err != nil {
		return option, "", fmt.Errorf("the URL %s %s: %w", shownURL(u), urlForm, err)
	}
	if option.TLSConfig != nil {
		option.TLSConfig.ServerName = "" // so that each server is checked by its own name
	}
	return option, prefix, nil
}

// shownURL returns a URL without user, password and parameters, any of which may
// be secret.
func shownURL(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// addCertificates adds the configured CAs, client certificate and server name.
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
