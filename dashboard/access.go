package dashboard

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

// Access says who may come in, and as what. With none of Users, Tokens and Proxy
// set, everybody who reaches the dashboard at a loopback address is an editor.
type Access struct {
	// Users log in with a password.
	Users []User
	// Tokens are for programs, which send "Authorization: Bearer TOKEN".
	Tokens []Token
	// Proxy is trusted to say who somebody is, as a single sign-on proxy does.
	Proxy Proxy
	// Secret signs sessions and forms. If empty, a random one is made, so that
	// everybody has to log in again after a restart.
	Secret []byte
	// NoFormTokens has forms accepted without the token that tells ours from
	// others. Browsers' requests from other origins are refused all the same.
	NoFormTokens bool
}

// User is one who logs in, or whom the proxy lets in.
type User struct {
	Name string
	Hash string // of the password, from [HashPassword]; empty for those who come by the proxy only
	Role Role
}

// Token is that of a program.
type Token struct {
	Name string // of the program, as the audit log shows it
	Hash string // of the token, from [HashToken]
	Role Role
}

// Proxy is a trusted one, by which requests come.
type Proxy struct {
	// Header holds the name of the user, such as "X-Forwarded-User". If it is
	// empty, the proxy does not say who somebody is.
	Header string
	// From are the addresses of the proxy. Header is ignored from elsewhere, and
	// so are X-Forwarded-For, -Proto and -Host.
	From []netip.Prefix
	// Role is what users are that the proxy lets in and Users does not list;
	// [Anybody] keeps them out.
	Role Role
	// Only is for a dashboard that nobody can reach but by the proxy, whose
	// address is not known: X-Forwarded-For, -Proto and -Host are believed from
	// everywhere. Header is not.
	Only bool
}

// Role is what somebody may do.
type Role string

// The roles, each of which may do what those before it may.
const (
	Anybody Role = ""       // the login page and what it needs
	Viewer  Role = "viewer" // look at everything
	Editor  Role = "editor" // change everything
)

// may tells whether r may do what takes another role.
func (r Role) may(needed Role) bool {
	return needed == Anybody || r == Editor || r == Viewer && needed == Viewer
}

// Configured tells whether anybody is named who may come in. If not, the
// dashboard answers on its own machine only.
func (a Access) Configured() bool {
	return len(a.Users) > 0 || len(a.Tokens) > 0 || a.Proxy.Header != ""
}

// Check returns what is wrong, all of it. What it finds keeps people out, it
// lets nobody in.
func (a Access) Check() error {
	var all []error
	var users, tokens []string
	for _, u := range a.Users {
		all = append(all, a.checkUser(u), twice("user", u.Name, users))
		users = append(users, u.Name)
	}
	for _, t := range a.Tokens {
		all = append(all, t.check(), twice("token", t.Name, tokens))
		tokens = append(tokens, t.Name)
	}
	if a.Proxy.Header != "" && len(a.Proxy.From) == 0 {
		all = append(all, errors.New("the addresses of the proxy are missing, without which its header is not believed"))
	}
	return errors.Join(all...)
}

func (a Access) checkUser(u User) error {
	switch {
	case !validName(u.Name):
		return fmt.Errorf("%q cannot be the name of a user", u.Name)
	case u.Role != Viewer && u.Role != Editor:
		return fmt.Errorf("the role of user %s must be viewer or editor", u.Name)
	case u.Hash == "" && a.Proxy.Header != "":
		return nil // comes by the proxy
	}
	if _, err := bcrypt.Cost([]byte(u.Hash)); err != nil {
		return fmt.Errorf("the hash of user %s is not one that \"sixpack passwd\" printed", u.Name)
	}
	return nil
}

func (t Token) check() error {
	switch {
	case !validName(t.Name):
		return fmt.Errorf("%q cannot be the name of a token", t.Name)
	case t.Role != Viewer && t.Role != Editor:
		return fmt.Errorf("the role of token %s must be viewer or editor", t.Name)
	case !isTokenHash(t.Hash):
		return fmt.Errorf("the hash of token %s is not one that \"sixpack passwd --token\" printed", t.Name)
	}
	return nil
}

func twice(what, name string, before []string) error {
	if slices.Contains(before, name) {
		return fmt.Errorf("%s %s is there twice", what, name)
	}
	return nil
}

// validName tells whether somebody can be called so: what a log can show.
func validName(name string) bool {
	const most = 255
	return name != "" && len(name) <= most && utf8.ValidString(name) && name == strings.TrimSpace(name) &&
		!strings.ContainsFunc(name, unicode.IsControl)
}

// user returns the user of a name.
func (a Access) user(name string) (User, bool) {
	i := slices.IndexFunc(a.Users, func(u User) bool { return u.Name == name })
	if i < 0 {
		return User{}, false
	}
	return a.Users[i], true
}

// passwords tells whether anybody can log in with one.
func (a Access) passwords() bool {
	return slices.ContainsFunc(a.Users, func(u User) bool { return u.Hash != "" })
}
