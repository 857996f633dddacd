package bolt

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
)

// A writer commits requests in groups: requests that arrive while one transaction is written
// to the disk share the next one. A goroutine does this and ends when no request waits. If
// callers committed in turn, a caller could be held up by others' writes, even past its own
// deadline.
type writer struct {
	db     *bbolt.DB
	active sync.WaitGroup

	mu       sync.Mutex // guards the fields below
	queue    []*job
	expected int           // number of requests for which the next group waits; 0: it does not wait
	complete chan struct{} // closed when the expected requests are in the queue
	running  bool
	closed   bool
}

type job struct {
	run  func(*txn) error
	err  error
	done chan error
}

// do runs fn in a transaction and returns when the transaction is on the disk or ctx ends. If
// fn returns an error, it must not have changed anything.
func (w *writer) do(ctx context.Context, fn func(*txn) error) error {
	run := func(x *txn) error {
		if err := ctx.Err(); err != nil {
			return err // the caller has returned
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

// close refuses further writes and waits for the writes in progress.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.active.Wait()
}

func (w *writer) work() {
	for group := w.take(); group != nil; group = w.take() {
		start := time.Now()
		err := w.commit(group)
		// Answered callers often write again at once. Waiting for them, for as long as a
		// transaction takes, lets them share one with the requests in the queue. Otherwise
		// two halves of the callers would alternate.
		timeout := min(time.Since(start), 4*time.Millisecond)
		complete := w.expect(len(group))
		for _, j := range group {
			if err != nil {
				j.err = err
			}
			j.done <- j.err
		}
		select {
		case <-complete:
		case <-time.After(timeout):
		}
	}
}

// take returns and removes the waiting requests. If there are none, the goroutine must end.
func (w *writer) take() []*job {
	w.mu.Lock()
	defer w.mu.Unlock()
	group := w.queue
	w.queue, w.expected = nil, 0
	w.running = group != nil
	return group
}

// expect returns a channel that is closed when n more requests have arrived.
func (w *writer) expect(n int) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.expected = n + len(w.queue)
	w.complete = make(chan struct{})
	return w.complete
}

// errUnchanged rolls back a transaction that wrote nothing.
var errUnchanged = errors.New("nothing to write")

// commit runs requests in one transaction. It returns an error if the transaction failed;
// then no request was carried out.
func (w *writer) commit(group []*job) (err error) {
	defer recoverDamage(&err)
	err = w.db.Update(func(tx *bbolt.Tx) error {
		x := &txn{tx: tx, experiments: make(map[string]*experiment)}
		for _, j := range group {
			if j.err = j.run(x); errors.Is(j.err, errDamaged) {
				return j.err // it may have written before it found the damage
			}
		}
		return x.finish()
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}
