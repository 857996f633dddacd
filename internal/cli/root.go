package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/suggest"
)

// rootCommand returns the command sixpack with all its subcommands. On its own
// it does what serve does.
func rootCommand(p *process) *cobra.Command {
	root := serveCommand(p, "sixpack", true, true)
	root.Args = unknownCommand
	root.Version = versionText()
	root.SetVersionTemplate("{{.Version}}\n")
	root.SilenceErrors, root.SilenceUsage = true, true // exitStatus prints errors
	root.CompletionOptions.DisableDefaultCmd = true    // completionCommand replaces it
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { _ = writeAll(c.OutOrStdout(), helpText(c)) })
	config.AddFlags(root.PersistentFlags())
	completeSettings(root)
	addGroup(root, "Servers",
		serveCommand(p, "serve", true, true), serveCommand(p, "server", true, false), serveCommand(p, "web", false, true),
		passwdCommand(p), checkConfigCommand(p))
	addGroup(root, "Analysis", analyzeCommand(p), planCommand(p), aaCommand(p), simulateCommand(p))
	addGroup(root, "Data",
		seedCommand(p), importCommand(p), exportCommand(p), copyCommand(p), backupCommand(p), compactCommand(p))
	help := helpCommand()
	addGroup(root, "Other", completionCommand(), help, manCommand(), versionCommand(), configTopic())
	root.SetHelpCommand(help)
	return root
}

// addGroup adds commands under a title in the help.
func addGroup(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, c := range commands {
		c.GroupID = title
	}
	root.AddCommand(commands...)
}

// arguments returns a check for the number of arguments.
func arguments(minimum, maximum int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		wrong := "an argument is missing"
		switch {
		case len(args) > maximum:
			wrong = fmt.Sprintf("unexpected argument %q", args[maximum])
		case len(args) >= minimum:
			return nil
		}
		return usageError("%s: the usage is %q (see \"sixpack help %s\")", wrong, c.UseLine(), c.Name())
	}
}

// unknownCommand returns an error if there are arguments: sixpack itself has
// none, so the first is the name of a command that does not exist.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, known := range c.Root().Commands() {
		names = append(names, known.Name())
	}
	return usageError("there is no command %q%s (see \"sixpack help\")", args[0], suggest.DidYouMean(args[0], names))
}

// flagError returns the usage error for a flag that cannot be parsed.
func flagError(c *cobra.Command, err error) error {
	meant := ""
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		meant = suggest.DidYouMean("--"+unknown.GetSpecifiedName(), names)
	}
	if number := (*strconv.NumError)(nil); errors.As(err, &number) {
		err = errors.New(strings.Replace(err.Error(), number.Error(), "must be a number", 1))
	}
	topic := c.Name()
	if !c.HasParent() {
		topic = "serve"
	}
	return usageError("%w%s (see \"sixpack help %s\")", err, meant, topic)
}
