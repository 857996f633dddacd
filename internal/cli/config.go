package cli

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/access"
)

// defaults is both the documentation of the configuration and its default
// values, so that they cannot disagree.
//
//go:embed config.yaml
var defaults []byte

// configVariable names the configuration file, configFlag does it too.
const (
	configVariable = "SIXPACK_CONFIG"
	configFlag     = "config"
)

// config is the configuration in force.
type config struct {
	Host    string `mapstructure:"host"`
	Port    uint16 `mapstructure:"port"`
	WebHost string `mapstructure:"web_host"`
	WebPort uint16 `mapstructure:"web_port"`

	Store        storeKind     `mapstructure:"store"`
	DataDir      directory     `mapstructure:"data_dir"`
	StoreTimeout time.Duration `mapstructure:"store_timeout"`

	Enabled        bool           `mapstructure:"enabled"`
	Algorithm      algorithm      `mapstructure:"algorithm"`
	EnableWhiplash bool           `mapstructure:"enable_whiplash"`
	BanditWindow   time.Duration  `mapstructure:"bandit_window"`
	BanditMemory   number         `mapstructure:"bandit_memory"`
	Weights        weights        `mapstructure:"weights"`
	Timezone       zone           `mapstructure:"timezone"`
	ExperimentName expression     `mapstructure:"experiment_name_regex"`
	Robots         anyCase        `mapstructure:"robot_regex"`
	Ignored        []netip.Prefix `mapstructure:"ignored_ip_addresses"`

	CORSOrigins       []string `mapstructure:"cors_origin"`
	CORSHeaders       string   `mapstructure:"cors_headers"`
	CORSCredentials   bool     `mapstructure:"cors_credentials"`
	CORSMethods       string   `mapstructure:"cors_methods"`
	CORSExposeHeaders string   `mapstructure:"cors_expose_headers"`

	LogLevel  slog.Level   `mapstructure:"log_level"`
	LogFormat logFormat    `mapstructure:"log_format"`
	AccessLog bool         `mapstructure:"access_log"`
	Debug     bool         `mapstructure:"debug"`
	Metrics   bool         `mapstructure:"metrics"`
	StatsD    statsdServer `mapstructure:"statsd_url"`

	ShutdownTimeout time.Duration `mapstructure:"shutdown_timeout"`

	RedisURL              string    `mapstructure:"redis_url"`
	RedisHost             string    `mapstructure:"redis_host"`
	RedisPort             uint16    `mapstructure:"redis_port"`
	RedisSocket           string    `mapstructure:"redis_unix_socket"`
	RedisUsername         string    `mapstructure:"redis_username"`
	RedisPassword         string    `mapstructure:"redis_password"`
	RedisDB               number    `mapstructure:"redis_db"`
	RedisPrefix           prefix    `mapstructure:"redis_prefix"`
	RedisTimeout          seconds   `mapstructure:"redis_socket_timeout"`
	RedisConnections      number    `mapstructure:"redis_max_connections"`
	RedisSentinels        addresses `mapstructure:"redis_sentinels"`
	RedisService          string    `mapstructure:"redis_sentinel_service_name"`
	RedisSentinelUsername string    `mapstructure:"redis_sentinel_username"`
	RedisSentinelPassword string    `mapstructure:"redis_sentinel_password"`
	RedisWaitReplicas     number    `mapstructure:"redis_wait_replicas"`
	RedisCluster          addresses `mapstructure:"redis_cluster"`
	RedisTLS              bool      `mapstructure:"redis_tls"`
	RedisCA               string    `mapstructure:"redis_tls_ca"`
	RedisCert             string    `mapstructure:"redis_tls_cert"`
	RedisKey              string    `mapstructure:"redis_tls_key"`
	RedisServerName       string    `mapstructure:"redis_tls_server_name"`
	IgnoreSixpackData     bool      `mapstructure:"ignore_sixpack_data"`

	Users       []access.User  `mapstructure:"users"`
	Tokens      []access.Token `mapstructure:"tokens"`
	ProxyHeader string         `mapstructure:"proxy_header"`
	ProxyFrom   []netip.Prefix `mapstructure:"proxy_from"`
	ProxyRole   proxyRole      `mapstructure:"proxy_role"`
	ProxyFix    bool           `mapstructure:"proxy_fix"`
	SecretKey   string         `mapstructure:"secret_key"`
	CSRFDisable bool           `mapstructure:"csrf_disable"`
	WebPrefix   webPrefix      `mapstructure:"web_prefix"`
	APIURL      webAddress     `mapstructure:"api_url"`
	AssetPath   string         `mapstructure:"asset_path"`
}

// engine returns the configuration of the engine.
func (c *config) engine() sixpack.Config {
	chosen := c.Algorithm
	if c.EnableWhiplash {
		chosen = whiplash
	}
	return sixpack.Config{
		Disabled:       !c.Enabled,
		Algorithm:      string(chosen),
		Bandit:         sixpack.Bandit{Window: c.BanditWindow, Memory: int64(c.BanditMemory)},
		Weights:        c.Weights,
		Location:       c.Timezone.Location,
		Robots:         c.Robots.Regexp,
		Ignored:        c.Ignored,
		ExperimentName: c.ExperimentName.Regexp,
	}
}

// A settings is the configuration as it was found: all values, where each comes
// from, and what is wrong with them.
type settings struct {
	config
	values   *viper.Viper
	sources  map[string]string // of the keys that are not as by default
	problems []string          // with these nothing starts
	notes    []string          // what an operator should know
}

// addFlags declares the flags that set the configuration.
func addFlags(flags *pflag.FlagSet) {
	flags.String(configFlag, "", "")
	for _, k := range keys {
		if k.hasFlag() {
			flags.String(k.flag(), "", "")
		}
	}
	for _, name := range []string{"debug", "access-log", "metrics", "redis-tls", "ignore-sixpack-data", "proxy-fix", "csrf-disable"} {
		flags.Lookup(name).NoOptDefVal = "yes"
	}
}

// load collects the configuration. Its error is that of a file that cannot be
// read; all else that is wrong is in problems.
func load(environ []string, flags *pflag.FlagSet) (*settings, error) {
	s := &settings{values: viper.New(), sources: make(map[string]string)}
	s.values.SetConfigType("yaml")
	if err := s.addDefaults(); err != nil {
		return nil, err
	}
	if err := s.addFile(configFile(environ, flags)); err != nil {
		return nil, err
	}
	if err := s.addVariables(environ); err != nil {
		return nil, err
	}
	if err := s.bindFlags(flags); err != nil {
		return nil, err
	}
	s.decode()
	s.check()
	return s, nil
}

// configFile returns the name of the configuration file, empty for none.
func configFile(environ []string, flags *pflag.FlagSet) string {
	if flags.Changed(configFlag) {
		return flags.Lookup(configFlag).Value.String()
	}
	for _, e := range environ {
		if path, ok := strings.CutPrefix(e, configVariable+"="); ok {
			return path
		}
	}
	return ""
}

func (s *settings) addDefaults() error {
	v := viper.New()
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(defaults)); err != nil {
		return err
	}
	for name, value := range v.AllSettings() {
		s.values.SetDefault(name, value)
	}
	return nil
}

func (s *settings) addFile(path string) error {
	if path == "" {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
			err = pathError.Err // its path is in our message
		}
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	file := viper.New()
	file.SetConfigType("yaml")
	if err := file.ReadConfig(bytes.NewReader(content)); err != nil {
		return fmt.Errorf("configuration file %s: %w", path, errors.Unwrap(err))
	}
	given := file.AllSettings()
	keepWeights(given, content)
	for name, value := range given {
		if value == nil { // a key without a value is as by default
			delete(given, name)
			continue
		}
		s.sources[name] = "file " + path
		if text, ok := value.(string); ok && isYes(text) {
			given[name] = true // YAML 1.1's on, which Sixpack 2's files may have
		}
	}
	return s.values.MergeConfigMap(given)
}

func (s *settings) addVariables(environ []string) error {
	given := make(map[string]any)
	variables := make(map[string]string, len(environ))
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		variables[name] = value
	}
	for _, k := range keys {
		if value, ok := variables[k.variable()]; ok && (value != "" || !k.redis()) {
			given[k.name] = value
			s.sources[k.name] = "variable " + k.variable()
		}
	}
	s.checkVariables(variables)
	return s.values.MergeConfigMap(given)
}

func (s *settings) bindFlags(flags *pflag.FlagSet) error {
	for _, k := range keys {
		if !k.hasFlag() {
			continue
		}
		if err := s.values.BindPFlag(k.name, flags.Lookup(k.flag())); err != nil {
			return err
		}
		if flags.Changed(k.flag()) {
			s.sources[k.name] = "flag --" + k.flag()
		}
	}
	return nil
}

// decode turns the values into a config, and all that fails into problems.
func (s *settings) decode() {
	err := s.values.Unmarshal(&s.config, viper.DecodeHook(mapstructure.DecodeHookFuncType(parse)))
	failures := []error{err}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		failures = joined.Unwrap()
	}
	for _, failure := range failures {
		if failure != nil {
			s.problems = append(s.problems, s.describe(failure))
		}
	}
}

// describe says what is wrong with one value.
func (s *settings) describe(err error) string {
	var failure *mapstructure.DecodeError
	if !errors.As(err, &failure) {
		return err.Error()
	}
	name := failure.Name()
	k, _ := findKey(name)
	value := s.values.Get(name)
	shown := fmt.Sprintf("%q", fmt.Sprint(value))
	if k.secret {
		shown = s.shown(k)
	}
	text := fmt.Sprintf("%s: %s from %s: %v", name, shown, s.source(name), failure.Unwrap())
	if address, ok := value.(string); ok && strings.HasPrefix(address, "tcp://") {
		text += " (Kubernetes sets this variable for a service named sixpack: enableServiceLinks: false)"
	}
	return text
}

// source says where the value of a key comes from.
func (s *settings) source(name string) string {
	if source := s.sources[name]; source != "" {
		return source
	}
	return "default"
}
