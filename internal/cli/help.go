package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/internal/config"
)

const introduction = `sixpack runs A/B tests. Your programs ask which alternative of an experiment a client gets, and
report conversions. A client always gets the same alternative.

Usage: sixpack [COMMAND] [flags]
`

const gettingStarted = `
To start, run "sixpack", then in another terminal:

  curl 'http://localhost:5000/participate?experiment=button-color&alternatives=red&alternatives=blue&client_id=alice'
  curl 'http://localhost:5000/convert?experiment=button-color&client_id=alice'
  curl 'http://localhost:5000/experiments/button-color'

"sixpack seed" creates sample experiments. All data is in the folder sixpack-data, unless
--data-dir or SIXPACK_DATA_DIR names another one.
`

const settingsHelp = `
Settings are flags, environment variables or lines of a YAML file. Flags override variables,
variables override the file. The most common flags are --config FILE, --host and --port of the
API, --web-host and --web-port of the dashboard, --data-dir DIR and --log-format text or json.

"sixpack help config" lists all settings, "sixpack check-config" the values in effect.
`

// showsSettings is an annotation of the commands whose help explains the settings.
const showsSettings = "settings"

// helpCommand prints the help on all commands, or on one.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "print help on all commands or on one", Args: arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			about, _, err := c.Root().Find(args)
			if err == nil && about == c.Root() {
				err = unknownCommand(about, args)
			}
			if err != nil {
				return err
			}
			return writeAll(c.OutOrStdout(), helpText(about))
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, prefix string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
			for _, known := range c.Root().Commands() {
				if len(args) == 0 && !known.Hidden && strings.HasPrefix(known.Name(), prefix) {
					names = append(names, cobra.CompletionWithDesc(known.Name(), known.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// configTopic is what "sixpack help config" prints: the documented configuration
// file with the defaults.
func configTopic() *cobra.Command {
	return &cobra.Command{Use: "config", Short: "all settings, as a documented configuration file", Long: config.Reference()}
}

// helpText returns the help on a command.
func helpText(c *cobra.Command) string {
	switch {
	case !c.HasParent() || c.Name() == "help":
		return overview(c.Root()) + settingsHelp
	case !c.Runnable(): // a topic
		return c.Long
	}
	own := ownFlags(c)
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: %s\n\n%s\n", c.UseLine(), c.Long)
	if c.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", c.Example)
	}
	if own.HasAvailableFlags() {
		fmt.Fprintf(&b, "\nFlags, in addition to the settings (\"sixpack help config\"):\n%s", own.FlagUsages())
	}
	if c.Annotations[showsSettings] != "" {
		b.WriteString(settingsHelp)
	}
	return b.String()
}

// ownFlags returns the flags that only c has, without --help.
func ownFlags(c *cobra.Command) *pflag.FlagSet {
	c.InitDefaultHelpFlag()
	c.Flags().Lookup("help").Hidden = true
	c.Flags().SortFlags = false
	own := c.LocalNonPersistentFlags()
	own.SortFlags = false // cobra does not pass it on
	return own
}

func overview(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(introduction)
	for _, g := range root.Groups() {
		fmt.Fprintf(&b, "\n%s:\n", g.Title)
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, c := range root.Commands() {
			if c.GroupID == g.ID && c.Runnable() && !c.Hidden {
				fmt.Fprintf(table, "  %-32s\t%s\n", c.Use, c.Short)
			}
		}
		_ = table.Flush() // to a Builder, which never fails
	}
	b.WriteString(gettingStarted)
	return b.String()
}

func writeAll(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
}
