package cli

import (
	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/suggest"
)

const completionHelp = `Prints a script that makes your shell complete commands, flags and values with the Tab key.
SHELL is bash, zsh, fish or powershell. Run the script for one session, or write it to your
shell's completion folder for all sessions.`

const completionExamples = `  source <(sixpack completion bash)
  sixpack completion bash >/etc/bash_completion.d/sixpack
  sixpack completion zsh >"${fpath[1]}/_sixpack"
  sixpack completion fish >~/.config/fish/completions/sixpack.fish
  sixpack completion powershell | Out-String | Invoke-Expression`

func completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion SHELL", Short: "print a script that completes commands in your shell",
		Long: completionHelp, Example: completionExamples,
		Args: arguments(1, 1), ValidArgs: shells,
		RunE: func(c *cobra.Command, args []string) error {
			root, out := c.Root(), c.OutOrStdout()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(out)
			}
			return usageError("there is no completion for the shell %q%s (see \"sixpack help completion\")", args[0], suggest.DidYouMean(args[0], shells))
		},
	}
}

// completeSettings makes the shell complete the values of the settings.
func completeSettings(root *cobra.Command) {
	for _, k := range config.Keys() {
		if k.IsPath {
			completeFiles(root, k.Flag)
		} else if k.Values != nil {
			completeValues(root, k.Flag, k.Values...)
		}
	}
	completeFiles(root, config.FileFlag)
}

// completeValues makes the shell complete the values of a flag of c.
func completeValues(c *cobra.Command, flag string, values ...cobra.Completion) {
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // fails if there is no such flag
}

// completeFiles makes the shell complete names of files for some flags of c.
func completeFiles(c *cobra.Command, flags ...string) {
	for _, name := range flags {
		_ = c.RegisterFlagCompletionFunc(name, files) // fails if there is no such flag
	}
}

// files makes the shell complete names of files. Without it, nothing is completed.
func files(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}
