package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version", Args: arguments(0, 0),
		Long: "Prints the version, and the Go release and platform it was built for.",
		RunE: func(c *cobra.Command, _ []string) error { return writeAll(c.OutOrStdout(), versionText()+"\n") },
	}
}

// version returns the version of this program as its build recorded it: the
// release for "go install …@v1.2.3", the commit for a build in a checkout,
// "devel" for "go run".
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}

func versionText() string {
	return fmt.Sprintf("sixpack %s (%s, %s/%s)", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
