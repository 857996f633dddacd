package config

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/dashboard/access"
)

const (
	// exampleSecret is in the configuration file that Sixpack 2 comes with.
	exampleSecret = "<your secret key here>"

	// MinSecret is the minimum length of the secret that signs sessions.
	MinSecret = 16
)

// Access returns who has access to the dashboard, without the secret.
func (c *Config) Access() access.Options {
	a := access.Options{
		Users: c.Users, Tokens: c.Tokens, NoFormTokens: c.CSRFDisable,
		Proxy: access.Proxy{Header: c.ProxyHeader, From: c.ProxyFrom, FromAnywhere: c.ProxyFix},
	}
	if c.ProxyRole != noRole {
		a.Proxy.Role = access.Role(c.ProxyRole)
	}
	return a
}

// Secret returns the configured secret that signs sessions, or "" if there is
// none but the one of Sixpack 2's example, which everybody knows.
func (c *Config) Secret() string {
	if c.SecretKey == exampleSecret {
		return ""
	}
	return c.SecretKey
}

// checkAccess finds what would lock people out, or give access too easily.
func (s *Settings) checkAccess() {
	if s.ProxyHeader != "" && len(s.ProxyFrom) == 0 {
		s.problemf("%s needs proxy_from, the addresses of the proxy: the header is trusted only from there", s.given("proxy_header"))
		return
	}
	var all interface{ Unwrap() []error }
	if errors.As(s.Access().Check(), &all) {
		for _, err := range all.Unwrap() {
			s.Problems = append(s.Problems, err.Error())
		}
	}
	switch {
	case s.SecretKey == exampleSecret:
		s.notef("%s is the public example: a random secret is used instead", s.given("secret_key"))
	case s.SecretKey != "" && len(s.SecretKey) < MinSecret && len(s.Users) > 0:
		s.problemf("%s is too short: it can be guessed, and sessions forged. Use at least %d characters, "+
			"or leave it out: then a random secret is used", s.given("secret_key"), MinSecret)
	}
}

// CheckExposure returns an error if other machines can reach the dashboard but
// access is not configured.
func (s *Settings) CheckExposure() error {
	if s.Access().Configured() || IsLocal(s.WebHost) {
		return nil
	}
	return fmt.Errorf("%s is %q, where other machines can reach the dashboard, but it has no users: run \"sixpack passwd\" and put "+
		"the line that it prints below users in the configuration file, or into SIXPACK_USERS; or leave web_host at 127.0.0.1",
		s.given("web_host"), s.WebHost)
}

// IsLocal reports whether a host can be reached from this machine only.
func IsLocal(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// people returns names and roles, which are no secrets.
func people[P access.User | access.Token](all []P) string {
	texts := make([]string, len(all))
	for i, p := range all {
		u := access.User(p)
		texts[i] = fmt.Sprintf("%s (%s)", u.Name, u.Role)
	}
	return strings.Join(texts, ", ")
}

// unmarshalValue takes a list of mappings, or of texts like name:role:hash, or
// one text with several of these. Its errors do not show hashes.
func (u *Users) unmarshalValue(value any) error {
	for _, item := range itemsOf(value) {
		if fields, ok := item.(map[string]any); ok {
			user, err := parseUser(fields)
			if err != nil {
				return err
			}
			*u = append(*u, user)
			continue
		}
		for _, text := range split(item) {
			name, rest, ok := strings.Cut(text, ":")
			role, hash, _ := strings.Cut(rest, ":")
			if !ok {
				return errors.New("must be a list of {name: …, role: …, hash: …}, or like name:role:hash,name:role:hash")
			}
			*u = append(*u, access.User{Name: name, Role: access.Role(role), Hash: hash})
		}
	}
	return nil
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

func (t *Tokens) unmarshalValue(value any) error {
	var users Users
	err := users.unmarshalValue(value)
	for _, u := range users {
		*t = append(*t, access.Token(u))
	}
	return err
}
