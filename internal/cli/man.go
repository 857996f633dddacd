package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

const manHelp = `Writes the manual pages sixpack.1 and sixpack-COMMAND.1 for all commands into the folder DIR,
which must exist. This is for those who package sixpack.`

func manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "write manual pages", Hidden: true,
		Long: manHelp, Example: "  sixpack man /usr/local/share/man/man1", Args: arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			pages := map[string]string{"sixpack": manPage(c.Root())}
			for _, sub := range c.Root().Commands() {
				if sub.Runnable() && !sub.Hidden && sub.Name() != "help" {
					pages["sixpack-"+sub.Name()] = manPage(sub)
				}
			}
			for name, page := range pages {
				if err := os.WriteFile(filepath.Join(args[0], name+".1"), []byte(page), 0o644); err != nil { //nolint:gosec // for everybody to read
					return err
				}
			}
			return nil
		},
	}
}

// manPage returns the help on a command in the format of man.
func manPage(c *cobra.Command) string {
	name := strings.ReplaceAll(c.CommandPath(), " ", "-")
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
