package config

import (
	"slices"
	"strings"
)

// selectsRedis tells whether the Redis store is to be used: to set any of its
// keys is to select it, unless store says otherwise.
func (s *Settings) selectsRedis() bool {
	var given []string
	var source string
	for _, k := range keys {
		if k.redis() && s.sources[k.Name] != "" {
			given, source = append(given, s.given(k.Name)), s.sources[k.Name]
		}
	}
	if s.sources["store"] == "" && given != nil {
		s.Store, s.sources["store"] = StoreRedis, source
		s.values.Set("store", string(StoreRedis))
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

// A way says how to get to Redis.
type way struct {
	key  string
	with []string // keys that go with it
}

var waysToRedis = []way{
	{"redis_url", nil},
	{"redis_cluster", []string{"redis_username", "redis_password"}},
	{"redis_sentinels", []string{
		"redis_sentinel_service_name", "redis_sentinel_username", "redis_sentinel_password",
		"redis_username", "redis_password", "redis_db",
	}},
	{"redis_unix_socket", []string{"redis_username", "redis_password", "redis_db"}},
}

// checkRedis finds what contradicts each other, and what has no effect.
func (s *Settings) checkRedis() {
	for _, w := range waysToRedis {
		if s.sources[w.key] != "" {
			s.checkWay(w)
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

// checkWay finds the keys that do not go with the way given. Sixpack 2 takes no
// notice of a host beside sentinels, so these are allowed.
func (s *Settings) checkWay(w way) {
	places := []string{
		"redis_cluster", "redis_sentinels", "redis_sentinel_service_name", "redis_sentinel_username", "redis_sentinel_password",
		"redis_unix_socket", "redis_host", "redis_port", "redis_username", "redis_password", "redis_db",
	}
	for _, name := range places {
		switch {
		case s.sources[name] == "" || name == w.key || slices.Contains(w.with, name):
		case w.key == "redis_sentinels" && (name == "redis_host" || name == "redis_port"):
			s.notef("no effect, because of redis_sentinels: %s", s.given(name))
		case w.key == "redis_cluster" && name == "redis_db":
			if s.RedisDB != 0 {
				s.problemf("%s is %d: a cluster has database 0 only", s.given(name), s.RedisDB)
			}
		default:
			s.problemf("%s and %s contradict each other: set one of them", s.given(w.key), s.given(name))
		}
	}
}

func (s *Settings) checkSentinels() {
	switch given := s.sources["redis_sentinels"] != ""; {
	case given && s.RedisService == "":
		s.problemf("%s needs redis_sentinel_service_name, the name under which the sentinels know the primary", s.given("redis_sentinels"))
	case !given && s.sources["redis_sentinel_service_name"] != "" && s.sources["redis_url"] == "":
		s.notef("no effect without redis_sentinels: %s", s.given("redis_sentinel_service_name"))
	}
}

func (s *Settings) checkTLS() {
	if (s.RedisCert == "") != (s.RedisKey == "") {
		s.problemf("redis_tls_cert and redis_tls_key need each other")
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
