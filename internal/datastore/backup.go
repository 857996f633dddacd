package datastore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// Contents describes a backup.
type Contents struct {
	Bytes                int64
	Experiments, Clients int // clients of all experiments
}

// Backup copies all data of the embedded store to a file, as it is at one moment. A
// running server makes the copy and goes on serving. The file gets its name once it
// is complete, checked and on the disk. An existing file is replaced only if replace
// is true. What is copied is written to progress too.
func Backup(ctx context.Context, c *config.Config, path string, replace bool, progress io.Writer) (b Contents, err error) {
	if err := checkTarget(c.DataFile(), path, replace); err != nil {
		return b, err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return b, fmt.Errorf("cannot write to the folder %s: %w", filepath.Dir(path), errors.Unwrap(err))
	}
	defer os.Remove(file.Name()) // fails after it was renamed
	defer file.Close()
	b.Bytes, err = copyData(ctx, c, io.MultiWriter(file, progress))
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		return b, fmt.Errorf("backup: %w", err)
	}
	if b.Experiments, b.Clients, err = count(ctx, file.Name()); err != nil {
		return b, fmt.Errorf("the copy cannot be read, and is deleted: %w", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return b, err
	}
	return b, syncFolder(filepath.Dir(path))
}

// checkTarget returns an error if a copy of the file data must not be written to
// path.
func checkTarget(data, path string, replace bool) error {
	target, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case target.IsDir():
		return fmt.Errorf("%s is a folder: name a file", path)
	}
	if info, err := os.Stat(data); err == nil && os.SameFile(info, target) {
		return fmt.Errorf("%s is the data file itself: name another file", path)
	}
	if !replace {
		return fmt.Errorf("%s exists: replace it with --force, or name another file", path)
	}
	return nil
}

// copyData copies the data to w, from the server if one runs.
func copyData(ctx context.Context, c *config.Config, w io.Writer) (n int64, err error) {
	n, err = newRemote(string(c.DataDir)).Backup(ctx, w)
	// The socket does not exist, no process listens on it, or its path is too long.
	noServer := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EINVAL)
	if n > 0 || !noServer {
		return n, err
	}
	st, err := openUnserved(c.DataFile())
	if err != nil {
		return 0, err
	}
	n, err = st.(Backer).Backup(ctx, w) //nolint:forcetypeassert // the embedded store is one
	return n, errors.Join(err, st.Close())
}

// count reads all of a file of the embedded store and returns the number of
// experiments and of clients in all of them.
func count(ctx context.Context, path string) (experiments, clients int, err error) {
	st, err := bolt.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	all, err := st.Counts(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, x := range all {
		for _, err := range st.Clients(ctx, x.Record.Name) {
			if err != nil {
				return 0, 0, err
			}
			clients++
		}
	}
	return len(all), clients, nil
}

// syncFolder makes sure that a renamed file keeps its name after a crash.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // it has no such call
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) { // from file systems that do not need it
		return err
	}
	return nil
}
