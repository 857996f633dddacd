package bolt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// compactTx is how many bytes Compact writes in one transaction.
const compactTx = 16 << 20

// Compact rewrites the file at path without the space that is free in it, and
// returns how large it was and is. The file must not be open. It is replaced in
// one step, by one with the same permissions and, where possible, owner; if
// that fails, the old one stays as it is.
func Compact(path string) (before, after int64, err error) {
	before, after, err = compact(path)
	if err != nil {
		return 0, 0, fmt.Errorf("bolt store: compact %s: %w", path, err)
	}
	return before, after, nil
}

func compact(path string) (before, after int64, err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil { // also if there is none
		return 0, 0, err
	}
	// It stays locked until the new file is in its place. Who waits for the lock
	// finds out.
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
	defer os.Remove(copied) // there is none once it was renamed
	after, err = replace(path, copied, old)
	return old.Size(), after, err
}

// compactCopy returns the path of a new file beside that at path.
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
	// One Sync at the end will do: if it is not reached the file is not used.
	dst, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	dst.AllocSize = 0 // to grow by no more than it needs
	err = bbolt.Compact(dst, src, compactTx)
	if err == nil {
		err = dst.Sync()
	}
	return errors.Join(err, dst.Close())
}

// replace puts the file copied in the place of the old one at path, and returns
// its size.
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
