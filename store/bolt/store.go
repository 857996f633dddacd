// Package bolt keeps everything in one file, with go.etcd.io/bbolt: no server,
// no background work, and every acknowledged write is on the disk.
//
// One process at a time may have the file open. What needs no write reads a
// snapshot and waits for nobody; concurrent writes share one transaction, so
// that the disk is asked to sync once for all of them.
package bolt

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/sixpack-go/sixpack/store"
)

var _ store.Store = (*Store)(nil)

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

// detach returns p as it may still be read when the caller, whose context has
// ended, is gone.
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
	return do(ctx, s, "results", func(x *txn) ([]store.Counts, error) { return x.results(names) })
}

// Save implements [store.Store].
func (s *Store) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	const op = "save"
	log, err := encodeChanges(changes)
	if err != nil {
		return store.Facts{}, wrap(op, err)
	}
	r = r.Clone()
	return do(ctx, s, op, func(x *txn) (store.Facts, error) { return x.save(r, log) })
}

// Clear implements [store.Store].
func (s *Store) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (store.Facts, error) {
	const op = "clear"
	log, err := encodeChanges(changes)
	if err != nil {
		return store.Facts{}, wrap(op, err)
	}
	r = r.Clone()
	return do(ctx, s, op, func(x *txn) (store.Facts, error) { return x.clear(r, keepCounts, log) })
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, experiment string, changes ...store.Change) (found bool, err error) {
	const op = "delete"
	log, err := encodeChanges(changes)
	if err != nil {
		return false, wrap(op, err)
	}
	return do(ctx, s, op, func(x *txn) (bool, error) { return x.delete(experiment, log) })
}

// Import implements [store.Store]. Once begun it is not interrupted by the end
// of ctx, because it reads what the caller gave it until it is done.
func (s *Store) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	if err := ctx.Err(); err != nil {
		return store.Imported{}, wrap("import", err)
	}
	return do(context.WithoutCancel(ctx), s, "import", func(x *txn) (store.Imported, error) { return x.merge(i) })
}

// Ping implements [store.Store].
func (s *Store) Ping(ctx context.Context) error {
	return wrap("ping", s.view(ctx, func(*txn) error { return nil }))
}

// Close implements [store.Store]. It waits for calls under way and lets other
// processes have the file.
func (s *Store) Close() error {
	s.writer.close()
	return wrap("close", s.db.Close())
}

// errWrite is what a request returns in a read-only transaction when it would
// have to write.
var errWrite = errors.New("needs a writable transaction")

// do carries out a request: in a snapshot if that will do, else, from the
// start, in a writable transaction shared with others.
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
		// Not answer: if ctx ended, the writer may be about to set it.
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

// errDamaged is wrapped by the errors of calls that met bytes this package did
// not write.
var errDamaged = errors.New("the file is damaged")

// recoverDamage turns a panic into an error: bbolt panics when it meets a page
// that makes no sense.
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
