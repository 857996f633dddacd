//go:build unix

package bolt

import (
	"os"
	"syscall"
)

// keepOwner gives the file at path the owner of another, so that what root
// compacts stays open to the service. Others than root need and may not do it.
func keepOwner(path string, of os.FileInfo) {
	if stat, ok := of.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(path, int(stat.Uid), int(stat.Gid))
	}
}
