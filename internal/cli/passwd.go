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

const passwdHelp = `Reads a password, twice from a terminal or once from what is piped in, and prints the line
that lets NAME log in to the dashboard with it: you, if no name is given. Put it below
"users:" in the configuration file, or set SIXPACK_USERS to name:role:hash; several are
separated by commas. The line holds a hash, from which nobody gets the password. In a
docker-compose.yml, each $ of it is written twice. Start the server anew afterwards.

With --token, makes up a token for the program NAME instead, and prints it, the only time,
before its line for "tokens:" or SIXPACK_TOKENS. Programs send it with each request:

  curl -H 'Authorization: Bearer TOKEN' http://localhost:5001/experiments.json

Viewers may look at everything, editors may change it too. A new password ends the sessions
of its user, as does removing the line.`

const passwdExamples = `  sixpack passwd anna
  sixpack passwd --role viewer bob <password.txt
  sixpack passwd --token deploy`

func passwdCommand(p *process) *cobra.Command {
	c := &cobra.Command{
		Use: "passwd [NAME]", Short: "make the line that lets somebody into the dashboard",
		Long: passwdHelp, Example: passwdExamples, Args: arguments(0, 1),
		RunE: p.run(passwd),
	}
	flags := c.Flags()
	flags.String("role", string(access.Editor), "viewer or editor")
	flags.Bool("token", false, "make up a token for a program")
	return c
}

func passwd(ctx context.Context, in *invocation) error {
	u := access.User{Name: in.nameOr("admin"), Role: access.Role(in.flags.Lookup("role").Value.String())}
	if u.Role != access.Viewer && u.Role != access.Editor {
		return usageError("--role %q must be viewer or editor", string(u.Role))
	}
	if token, err := in.flags.GetBool("token"); err != nil {
		return err
	} else if token {
		return passToken(in, u)
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
	return in.writeLine(u, "users", "SIXPACK_USERS")
}

// passToken makes up a token.
func passToken(in *invocation, u access.User) error {
	token := access.NewToken()
	u.Hash = access.HashToken(token)
	if err := (access.Options{Tokens: []access.Token{access.Token(u)}}).Check(); err != nil {
		return err
	}
	fmt.Fprintln(in.stderr, "The token, which cannot be shown again:")
	if err := writeAll(in.stdout, token+"\n"); err != nil {
		return err
	}
	return in.writeLine(u, "tokens", "SIXPACK_TOKENS")
}

// nameOr returns the name that is given, else that of who runs this.
func (in *invocation) nameOr(other string) string {
	if len(in.arguments) > 0 {
		return in.arguments[0]
	}
	for _, e := range in.environ {
		if name, ok := strings.CutPrefix(e, "USER="); ok && name != "" && name != "root" {
			return name
		}
	}
	return other
}

// writeLine prints a line for a key of the configuration, and what to do with it.
func (in *invocation) writeLine(u access.User, key, variable string) error {
	fmt.Fprintf(in.stderr, "The line for %q in the configuration file:\n", key+":")
	err := writeAll(in.stdout, fmt.Sprintf("- {name: %q, role: %s, hash: %q}\n", u.Name, u.Role, u.Hash))
	if !strings.ContainsAny(u.Name, ":,'") {
		fmt.Fprintf(in.stderr, "Or as a variable:\n%s='%s:%s:%s'\n", variable, u.Name, u.Role, u.Hash)
	}
	return err
}

// readPassword returns a password that somebody types, unseen and twice, or the
// first line of what is piped in.
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
		err = errors.New("the two are not the same: nothing was changed")
	}
	return first, err
}

// ask reads a line from the terminal, whose echo is on again whatever happens.
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
