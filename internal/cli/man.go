package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

const manHelp = `Writes the manual pages sixpack.1 and sixpack-COMMAND.1 of all commands to the folder DIR,
which must exist. For packagers.`

func manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "write manual pages", Hidden: true,
		Long: manHelp, Example: "  sixpack man /usr/local/share/man/man1", Args: arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			for _, sub := range append([]*cobra.Command{c.Root()}, c.Root().Commands()...) {
				if !sub.Runnable() || sub.Hidden || sub.Name() == "help" {
					continue
				}
				path := filepath.Join(args[0], pageName(sub)+".1")
				if err := os.WriteFile(path, []byte(manPage(sub)), 0o644); err != nil { //nolint:gosec // readable by all users
					return fmt.Errorf("%w: DIR must be an existing folder", err)
				}
			}
			return nil
		},
	}
}

func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage returns the help on a command in the format of man.
func manPage(c *cobra.Command) string {
	name := pageName(c)
	synopsis, description := c.UseLine(), c.Long
	if !c.HasParent() {
		synopsis, description = "sixpack [COMMAND] [flags]", overview(c)
	}
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %q 1 \"\" \"sixpack %s\"\n.SH NAME\n%s \\- %s\n", strings.ToUpper(name), version(), roff(name), roff(c.Short))
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, ".SH %s\n.nf\n%s\n.fi\n", title, roff(strings.Trim(text, "\n")))
		}
	}
	section("SYNOPSIS", synopsis)
	section("DESCRIPTION", description)
	section("OPTIONS", ownFlags(c).FlagUsages())
	section("SETTINGS", settingsHelp)
	section("EXAMPLES", c.Example)
	return b.String()
}

// roff escapes text for man.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`).Replace(text)
	return strings.ReplaceAll("\n"+text, "\n.", "\n\\&.")[1:]
}
