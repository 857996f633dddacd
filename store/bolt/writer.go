package bolt

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
)

// A writer groups writes: the requests that come while one transaction goes to
// the disk share the next. Its goroutine lives only while there are any. Were
// the callers to do its work in turn, each would have to stay for the others',
// and past the end of its own context when the disk hangs.
type writer struct {
	db     *bbolt.DB
	active sync.WaitGroup

	mu       sync.Mutex // guards the fields below
	queue    []*job
	expected int           // how many requests the next group waits for; 0 for none
	complete chan struct{} // closed when they are there
	running  bool
	closed   bool
}

type job struct {
	run  func(*txn) error
	err  error
	done chan error
}

// do runs fn in a transaction and returns when that is on the disk, or ctx
// ends. If fn returns an error it must not have changed anything.
func (w *writer) do(ctx context.Context, fn func(*txn) error) error {
	run := func(x *txn) error {
		if err := ctx.Err(); err != nil {
			return err // nobody waits for it
		}
		return fn(x)
	}
	j := &job{run: run, done: make(chan error, 1)}
	if err := w.enqueue(j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) enqueue(j *job) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return store.ErrClosed
	}
	w.queue = append(w.queue, j)
	if len(w.queue) == w.expected {
		close(w.complete)
	}
	if !w.running {
		w.running = true
		w.active.Go(w.work)
	}
	return nil
}

// close refuses further writes and waits for those under way.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.active.Wait()
}

func (w *writer) work() {
	for group := w.take(); group != nil; group = w.take() {
		begun := time.Now()
		err := w.commit(group)
		// Callers just answered often come back at once. To let them share a
		// transaction with those who wait already, rather than have two halves
		// alternate, is worth up to the time that one takes.
		patience := min(time.Since(begun), 4*time.Millisecond)
		complete := w.expect(len(group))
		for _, j := range group {
			if err != nil {
				j.err = err
			}
			j.done <- j.err
		}
		select {
		case <-complete:
		case <-time.After(patience):
		}
	}
}

// take returns the requests that wait. If there are none the work is done.
func (w *writer) take() []*job {
	w.mu.Lock()
	defer w.mu.Unlock()
	group := w.queue
	w.queue, w.expected = nil, 0
	w.running = group != nil
	return group
}

// expect returns a channel that is closed when n requests have come beside
// those that wait.
func (w *writer) expect(n int) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.expected = n + len(w.queue)
	w.complete = make(chan struct{})
	return w.complete
}

// errUnchanged rolls back a transaction in which nothing was written.
var errUnchanged = errors.New("nothing to write")

// commit runs requests in one transaction. Its error is that of the
// transaction, in which case none of them was carried out.
func (w *writer) commit(group []*job) (err error) {
	defer recoverDamage(&err)
	err = w.db.Update(func(tx *bbolt.Tx) error {
		x := &txn{tx: tx, experiments: make(map[string]*experiment)}
		for _, j := range group {
			if j.err = j.run(x); errors.Is(j.err, errDamaged) {
				return j.err // it may have written before it came upon that
			}
		}
		return x.finish()
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}
