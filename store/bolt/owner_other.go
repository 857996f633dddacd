//go:build !unix

package bolt

import "os"

func keepOwner(string, os.FileInfo) {}
