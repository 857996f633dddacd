package access

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"
)

// Options configure who has access. If Users, Tokens and Proxy are empty, every
// caller on this machine is an editor, and nobody else has access.
type Options struct {
	// Users log in with a password, or are named by the proxy.
	Users []User
	// Tokens are for programs, which send "Authorization: Bearer TOKEN".
	Tokens []Token
	// Proxy is a trusted reverse proxy, which can do single sign-on.
	Proxy Proxy
	// Secret signs sessions and forms. If it is empty, a random secret is used
	// and all sessions end with the process.
	Secret []byte
	// NoFormTokens accepts forms without a CSRF token. Browsers' requests from
	// other origins are refused even so.
	NoFormTokens bool
}

// User is a person who has access.
type User struct {
	Name string
	Hash string // of the password, from [HashPassword]; empty if the user comes only through the proxy
	Role Role
}

// Token gives a program access.
type Token struct {
	Name string // of the program, as the change history shows it
	Hash string // of the token, from [HashToken]
	Role Role
}

// Proxy is a trusted reverse proxy.
type Proxy struct {
	// Header is the name of the header in which the proxy sends the user's name,
	// such as "X-Forwarded-User". If it is empty, the proxy does not
	// authenticate users.
	Header string
	// From are the addresses of the proxy. Header, X-Forwarded-For, -Proto and
	// -Host are ignored in requests from other addresses.
	From []netip.Prefix
	// Role is for users whom the proxy authenticates and Users does not list.
	// With [NoRole] they have no access.
	Role Role
	// FromAnywhere trusts X-Forwarded-For, -Proto and -Host from any address. Use
	// it only if clients cannot bypass the proxy. It does not extend to Header.
	FromAnywhere bool
}

// Role is what a caller may do.
type Role string

// The roles. Each includes the roles before it.
const (
	NoRole Role = ""       // open the login page and what it needs
	Viewer Role = "viewer" // read everything
	Editor Role = "editor" // change everything
)

// Allows reports whether r is enough for what requires another role.
func (r Role) Allows(required Role) bool {
	return required == NoRole || r == Editor || r == Viewer && required == Viewer
}

// Configured reports whether access is configured for anybody. If not, the
// dashboard answers on its own machine only.
func (o Options) Configured() bool {
	return len(o.Users) > 0 || len(o.Tokens) > 0 || o.Proxy.Header != ""
}

// Check returns all mistakes in o, joined. None of them gives anybody access;
// each locks out users or programs.
func (o Options) Check() error {
	var all []error
	var users, tokens []string
	for _, u := range o.Users {
		all = append(all, o.checkUser(u), checkUnique("user", u.Name, users))
		users = append(users, u.Name)
	}
	for _, t := range o.Tokens {
		all = append(all, t.check(), checkUnique("token", t.Name, tokens))
		tokens = append(tokens, t.Name)
	}
	if o.Proxy.Header != "" && len(o.Proxy.From) == 0 {
		all = append(all, errors.New("the proxy's addresses are missing; its header is trusted only from them"))
	}
	return errors.Join(all...)
}

func (o Options) checkUser(u User) error {
	switch {
	case !validName(u.Name):
		return fmt.Errorf("%q is not a valid user name: use 1 to 255 bytes without control characters or spaces at the ends", u.Name)
	case u.Role != Viewer && u.Role != Editor:
		return fmt.Errorf("the role of user %s must be viewer or editor", u.Name)
	case u.Hash == "" && o.Proxy.Header != "":
		return nil // comes through the proxy
	}
	if _, err := bcrypt.Cost([]byte(u.Hash)); err != nil {
		return fmt.Errorf("the hash of user %s is invalid: create it with \"sixpack passwd\"", u.Name)
	}
	return nil
}

func (t Token) check() error {
	switch {
	case !validName(t.Name):
		return fmt.Errorf("%q is not a valid token name: use 1 to 255 bytes without control characters or spaces at the ends", t.Name)
	case t.Role != Viewer && t.Role != Editor:
		return fmt.Errorf("the role of token %s must be viewer or editor", t.Name)
	case !isTokenHash(t.Hash):
		return fmt.Errorf("the hash of token %s is invalid: create it with \"sixpack passwd --token\"", t.Name)
	}
	return nil
}

func checkUnique(kind, name string, others []string) error {
	if slices.Contains(others, name) {
		return fmt.Errorf("%s %s is configured twice", kind, name)
	}
	return nil
}

// validName reports whether name can be shown in a log.
func validName(name string) bool {
	const maxBytes = 255
	return name != "" && len(name) <= maxBytes && utf8.ValidString(name) && name == strings.TrimSpace(name) &&
		!strings.ContainsFunc(name, unicode.IsControl)
}

// user returns the user with the given name.
func (o Options) user(name string) (User, bool) {
	i := slices.IndexFunc(o.Users, func(u User) bool { return u.Name == name })
	if i < 0 {
		return User{}, false
	}
	return o.Users[i], true
}

// passwords reports whether any user can log in with a password.
func (o Options) passwords() bool {
	return slices.ContainsFunc(o.Users, func(u User) bool { return u.Hash != "" })
}
