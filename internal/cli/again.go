package cli

import (
	"strings"
	"unicode"

	"github.com/spf13/pflag"
)

// again returns the command line of another command that finds the same data:
// its flags are those given that say where that is; variables stay as they are.
func (in *invocation) again(command string) string {
	line := "sixpack " + command
	in.flags.Visit(func(f *pflag.Flag) {
		k, ok := findKey(strings.ReplaceAll(f.Name, "-", "_"))
		if f.Name == configFlag || ok && (k.redis() || k.name == "store" || k.name == "data_dir") {
			line += " --" + f.Name + "=" + quote(f.Value.String())
		}
	})
	return line
}

// quote returns s as one word of a shell's.
func quote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("-_./:,@%+=", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
