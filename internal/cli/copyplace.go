package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/store"
)

// sameFile reports whether two addresses name the same file, which need not exist.
func sameFile(c *config.Config, a, b string) bool {
	a, isFile := datastore.FileAt(c, a)
	b, areFiles := datastore.FileAt(c, b)
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

// sameStore reports whether both stores are one store under two addresses. Replacing an
// experiment by itself would delete it.
func sameStore(ctx context.Context, from, to store.Store) (bool, error) {
	source, ok := from.(store.Identifier)
	target, both := to.(store.Identifier)
	if !ok || !both {
		return false, nil
	}
	// The target comes first: if the source is the same store, it then has an identity, even if
	// its address does not allow writing.
	id, err := target.ID(ctx)
	if err != nil {
		return false, err
	}
	if id == "" {
		return false, errors.New("the target cannot be written")
	}
	other, err := source.ID(ctx)
	return id == other, err
}
