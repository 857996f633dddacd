package cli

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/memory"
)

// openBoth opens the two stores. A target that is not there is made, or is empty
// if it is only to be looked at.
func (f *copyFlags) openBoth(c *config) (source, target store.Store, err error) {
	if (f.from == "" || f.to == "") && c.Store == inMemory {
		return nil, nil, usageError("store is memory, which nobody else sees: name two stores with --from and --to")
	}
	if f.from == f.to || c.sameFile(f.from, f.to) {
		return nil, nil, errSame
	}
	if source, err = c.openAt(f.from, false); err != nil {
		return nil, nil, err
	}
	target, err = c.openAt(f.to, !f.dry)
	if f.dry && errors.Is(err, fs.ErrNotExist) {
		target, err = new(memory.Store), nil
	}
	if err != nil {
		return nil, nil, errors.Join(err, source.Close())
	}
	return source, target, nil
}

var errSame = usageError("--from and --to are the same store")

// sameFile tells whether two addresses name one file, there or not.
func (c *config) sameFile(a, b string) bool {
	a, isFile := c.fileAt(a)
	b, areFiles := c.fileAt(b)
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
func (c copying) sameStore(ctx context.Context) (same bool, err error) {
	for _, st := range []store.Store{c.from, c.to} {
		if _, ok := st.(*bolt.Store); ok {
			return false, nil
		}
	}
	r := store.Record{
		Name: "copy " + strconv.FormatUint(rand.Uint64(), 36), Version: 1, Alternatives: []string{"same", "another"}, //nolint:gosec // only has to be another one
		Description: "`sixpack copy` makes and deletes this.", Created: time.Now(), Traffic: 1, Archived: true,
	}
	if _, err := c.to.Import(ctx, store.Import{Record: r}); err != nil {
		return false, err
	}
	f, err := c.from.Lookup(ctx, r.Name, "")
	_, err2 := c.to.Delete(context.WithoutCancel(ctx), r.Name)
	return f.Version != 0, errors.Join(err, err2)
}
