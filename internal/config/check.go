package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/internal/suggest"
)

// check finds problems beyond single values, and what is worth a note.
func (s *Settings) check() {
	s.checkNames()
	s.checkAccess()
	if s.selectsRedis() {
		s.checkRedis()
	}
	if s.Robots.Regexp != nil && s.values.GetString("robot_regex") == "" {
		s.notef("robot_regex from %s is empty: every visitor with a user agent is a robot", s.source("robot_regex"))
	}
	s.checkWhiplash()
	for _, k := range keys {
		if k.inert != "" && s.sources[k.Name] != "" {
			s.notef("%s from %s has no effect: %s", k.Name, s.sources[k.Name], k.inert)
		}
	}
	for _, name := range retiredKeys {
		if s.sources[name] != "" {
			s.notef("%s from %s has no effect: it is a key of Sixpack 1", name, s.sources[name])
		}
	}
}

// checkWhiplash checks enable_whiplash, which contradicts other algorithms.
func (s *Settings) checkWhiplash() {
	switch {
	case !s.EnableWhiplash:
	case s.sources["algorithm"] == "":
		s.notef("enable_whiplash from %s: the algorithm is whiplash", s.source("enable_whiplash"))
	case s.Algorithm != whiplash:
		s.problemf("enable_whiplash from %s contradicts algorithm %q from %s: leave one of them out",
			s.source("enable_whiplash"), s.Algorithm, s.source("algorithm"))
	}
}

func (s *Settings) problemf(format string, arguments ...any) {
	s.Problems = append(s.Problems, fmt.Sprintf(format, arguments...))
}

func (s *Settings) notef(format string, arguments ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, arguments...))
}

// checkNames finds keys in the file that do not exist.
func (s *Settings) checkNames() {
	known := knownNames()
	for _, name := range slices.Sorted(maps.Keys(s.sources)) {
		if !slices.Contains(known, name) {
			s.problemf("%s from %s is not a key%s (see \"sixpack help config\")", name, s.sources[name], suggest.DidYouMean(name, known))
		}
	}
}

// checkVariables finds misspelled variables. Other programs may have variables with
// our prefix, so only a variable that is much like one of ours is a problem.
func (s *Settings) checkVariables(variables map[string]string) {
	known := knownVariables()
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		short, ours := strings.CutPrefix(name, "SIXPACK_")
		if !ours || slices.Contains(known, name) {
			continue
		}
		if k, ok := findKey(strings.ToLower(strings.TrimPrefix(short, "CONFIG_"))); ok {
			s.problemf("%s is not a variable of sixpack: did you mean %s?", name, k.Variable)
			continue
		}
		if best, distance := suggest.Nearest(name, known); distance <= len(short)/4 {
			s.problemf("%s is not a variable of sixpack: did you mean %s?", name, best)
			continue
		}
		s.notef("%s is not a variable of sixpack and is ignored", name)
	}
}

// Err returns all problems as one error, nil if there are none.
func (s *Settings) Err() error {
	switch len(s.Problems) {
	case 0:
		return nil
	case 1:
		return errors.New("configuration: " + s.Problems[0])
	default:
		return errors.New("configuration:\n  " + strings.Join(s.Problems, "\n  "))
	}
}

// Row is a key with its value in effect.
type Row struct{ Key, Source, Value string }

// Rows returns the values in effect, without secrets, in the order of the
// documentation.
func (s *Settings) Rows() []Row {
	rows := make([]Row, len(keys))
	for i, k := range keys {
		rows[i] = Row{k.Name, s.source(k.Name), s.shown(k)}
	}
	return rows
}

// shown returns the value of a key, without secrets.
func (s *Settings) shown(k Key) string {
	value := s.values.Get(k.Name)
	switch {
	case k.Name == "users" && len(s.Users) > 0:
		return people(s.Users)
	case k.Name == "tokens" && len(s.Tokens) > 0:
		return people(s.Tokens)
	case k.secret && s.sources[k.Name] != "" && value != "":
		return "(secret)"
	}
	list, ok := value.([]any)
	if !ok {
		return cmp.Or(fmt.Sprint(value), `""`)
	}
	items := make([]string, len(list))
	for i, item := range list {
		items[i] = fmt.Sprint(item)
	}
	return cmp.Or(strings.Join(items, ", "), "none")
}
