package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
)

// version returns the version of this program, as its build recorded it: that
// of a release for "go install …@v1.2.3", the commit for a build in a checkout,
// "devel" for "go run".
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}

func printVersion(w io.Writer) error {
	_, err := fmt.Fprintf(w, "sixpack %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
