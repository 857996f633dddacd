// Package cli is the command sixpack: its commands, their flags and their help.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/internal/config"
)

// Main runs the command that args name and returns the exit status of the
// process: 0 for success, 2 for a usage error, 1 for any other error.
func Main(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	cobra.MousetrapHelpText = "" // on Windows, a double click serves, as "sixpack" alone does
	return exitStatus(run(ctx, args, environ, stdout, stderr), stderr)
}

// run runs the command that args name.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	c := rootCommand(&process{environ: environ, stdin: os.Stdin})
	c.SetArgs(append([]string{}, args...)) // not nil, for which cobra takes os.Args
	c.SetOut(stdout)
	c.SetErr(stderr)
	return c.ExecuteContext(ctx)
}

// usage is an error that the help explains how to avoid.
type usage struct{ error }

func usageError(format string, arguments ...any) error {
	return usage{fmt.Errorf(format, arguments...)}
}

// exitStatus prints err, if any, and returns the exit status.
func exitStatus(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		_, next, _ := strings.Cut(text, "\n")
		text = strings.TrimSpace("interrupted\n" + next)
	}
	fmt.Fprintln(stderr, "sixpack:", text)
	if errors.As(err, new(usage)) {
		return 2
	}
	return 1
}

// process is what commands use of the process they run in.
type process struct {
	environ []string // NAME=value
	stdin   *os.File
}

// invocation is one run of a command.
type invocation struct {
	*process
	arguments      []string // without flags
	flags          *pflag.FlagSet
	stdout, stderr io.Writer
}

// run returns the RunE of a command that is run by do.
func (p *process) run(do func(context.Context, *invocation) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		return do(c.Context(), &invocation{
			process: p, arguments: args, flags: c.Flags(), stdout: c.OutOrStdout(), stderr: c.ErrOrStderr(),
		})
	}
}

// settings returns the configuration, or an error that lists its problems.
func (in *invocation) settings() (*config.Settings, error) {
	s, err := config.Load(in.environ, in.flags)
	if err != nil {
		return nil, err
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	return s, nil
}
