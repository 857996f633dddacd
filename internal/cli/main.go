// Package cli is the command sixpack: its commands, their flags and their help.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Main carries out the command that args name, and returns the exit status of the
// process: 0 if it succeeded, 2 if the help would have avoided the error, else 1.
func Main(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	return report(run(ctx, args, environ, stdout, stderr), stderr)
}

// errUsage is wrapped by errors that a look at the help would have avoided.
var errUsage = errors.New("usage")

// usageError returns an error that wraps errUsage without saying so.
func usageError(format string, arguments ...any) error {
	return usage{fmt.Errorf(format, arguments...)}
}

type usage struct{ error }

func (usage) Is(target error) bool { return target == errUsage }

// report tells of an error and returns the exit status.
func report(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	fmt.Fprintln(stderr, "sixpack:", err)
	if errors.Is(err, errUsage) {
		return 2
	}
	return 1
}

// invocation is one run of a command.
type invocation struct {
	environ        []string // NAME=value
	arguments      []string // what is not a flag
	flags          *pflag.FlagSet
	stdin          *os.File
	stdout, stderr io.Writer
}

// run carries out the command that args name.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	name, rest := splitCommand(args)
	c, err := findCommand(name)
	if err != nil {
		return err
	}
	flags := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	flags.Usage = func() {} // the help is ours
	flags.SetOutput(io.Discard)
	addFlags(flags)
	if c.flags != nil {
		c.flags(flags)
	}
	in := &invocation{environ: environ, flags: flags, stdin: os.Stdin, stdout: stdout, stderr: stderr}
	if err := flags.Parse(rest); errors.Is(err, pflag.ErrHelp) {
		return help(in, c.name)
	} else if err != nil {
		return usageError("%w%s (see \"sixpack help %s\")", err, flagMeant(err, flags), c.name)
	}
	in.arguments = flags.Args()
	if n := len(in.arguments); n < c.least || n > c.most {
		return usageError("%s: the usage is \"sixpack %s\" (see \"sixpack help %s\")", wrongNumber(in.arguments, c), c.usage(), c.name)
	}
	return c.run(ctx, in)
}

// splitCommand returns the name of the command and what follows it.
func splitCommand(args []string) (name string, rest []string) {
	switch {
	case len(args) == 0:
		return "serve", nil
	case args[0] == "-h" || args[0] == "--help":
		return "help", args[1:]
	case args[0] == "--version":
		return "version", args[1:]
	case strings.HasPrefix(args[0], "-"):
		return "serve", args
	default:
		return args[0], args[1:]
	}
}

func findCommand(name string) (command, error) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i >= 0 {
		return all[i], nil
	}
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.name
	}
	return command{}, usageError("there is no command %q%s (see \"sixpack help\")", name, didYouMean(name, names))
}

// flagMeant ends a message about an unknown flag.
func flagMeant(err error, flags *pflag.FlagSet) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return ""
	}
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return didYouMean("--"+unknown.GetSpecifiedName(), names)
}

func wrongNumber(arguments []string, c command) string {
	if len(arguments) > c.most {
		return fmt.Sprintf("unexpected argument %q", arguments[c.most])
	}
	return "an argument is missing"
}

// settings returns the configuration, or what is wrong with it.
func (in *invocation) settings() (*settings, error) {
	s, err := load(in.environ, in.flags)
	if err != nil {
		return nil, err
	}
	if err := s.err(); err != nil {
		return nil, err
	}
	return s, nil
}
