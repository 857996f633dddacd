package cli

import (
	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/suggest"
)

const completionHelp = `Prints a script with which the Tab key completes commands, flags and their values. SHELL is
bash, zsh, fish or powershell. The script is for the current session; to have it in all,
put its output where the shell looks for completions.`

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
			return usageError("there is no completion for %q%s (see \"sixpack help completion\")", args[0], suggest.DidYouMean(args[0], shells))
		},
	}
}

// completeFiles makes the shell complete names of files for some flags of c.
func completeFiles(c *cobra.Command, flags ...string) {
	for _, name := range flags {
		_ = c.RegisterFlagCompletionFunc(name, files) // fails for a flag that does not exist, which a test would find
	}
}

func files(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}
