package cli

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// sameFile tells whether two addresses name one file, there or not.
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

// sameStore tells whether both stores are one, under two addresses: to replace an
// experiment would then be to lose it. The file of an embedded store cannot be
// opened twice; elsewhere, only an experiment that is made in the target tells.
func sameStore(ctx context.Context, from, to store.Store) (same bool, err error) {
	for _, st := range []store.Store{from, to} {
		if _, ok := st.(*bolt.Store); ok {
			return false, nil
		}
	}
	r := store.Record{
		Name: "copy " + strconv.FormatUint(rand.Uint64(), 36), Version: 1, Alternatives: []string{"same", "another"}, //nolint:gosec // only has to be another one
		Description: "`sixpack copy` makes and deletes this.", Created: time.Now(), Traffic: 1, Archived: true,
	}
	if _, err := to.Import(ctx, store.Import{Record: r}); err != nil {
		return false, err
	}
	f, err := from.Lookup(ctx, r.Name, "")
	_, err2 := to.Delete(context.WithoutCancel(ctx), r.Name)
	return f.Version != 0, errors.Join(err, err2)
}
