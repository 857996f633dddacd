package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// openAt opens the store at an address: a URL of Redis, the path of a data
// folder or of a file of the embedded store, or nothing for the configured one.
// A file that is not there is created, with its folder, if create says so.
func (c *config) openAt(address string, create bool) (store.Store, error) {
	path, ok := c.fileAt(address)
	switch {
	case !ok && address == "":
		return c.openStore()
	case !ok:
		return c.openRedis(address)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !create {
		return nil, missing{fmt.Errorf("there is no file %s", path)}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	st, err := bolt.Open(path)
	switch {
	case errors.Is(err, bolt.ErrLocked) && create:
		return nil, fmt.Errorf("%w: stop that one first", err)
	case errors.Is(err, bolt.ErrLocked):
		return nil, fmt.Errorf("%w: stop that one, or read a copy that \"sixpack backup\" makes", err)
	case err != nil:
		return nil, err
	}
	return st, nil
}

// fileAt returns the path of the embedded store's file that an address names,
// whether it is there or not, and false if the address names something else.
func (c *config) fileAt(address string) (path string, ok bool) {
	switch {
	case address == "" && c.Store == embedded:
		return c.dataFile(), true
	case address == "" || strings.Contains(address, "://"):
		return "", false
	}
	there, err := os.Stat(address)
	if err == nil && there.Mode().IsRegular() || err != nil && filepath.Ext(address) == filepath.Ext(dataFile) {
		return address, true
	}
	return filepath.Join(address, dataFile), true
}

// missing is [fs.ErrNotExist] in other words.
type missing struct{ error }

func (missing) Is(target error) bool { return target == fs.ErrNotExist }
