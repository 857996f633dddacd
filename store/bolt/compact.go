package bolt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// compactTx is the number of bytes that Compact writes in one transaction.
const compactTx = 16 << 20

// Compact rewrites the file at path without its free space, and returns its size before and
// after, in bytes. The file must not be open. It is replaced atomically by a file with the
// same permissions and, if possible, owner. If that fails, it does not change.
func Compact(path string) (before, after int64, err error) {
	before, after, err = compact(path)
	if err != nil {
		return 0, 0, fmt.Errorf("bolt store: compact %s: %w", path, err)
	}
	return before, after, nil
}

func compact(path string) (before, after int64, err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil { // also if there is no file
		return 0, 0, err
	}
	// The file stays locked until it is replaced. A process that waits for the lock then
	// finds out; see errReplaced.
	db, err := open(path)
	if err != nil {
		return 0, 0, err
	}
	defer db.Close() // it was only read
	old, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	copied, err := compactCopy(db, path)
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(copied) // does nothing after the rename
	after, err = replace(path, copied, old)
	return old.Size(), after, err
}

// compactCopy writes a compact copy in the folder of path and returns its path.
func compactCopy(db *bbolt.DB, path string) (string, error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return "", err
	}
	err = file.Close()
	if err == nil {
		err = copyInto(file.Name(), db)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

func copyInto(path string, src *bbolt.DB) error {
	// One Sync at the end is enough: without it, the file is not used.
	dst, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	dst.AllocSize = 0 // grow only as far as necessary
	err = bbolt.Compact(dst, src, compactTx)
	if err == nil {
		err = dst.Sync()
	}
	return errors.Join(err, dst.Close())
}

// replace renames the file copied to path and returns its size.
func replace(path, copied string, old os.FileInfo) (int64, error) {
	if err := os.Chmod(copied, old.Mode().Perm()); err != nil {
		return 0, err
	}
	keepOwner(copied, old)
	is, err := os.Stat(copied)
	if err != nil {
		return 0, err
	}
	if err := os.Rename(copied, path); err != nil {
		return 0, err
	}
	return is.Size(), syncFolder(path)
}
