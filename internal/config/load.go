package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// The variable and the flag that name the configuration file.
const (
	fileVariable = "SIXPACK_CONFIG"
	FileFlag     = "config"
)

// Settings is the configuration with the source and the problems of each value.
type Settings struct {
	Config
	Problems []string // with any of these, nothing starts
	Notes    []string // warnings for the operator

	values  *viper.Viper
	sources map[string]string // of the keys that are set, not default
}

// Load collects the configuration from the file, the environment and the flags
// that [AddFlags] declared. It returns an error if the file cannot be read or
// parsed. Everything else that is wrong is in Problems; see [Settings.Err].
func Load(environ []string, flags *pflag.FlagSet) (*Settings, error) {
	s := &Settings{values: viper.New(), sources: make(map[string]string)}
	variables := make(map[string]string, len(environ))
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		variables[name] = value
	}
	file := variables[fileVariable]
	if flags.Changed(FileFlag) {
		file = flags.Lookup(FileFlag).Value.String()
	}
	if err := s.readFile(file); err != nil {
		return nil, err
	}
	for _, k := range keys {
		s.values.SetDefault(k.Name, k.value())
		if value, ok := variables[k.Variable]; ok && (value != "" || !k.redis()) {
			s.set(k.Name, value, "variable "+k.Variable)
		}
		if k.Flag != "" && flags.Changed(k.Flag) {
			s.set(k.Name, flags.Lookup(k.Flag).Value.String(), "flag --"+k.Flag)
		}
	}
	s.checkVariables(variables)
	s.decode()
	s.check()
	return s, nil
}

func (s *Settings) set(key string, value any, source string) {
	s.values.Set(key, value)
	s.sources[key] = source
}

// readFile sets the values in the configuration file, if there is one.
func (s *Settings) readFile(path string) error {
	if path == "" {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
			err = pathError.Err // the message has the path already
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
		if text, ok := value.(string); ok && isYAML11Yes(text) {
			value = true
		}
		if value != nil { // a key without a value means the default
			s.set(name, value, "file "+path)
		}
	}
	return nil
}

// decode decodes the values into s.Config. Values that cannot be decoded become
// problems.
func (s *Settings) decode() {
	err := s.values.Unmarshal(&s.Config, func(c *mapstructure.DecoderConfig) {
		c.TagName = "key"
		c.DecodeHook = mapstructure.ComposeDecodeHookFunc(prepare, mapstructure.TextUnmarshallerHookFunc())
	})
	failures := []error{err}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		failures = joined.Unwrap()
	}
	for _, failure := range failures {
		if failure != nil {
			s.Problems = append(s.Problems, s.describe(failure))
		}
	}
	for _, k := range keys {
		value := s.values.Get(k.Name)
		if k.kind == reflect.String && k.Values != nil && isScalar(value) && !slices.Contains(k.Values, fmt.Sprint(value)) {
			s.problemf("%s: %q from %s: must be one of %s", k.Name, fmt.Sprint(value), s.source(k.Name), strings.Join(k.Values, ", "))
		}
	}
}

// describe returns the problem for a value that cannot be decoded.
func (s *Settings) describe(err error) string {
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

// source returns where the value of a key comes from.
func (s *Settings) source(name string) string {
	if source := s.sources[name]; source != "" {
		return source
	}
	return "default"
}

// given returns the name of a key and where its value comes from.
func (s *Settings) given(name string) string { return name + " from " + s.source(name) }
