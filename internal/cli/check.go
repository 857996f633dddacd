package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// check finds what is wrong beyond single values, and what is worth a note.
func (s *settings) check() {
	s.checkNames()
	s.checkAccess()
	if s.selectsRedis() {
		s.checkRedis()
	}
	if s.Robots.Regexp != nil && s.values.GetString("robot_regex") == "" {
		s.notef("robot_regex from %s is empty: every visitor whose user agent is given is a robot", s.source("robot_regex"))
	}
	s.checkWhiplash()
	for _, k := range keys {
		if k.inert != "" && s.sources[k.name] != "" {
			s.notef("%s from %s has no effect: %s", k.name, s.sources[k.name], k.inert)
		}
	}
	for _, name := range retiredKeys {
		if s.sources[name] != "" {
			s.notef("%s from %s has no effect: it is a key of Sixpack 1", name, s.sources[name])
		}
	}
}

// checkWhiplash finds what contradicts enable_whiplash, which names an algorithm.
func (s *settings) checkWhiplash() {
	switch {
	case !s.EnableWhiplash:
	case s.sources["algorithm"] == "":
		s.notef("enable_whiplash from %s: the algorithm is whiplash", s.source("enable_whiplash"))
	case s.Algorithm != whiplash:
		s.problemf("enable_whiplash from %s contradicts algorithm %q from %s: leave one of them out",
			s.source("enable_whiplash"), s.Algorithm, s.source("algorithm"))
	}
}

func (s *settings) problemf(format string, arguments ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, arguments...))
}

func (s *settings) notef(format string, arguments ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, arguments...))
}

// checkNames finds the keys of a file that do not exist.
func (s *settings) checkNames() {
	known := knownNames()
	for _, name := range slices.Sorted(maps.Keys(s.sources)) {
		if !slices.Contains(known, name) {
			s.problemf("%s from %s is not a key%s", name, s.sources[name], didYouMean(name, known))
		}
	}
}

// checkVariables looks for misspelled variables. Others may have variables that
// begin as ours do, so only what is clearly meant for us is a problem.
func (s *settings) checkVariables(variables map[string]string) {
	known := knownVariables()
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		short, ours := strings.CutPrefix(name, "SIXPACK_")
		if !ours || slices.Contains(known, name) {
			continue
		}
		if k, ok := findKey(strings.ToLower(strings.TrimPrefix(short, "CONFIG_"))); ok {
			s.problemf("%s is not a variable of sixpack: did you mean %s?", name, k.variable())
			continue
		}
		if best, distance := nearest(name, known); distance <= len(short)/4 {
			s.problemf("%s is not a variable of sixpack: did you mean %s?", name, best)
			continue
		}
		s.notef("%s is not a variable of sixpack, and is ignored", name)
	}
}

// err returns all problems as one error, nil if there are none.
func (s *settings) err() error {
	switch len(s.problems) {
	case 0:
		return nil
	case 1:
		return errors.New("configuration: " + s.problems[0])
	default:
		return errors.New("configuration:\n  " + strings.Join(s.problems, "\n  "))
	}
}

// shown returns the value of a key as an operator may see it.
func (s *settings) shown(k key) string {
	value := s.values.Get(k.name)
	switch {
	case k.name == "users" && len(s.Users) > 0:
		return people(s.Users)
	case k.name == "tokens" && len(s.Tokens) > 0:
		return people(s.Tokens)
	case (k.name == "users" || k.name == "tokens") && s.sources[k.name] == "":
		return "none"
	}
	if k.secret && value != "" {
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
