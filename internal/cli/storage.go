package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/memory"
)

// dataFile is the name of the embedded store's file in the data folder.
const dataFile = "sixpack.db"

func (c *config) dataFile() string { return filepath.Join(string(c.DataDir), dataFile) }

// openStore opens the configured store.
func (c *config) openStore() (store.Store, error) {
	switch c.Store {
	case inMemory:
		return new(memory.Store), nil
	case inRedis:
		return c.openRedis("")
	case embedded:
	}
	if err := os.MkdirAll(string(c.DataDir), 0o700); err != nil {
		return nil, fmt.Errorf("data_dir: %w", err)
	}
	st, err := bolt.Open(c.dataFile())
	if err != nil {
		return nil, c.explain(err)
	}
	return st, nil
}

// explain adds to an error of the embedded store what to do about it.
func (c *config) explain(err error) error {
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("%w: stop that one, or choose another folder with --data-dir, SIXPACK_DATA_DIR or "+
			"data_dir in the configuration file", err)
	}
	return err
}

// needDataFile returns an error if there is no file of the embedded store, for
// commands that would otherwise create an empty one.
func (c *config) needDataFile() error {
	if c.Store != embedded {
		return fmt.Errorf("store is %s, so that there is no file: this is for the embedded store", c.Store)
	}
	_, err := os.Stat(c.dataFile())
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s: name its folder with --data-dir, SIXPACK_DATA_DIR or data_dir", c.dataFile())
	}
	return err
}
