// Package bolt keeps experiments in one file, with go.etcd.io/bbolt. It needs no server and no
// background work, and every acknowledged write is on the disk.
//
// Only one process at a time can have the file open. Reads use a snapshot and do not wait.
// Concurrent writes share a transaction, so that the disk syncs once for all of them.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/sixpack-go/sixpack/store"
)

var (
	_ store.Store      = (*Store)(nil)
	_ store.Identifier = (*Store)(nil)
)

// A Store is a file opened by [Open].
type Store struct {
	db     *bbolt.DB
	writer writer
}

// Participate implements [store.Store].
func (s *Store) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	own := detach(p)
	return do(ctx, s, "participate", func(x *txn) (store.Facts, error) { return x.participate(own) })
}

// detach returns a copy of p that remains valid after the caller has returned because its
// context ended.
func detach(p store.Participation) store.Participation {
	if p.Record != nil {
		p.Record = new(p.Record.Clone())
	}
	return p
}

// Convert implements [store.Store].
func (s *Store) Convert(ctx context.Context, c store.Conversion) (store.Facts, error) {
	return do(ctx, s, "convert", func(x *txn) (store.Facts, error) { return x.convert(c) })
}

// Lookup implements [store.Store].
func (s *Store) Lookup(ctx context.Context, experiment, client string) (store.Facts, error) {
	return do(ctx, s, "lookup", func(x *txn) (store.Facts, error) { return x.lookup(experiment, client) })
}

// Records implements [store.Store].
func (s *Store) Records(ctx context.Context) ([]store.Record, error) {
	return do(ctx, s, "records", (*txn).records)
}

// Counts implements [store.Store].
func (s *Store) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	return do(ctx, s, "counts", func(x *txn) ([]store.Counts, error) { return x.counts(names) })
}

// Save implements [store.Store].
func (s *Store) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	return s.save(ctx, "save", r, changes, func(*experiment) error { return nil })
}

// Clear implements [store.Store].
func (s *Store) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (store.Facts, error) {
	return s.save(ctx, "clear", r, changes, func(e *experiment) error { return e.clear(keepCounts) })
}

func (s *Store) save(ctx context.Context, op string, r store.Record, changes []store.Change, edit func(*experiment) error) (store.Facts, error) {
	log, err := store.EncodeChanges(changes)
	if err != nil {
		return store.Facts{}, wrap(op, err)
	}
	r = r.Clone()
	return do(ctx, s, op, func(x *txn) (store.Facts, error) { return x.save(r, log, edit) })
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, experiment string, changes ...store.Change) (found bool, err error) {
	const op = "delete"
	log, err := store.EncodeChanges(changes)
	if err != nil {
		return false, wrap(op, err)
	}
	return do(ctx, s, op, func(x *txn) (bool, error) { return x.delete(experiment, log) })
}

// Import implements [store.Store]. After it has started, the end of ctx does not interrupt
// it, because it reads its argument until it is done.
func (s *Store) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	if err := ctx.Err(); err != nil {
		return store.Imported{}, wrap("import", err)
	}
	return do(context.WithoutCancel(ctx), s, "import", func(x *txn) (store.Imported, error) { return x.merge(i) })
}

// ID implements [store.Identifier]. It consists of an ID in the file and the path of the file,
// because a copy of the file, such as a Backup, contains the same ID.
func (s *Store) ID(ctx context.Context) (string, error) {
	const op = "id"
	path, err := filepath.EvalSymlinks(s.db.Path())
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return "", wrap(op, err)
	}
	id, err := do(ctx, s, op, (*txn).id)
	if err != nil {
		return "", err
	}
	return id + " " + path, nil
}

// Ping implements [store.Store].
func (s *Store) Ping(ctx context.Context) error {
	return wrap("ping", s.view(ctx, func(*txn) error { return nil }))
}

// Close implements [store.Store]. It waits for calls in progress and unlocks the file.
func (s *Store) Close() error {
	s.writer.close()
	return wrap("close", s.db.Close())
}

// errWrite is returned by a request in a read-only transaction if it has to write.
var errWrite = errors.New("needs a writable transaction")

// do runs a request in a read-only transaction and, if the request has to write, again in a
// writable transaction that it shares with other requests.
func do[T any](ctx context.Context, s *Store, name string, request func(*txn) (T, error)) (T, error) {
	var answer T
	run := func(x *txn) (err error) {
		answer, err = request(x)
		return err
	}
	err := s.view(ctx, run)
	if errors.Is(err, errWrite) {
		err = s.writer.do(ctx, run)
	}
	if err != nil {
		// If ctx ended, the writer may be about to set answer.
		var none T
		return none, wrap(name, err)
	}
	return answer, nil
}

func (s *Store) view(ctx context.Context, fn func(*txn) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer recoverDamage(&err)
	err = s.db.View(func(tx *bbolt.Tx) error { return fn(&txn{tx: tx}) })
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	return err
}

// errDamaged is wrapped by the errors of calls that read bytes that this package did not
// write.
var errDamaged = errors.New("the file is damaged")

// recoverDamage turns a panic into an error: bbolt panics when it reads a corrupt page.
func recoverDamage(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", errDamaged, p)
	}
}

func wrap(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("bolt store: %s: %w", name, err)
}
