package cli

import (
	"strings"
	"unicode"

	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/internal/config"
)

// commandLine returns the command line of another command on the same data: it
// repeats the flags that say where the data is. Variables stay as they are.
func (in *invocation) commandLine(command string) string {
	line := "sixpack " + command
	in.flags.Visit(func(f *pflag.Flag) {
		if config.LocatesData(f.Name) {
			line += " --" + f.Name + "=" + quote(f.Value.String())
		}
	})
	return line
}

// fromFlag returns the flag --from with a space before it, nothing if it is empty.
func fromFlag(address string) string {
	if address == "" {
		return ""
	}
	return " --from " + quote(address)
}

// quote returns s quoted as one word for a shell.
func quote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("-_./:,@%+=", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
