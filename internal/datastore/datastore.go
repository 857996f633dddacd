// Package datastore opens the store that an operator names: the configured one, a
// data folder, a file of the embedded store, a URL of Redis, or the store of a
// running server.
package datastore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/memory"
)

// Backer is a store that can be copied while it is used.
type Backer interface {
	// Backup writes all data, as it is at one moment, and returns the number of bytes.
	Backup(ctx context.Context, w io.Writer) (int64, error)
}

var _ Backer = (*bolt.Store)(nil)

// Open opens the configured store. It creates the data folder if it is missing.
func Open(c *config.Config) (store.Store, error) {
	switch c.Store {
	case config.StoreMemory:
		return new(memory.Store), nil
	case config.StoreRedis:
		return openRedis(c, "")
	case config.StoreEmbedded:
	}
	if err := os.MkdirAll(string(c.DataDir), 0o700); err != nil {
		return nil, fmt.Errorf("data_dir: %w: choose another folder with %s", err, config.HowToSet("data_dir"))
	}
	return openFile(c.DataFile(), ": stop that process, or choose another folder with "+config.HowToSet("data_dir"))
}

// openFile opens a file of the embedded store. The advice ends the error for a file that another
// process uses.
func openFile(path, advice string) (store.Store, error) {
	st, err := bolt.Open(path)
	if errors.Is(err, bolt.ErrLocked) {
		err = fmt.Errorf("%w%s", err, advice)
	}
	if err != nil {
		return nil, err
	}
	return st, nil
}

// OpenAt opens the store at an address: a URL of Redis, the path of a data
// folder or of a file of the embedded store, or "" for the configured store. A
// missing file is created with its folder if create is true; if not, the error is
// [fs.ErrNotExist].
func OpenAt(c *config.Config, address string, create bool) (store.Store, error) {
	path, ok := FileAt(c, address)
	switch {
	case !ok && address == "":
		return Open(c)
	case !ok:
		return openRedis(c, address)
	}
	if !create {
		if err := checkFile(path, "name another folder, file or Redis URL"); err != nil {
			return nil, err
		}
		return openFile(path, ": stop that process, or read a copy made by \"sixpack backup\"")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return openFile(path, ": stop that process first")
}

// OpenTarget opens the store at an address to write to it, and creates a missing file. In a
// dry run, nothing is created, and a missing file is an empty store.
func OpenTarget(c *config.Config, address string, dry bool) (store.Store, error) {
	st, err := OpenAt(c, address, !dry)
	if dry && errors.Is(err, fs.ErrNotExist) {
		return new(memory.Store), nil
	}
	return st, err
}

// FileAt returns the path of the embedded store's file at an address, whether it
// exists or not. ok is false if the address names another kind of store.
func FileAt(c *config.Config, address string) (path string, ok bool) {
	switch {
	case address == "" && c.Store == config.StoreEmbedded:
		return c.DataFile(), true
	case address == "" || strings.Contains(address, "://"):
		return "", false
	}
	info, err := os.Stat(address)
	if err == nil && info.Mode().IsRegular() || err != nil && filepath.Ext(address) == filepath.Ext(config.DataFileName) {
		return address, true
	}
	return filepath.Join(address, config.DataFileName), true
}

// SameFile reports whether two addresses name the same file, which need not exist.
func SameFile(c *config.Config, a, b string) bool {
	a, isFile := FileAt(c, a)
	b, areFiles := FileAt(c, b)
	if !isFile || !areFiles {
		return false
	}
	first, err := os.Stat(a)
	if err != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// CheckDataFile returns an error if the configured store has no file, for
// commands that would otherwise create an empty one.
func CheckDataFile(c *config.Config) error {
	if c.Store != config.StoreEmbedded {
		return fmt.Errorf("store is %s: this command works only with the embedded store", c.Store)
	}
	return checkFile(c.DataFile(), "name its folder with --data-dir, SIXPACK_DATA_DIR or data_dir")
}

// checkFile returns an error with the advice if there is no file.
func checkFile(path, advice string) error {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = missingError{fmt.Errorf("there is no file %s: %s", path, advice)}
	}
	return err
}

// missingError is [fs.ErrNotExist] with another text.
type missingError struct{ error }

// Is reports whether target is [fs.ErrNotExist], for [errors.Is].
func (missingError) Is(target error) bool { return target == fs.ErrNotExist }
