package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/dashboard/access"
)

// access returns who may see the dashboard.
func (c *config) access() access.Options {
	a := access.Options{
		Users: c.Users, Tokens: c.Tokens, NoFormTokens: c.CSRFDisable,
		Proxy: access.Proxy{Header: c.ProxyHeader, From: c.ProxyFrom, FromAnywhere: c.ProxyFix},
	}
	if c.ProxyRole != noRole {
		a.Proxy.Role = access.Role(c.ProxyRole)
	}
	return a
}

// checkAccess finds what would keep people out, or let them in too easily.
func (s *settings) checkAccess() {
	if s.ProxyHeader != "" && len(s.ProxyFrom) == 0 {
		s.problemf("%s needs proxy_from, the addresses of the proxy: from elsewhere the header is not believed", s.given("proxy_header"))
		return
	}
	var all interface{ Unwrap() []error }
	if errors.As(s.access().Check(), &all) {
		for _, err := range all.Unwrap() {
			s.problems = append(s.problems, err.Error())
		}
	}
	switch {
	case s.SecretKey == exampleSecret:
		s.notef("%s is the one of the example, which everybody knows: one is made up instead", s.given("secret_key"))
	case s.SecretKey != "" && len(s.SecretKey) < shortestSecret && len(s.Users) > 0:
		s.problemf("%s is too short, so that somebody could guess it and make up a login: take at least %d characters, "+
			"or leave it out to have one made up", s.given("secret_key"), shortestSecret)
	}
}

// exposed returns an error if others can reach the dashboard, though nobody has
// said who may.
func (s *settings) exposed() error {
	if s.access().Configured() || here(s.WebHost) {
		return nil
	}
	return fmt.Errorf("%s is %q, by which others can reach the dashboard, and nobody is named who may: run \"sixpack passwd\" and put "+
		"the line that it prints below users in the configuration file, or into SIXPACK_USERS; or leave web_host at 127.0.0.1",
		s.given("web_host"), s.WebHost)
}

// here tells whether a host is this machine.
func here(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// people returns their names and roles, as an operator may see them.
func people[P access.User | access.Token](all []P) string {
	texts := make([]string, len(all))
	for i, p := range all {
		u := access.User(p)
		texts[i] = fmt.Sprintf("%s (%s)", u.Name, u.Role)
	}
	return strings.Join(texts, ", ")
}

// parseUsers takes a list of mappings, or of texts like name:role:hash, or one
// text with several of these. Its errors tell nothing of hashes.
func parseUsers(value any) (users []access.User, err error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, item := range list {
		if fields, ok := item.(map[string]any); ok {
			user, err := parseUser(fields)
			if err != nil {
				return nil, err
			}
			users = append(users, user)
			continue
		}
		for _, text := range split(item) {
			name, rest, ok := strings.Cut(text, ":")
			role, hash, _ := strings.Cut(rest, ":")
			if !ok {
				return nil, errors.New("must be a list of {name: …, role: …, hash: …}, or like name:role:hash,name:role:hash")
			}
			users = append(users, access.User{Name: name, Role: access.Role(role), Hash: hash})
		}
	}
	return users, nil
}

func parseUser(fields map[string]any) (access.User, error) {
	known := []string{"name", "role", "hash"}
	for field := range fields {
		if !slices.Contains(known, field) {
			return access.User{}, fmt.Errorf("has %q, which is none of name, role and hash", field)
		}
	}
	text := func(field string) string {
		if fields[field] == nil {
			return ""
		}
		return fmt.Sprint(fields[field])
	}
	return access.User{Name: text("name"), Role: access.Role(text("role")), Hash: text("hash")}, nil
}

func parseTokens(value any) ([]access.Token, error) {
	users, err := parseUsers(value)
	tokens := make([]access.Token, len(users))
	for i, u := range users {
		tokens[i] = access.Token(u)
	}
	return tokens, err
}

func parseWebPrefix(s string) (webPrefix, error) {
	trimmed := strings.TrimRight(s, "/")
	if trimmed != "" && (trimmed[0] != '/' || path.Clean(trimmed) != trimmed || (&url.URL{Path: trimmed}).EscapedPath() != trimmed ||
		strings.ContainsAny(trimmed, "{}")) {
		return "", errors.New("must be a path like /ab")
	}
	return webPrefix(trimmed), nil
}

func parseWebAddress(s string) (webAddress, error) {
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil) {
		return "", errors.New("must be like https://ab.example.com")
	}
	return webAddress(strings.TrimRight(s, "/")), nil
}
