package main

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
	switch {
	case address == "" && c.Store == embedded:
		address = string(c.DataDir)
	case address == "":
		return c.openStore()
	case strings.Contains(address, "://"):
		return c.openRedis(address)
	}
	path := address
	if filepath.Ext(path) != filepath.Ext(dataFile) {
		path = filepath.Join(path, dataFile)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !create {
		return nil, missing{fmt.Errorf("there is no file %s", path)}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	st, err := bolt.Open(path)
	if errors.Is(err, bolt.ErrLocked) {
		return nil, fmt.Errorf("%w: stop that one, or read a copy that \"sixpack backup\" makes", err)
	}
	if err != nil {
		return nil, err
	}
	return st, nil
}

// missing is [fs.ErrNotExist] in other words.
type missing struct{ error }

func (missing) Is(target error) bool { return target == fs.ErrNotExist }
