//go:build unix

package bolt

import (
	"os"
	"syscall"
)

// keepOwner gives the file at path the owner of another file, so that the service can still
// open a file that root has compacted. For other users it does nothing.
func keepOwner(path string, of os.FileInfo) {
	if stat, ok := of.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(path, int(stat.Uid), int(stat.Gid))
	}
}
