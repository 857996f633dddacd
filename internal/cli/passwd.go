package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sixpack-go/sixpack/dashboard/access"
)

const passwdHelp = `Reads a password, twice from a terminal or once from a pipe, and prints the line that lets
the user NAME (default: you) log in to the dashboard. Put the line below "users:" in the
configuration file, or set SIXPACK_USERS to name:role:hash, separated by commas for several
users; then restart the server. The line has a hash, which does not reveal the password. In a
docker-compose.yml, write each $ of it twice.

With --token, it generates a token for the program NAME. It prints the token, which is not
shown again, and the line for "tokens:" or SIXPACK_TOKENS. Programs send it with each request:

  curl -H 'Authorization: Bearer TOKEN' http://localhost:5001/experiments.json

Viewers have read-only access, editors can change everything. A new password or a removed
line ends the user's sessions.`

const passwdExamples = `  sixpack passwd anna
  sixpack passwd --role viewer bob <password.txt
  sixpack passwd --token deploy`

// passwdCmd holds the flags of passwd.
type passwdCmd struct {
	role  string
	token bool
}

func passwdCommand(p *process) *cobra.Command {
	var f passwdCmd
	c := &cobra.Command{
		Use: "passwd [NAME]", Short: "create dashboard access for a user or a program",
		Long: passwdHelp, Example: passwdExamples, Args: arguments(0, 1),
		RunE: p.run(f.run),
	}
	c.Flags().StringVar(&f.role, "role", string(access.Editor), "viewer or editor")
	c.Flags().BoolVar(&f.token, "token", false, "generate a token for a program")
	completeValues(c, "role", string(access.Viewer), string(access.Editor))
	return c
}

func (f *passwdCmd) run(ctx context.Context, in *invocation) error {
	u := access.User{Name: in.userName(), Role: access.Role(f.role)}
	if u.Role != access.Viewer && u.Role != access.Editor {
		return usageError("--role %q must be viewer or editor", f.role)
	}
	if f.token {
		return printToken(in, u)
	}
	password, err := in.readPassword(ctx, u.Name)
	if err != nil {
		return err
	}
	if u.Hash, err = access.HashPassword(password); err != nil {
		return err
	}
	if err := (access.Options{Users: []access.User{u}}).Check(); err != nil {
		return err
	}
	return in.printLine(u, "users", "SIXPACK_USERS")
}

// printToken generates and prints a token for the program u.
func printToken(in *invocation, u access.User) error {
	token := access.NewToken()
	u.Hash = access.HashToken(token)
	if err := (access.Options{Tokens: []access.Token{access.Token(u)}}).Check(); err != nil {
		return err
	}
	fmt.Fprintln(in.stderr, "The token, which cannot be shown again:")
	if err := writeAll(in.stdout, token+"\n"); err != nil {
		return err
	}
	return in.printLine(u, "tokens", "SIXPACK_TOKENS")
}

// userName returns the name given as an argument, the name of the user who runs the
// command, or "admin".
func (in *invocation) userName() string {
	if len(in.arguments) > 0 {
		return in.arguments[0]
	}
	for _, e := range in.environ {
		if name, ok := strings.CutPrefix(e, "USER="); ok && name != "" && name != "root" {
			return name
		}
	}
	return "admin"
}

// printLine prints the line of u for a key of the configuration.
func (in *invocation) printLine(u access.User, key, variable string) error {
	fmt.Fprintf(in.stderr, "The line for %q in the configuration file:\n", key+":")
	err := writeAll(in.stdout, fmt.Sprintf("- {name: %q, role: %s, hash: %q}\n", u.Name, u.Role, u.Hash))
	if !strings.ContainsAny(u.Name, ":,'") {
		fmt.Fprintf(in.stderr, "Or as a variable:\n%s='%s:%s:%s'\n", variable, u.Name, u.Role, u.Hash)
	}
	return err
}

// readPassword reads a password from the terminal, unseen and twice, or else from
// the first line of standard input.
func (in *invocation) readPassword(ctx context.Context, name string) (string, error) {
	if !term.IsTerminal(int(in.stdin.Fd())) {
		line, err := bufio.NewReader(in.stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	first, err := in.ask(ctx, "Password of "+name+": ")
	if err != nil {
		return "", err
	}
	if _, err := access.HashPassword(first); err != nil {
		return "", err // before it is typed again
	}
	second, err := in.ask(ctx, "Once more: ")
	if err == nil && first != second {
		err = errors.New("the passwords differ: nothing was changed")
	}
	return first, err
}

// ask reads a line from the terminal without echo. The echo is on again when it
// returns, also if ctx ends.
func (in *invocation) ask(ctx context.Context, question string) (string, error) {
	fd := int(in.stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(in.stderr, question)
	defer fmt.Fprintln(in.stderr)
	type line struct {
		text []byte
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		return string(l.text), l.err
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	}
}
