package config

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Key is one key of the configuration, as [Config] declares it.
type Key struct {
	Name     string   // in the file
	Variable string   // environment variable
	Flag     string   // without the dashes; empty if the key has no flag
	Default  string   // as text
	Values   []string // that it may have, nil for any
	IsPath   bool     // reports whether the value is the path of a file or folder

	secret bool   // never shown
	inert  string // why the key has no effect
	kind   reflect.Kind
}

var keys = declaredKeys()

// Keys returns all keys in the order of the documentation.
func Keys() []Key { return slices.Clone(keys) }

// declaredKeys reads the tags of [Config]:
//
//	key:"NAME[,secret][,noflag]" env:"VARIABLE" default:"TEXT" values:"TEXT,TEXT…" inert:"WHY"
//
// A secret key has no flag. The variable is SIXPACK_NAME if there is no env.
func declaredKeys() (all []Key) {
	for f := range reflect.TypeFor[Config]().Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("key"), ",")
		k := Key{
			Name: name, Variable: cmp.Or(f.Tag.Get("env"), "SIXPACK_"+strings.ToUpper(name)),
			Default: f.Tag.Get("default"), inert: f.Tag.Get("inert"), secret: options == "secret", kind: f.Type.Kind(),
			IsPath: f.Type == reflect.TypeFor[Path]() || f.Type == reflect.TypeFor[Folder](),
		}
		if options == "" {
			k.Flag = strings.ReplaceAll(name, "_", "-")
		}
		if values := f.Tag.Get("values"); values != "" {
			k.Values = strings.Split(values, ",")
		}
		all = append(all, k)
	}
	return all
}

// value returns the default as a file would give it.
func (k Key) value() any {
	if k.kind == reflect.Slice && k.Default == "" {
		return []any{}
	}
	return k.Default
}

// locatesData reports whether the key sets where the data is.
func (k Key) locatesData() bool { return k.redis() || k.Name == "store" || k.Name == "data_dir" }

// redis reports whether setting the key selects the Redis store.
func (k Key) redis() bool { return strings.HasPrefix(k.Name, "redis_") }

func findKey(name string) (Key, bool) {
	i := slices.IndexFunc(keys, func(k Key) bool { return k.Name == name })
	if i < 0 {
		return Key{}, false
	}
	return keys[i], true
}

// HowToSet returns the ways to set a key, for the advice in an error message: "--port, SIXPACK_PORT or port in the configuration file".
func HowToSet(name string) string {
	k, _ := findKey(name)
	return fmt.Sprintf("--%s, %s or %s in the configuration file", k.Flag, k.Variable, k.Name)
}

// LocatesData reports whether a flag sets where the data is.
func LocatesData(flag string) bool {
	return flag == FileFlag || slices.ContainsFunc(keys, func(k Key) bool { return k.Flag == flag && k.locatesData() })
}

// AddFlags declares the flags that set the configuration.
func AddFlags(flags *pflag.FlagSet) {
	flags.String(FileFlag, "", "the configuration file")
	for _, k := range keys {
		if k.Flag == "" {
			continue
		}
		flags.String(k.Flag, "", "")
		if k.kind == reflect.Bool {
			flags.Lookup(k.Flag).NoOptDefVal = "yes"
		}
	}
}

// retiredKeys are in the configuration files of Sixpack 1, which ignored some
// of them itself.
var retiredKeys = []string{
	"full_response", "disable_whiplash", "control_on_db_failure", "allow_multiple_experiments",
}

// knownNames returns the keys that a file may have.
func knownNames() []string {
	names := slices.Clone(retiredKeys)
	for _, k := range keys {
		names = append(names, k.Name)
	}
	return names
}

// knownVariables returns the environment variables that configure this program.
func knownVariables() []string {
	variables := []string{fileVariable}
	for _, k := range keys {
		variables = append(variables, k.Variable)
	}
	return variables
}
