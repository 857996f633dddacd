package config

import (
	"slices"
	"strings"
)

// selectsRedis reports whether the store is Redis. Setting any of its keys selects
// it, unless the key store is set.
func (s *Settings) selectsRedis() bool {
	var given []string
	var source string
	for _, k := range keys {
		if k.redis() && s.sources[k.Name] != "" {
			given, source = append(given, s.given(k.Name)), s.sources[k.Name]
		}
	}
	if s.sources["store"] == "" && given != nil {
		s.Store = StoreRedis
		s.set("store", string(StoreRedis), source)
	}
	if s.Store != StoreRedis && given != nil {
		s.notef("no effect, because store from %s is %s: %s", s.source("store"), s.Store, strings.Join(given, ", "))
	}
	return s.Store == StoreRedis
}

// NamesRedis reports whether the configuration names a Redis.
func (s *Settings) NamesRedis() bool {
	return slices.ContainsFunc(keys, func(k Key) bool { return k.redis() && s.sources[k.Name] != "" })
}

// endpoint is a key that locates Redis.
type endpoint struct {
	key  string
	with []string // the connection keys that may be set too
}

// endpoints are in order of precedence.
var endpoints = []endpoint{
	{"redis_url", nil},
	{"redis_cluster", []string{"redis_username", "redis_password"}},
	{"redis_sentinels", []string{
		"redis_sentinel_service_name", "redis_sentinel_username", "redis_sentinel_password",
		"redis_username", "redis_password", "redis_db",
	}},
	{"redis_unix_socket", []string{"redis_username", "redis_password", "redis_db"}},
}

// checkRedis finds keys that contradict each other, and keys without effect.
func (s *Settings) checkRedis() {
	for _, e := range endpoints {
		if s.sources[e.key] != "" {
			s.checkEndpoint(e)
			break
		}
	}
	s.checkSentinels()
	s.checkTLS()
	if len(s.Problems) == 0 {
		if _, _, err := s.Redis(""); err != nil {
			s.Problems = append(s.Problems, err.Error())
		}
	}
}

// checkEndpoint finds connection keys that must not be set together with e. A host
// together with sentinels is only noted, because Sixpack 2 ignores it.
func (s *Settings) checkEndpoint(e endpoint) {
	connection := []string{
		"redis_cluster", "redis_sentinels", "redis_sentinel_service_name", "redis_sentinel_username", "redis_sentinel_password",
		"redis_unix_socket", "redis_host", "redis_port", "redis_username", "redis_password", "redis_db",
	}
	for _, name := range connection {
		switch {
		case s.sources[name] == "" || name == e.key || slices.Contains(e.with, name):
		case e.key == "redis_sentinels" && (name == "redis_host" || name == "redis_port"):
			s.notef("no effect, because of redis_sentinels: %s", s.given(name))
		case e.key == "redis_cluster" && name == "redis_db":
			if s.RedisDB != 0 {
				s.problemf("%s is %d: a cluster has database 0 only", s.given(name), s.RedisDB)
			}
		default:
			s.problemf("%s and %s contradict each other: set only one of them", s.given(e.key), s.given(name))
		}
	}
}

func (s *Settings) checkSentinels() {
	switch given := s.sources["redis_sentinels"] != ""; {
	case given && s.RedisService == "":
		s.problemf("%s needs redis_sentinel_service_name, the name by which the sentinels know the primary", s.given("redis_sentinels"))
	case !given && s.sources["redis_sentinel_service_name"] != "" && s.sources["redis_url"] == "":
		s.notef("no effect without redis_sentinels: %s", s.given("redis_sentinel_service_name"))
	}
}

func (s *Settings) checkTLS() {
	if (s.RedisCert == "") != (s.RedisKey == "") {
		s.problemf("redis_tls_cert and redis_tls_key must be set together")
	}
	if s.RedisTLS || strings.HasPrefix(s.RedisURL, "rediss:") || strings.HasPrefix(s.RedisURL, "valkeys:") {
		return
	}
	for _, name := range []string{"redis_tls_ca", "redis_tls_cert", "redis_tls_key", "redis_tls_server_name"} {
		if s.sources[name] != "" {
			s.problemf("%s needs redis_tls: yes, or a URL that begins with rediss:", s.given(name))
		}
	}
}
