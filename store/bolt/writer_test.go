package bolt_test

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// TestGroupCommit has many callers add the same new clients: each client must be counted once,
// and the calls must share transactions.
func TestGroupCommit(t *testing.T) {
	t.Parallel()
	const callers, clients = 64, 32
	s := open(t, newPath(t))
	r := create(t, s, "button")
	before := transactions(t, s)
	for _, underWay := s.Waiting(); underWay; _, underWay = s.Waiting() {
		runtime.Gosched() // the goroutine that committed create's transaction ends
	}
	release, err := s.Hold()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var wrote atomic.Int64
	for caller := range callers {
		all.Go(func() {
			f, err := s.Participate(t.Context(), in(r, strconv.Itoa(caller%clients), caller%2))
			if err != nil {
				t.Error(err)
			}
			if f.Wrote {
				wrote.Add(1)
			}
		})
		for caller == 0 { // the others call during its transaction
			if _, underWay := s.Waiting(); underWay {
				break
			}
			runtime.Gosched()
		}
	}
	for n := 0; n < callers-1; n, _ = s.Waiting() {
		runtime.Gosched()
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	if n := participants(t, s, "button"); n != clients || wrote.Load() != clients {
		t.Errorf("%d clients: %d participants, %d acknowledged as new", clients, n, wrote.Load())
	}
	if n := transactions(t, s) - before; n != 2 {
		t.Errorf("%d callers took %d transactions, not one for the first and one for all others", callers, n)
	}
}

// TestContextEndsWhileWaiting uses a disk that does not respond.
func TestContextEndsWhileWaiting(t *testing.T) {
	t.Parallel()
	s := open(t, newPath(t))
	r := create(t, s, "button")
	release, err := s.Hold()
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []string{"first", "second"} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		if _, err := s.Participate(ctx, in(r, client, 0)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Participate: got %v, want %v", err, context.DeadlineExceeded)
		}
		cancel()
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if f := participate(t, s, in(r, "second", 1)); !f.Wrote || f.Choice != 1 {
		t.Errorf("a canceled write was carried out: %+v", f)
	}
}

// TestNothingToWrite makes calls that change nothing. They must not change a byte of the file.
func TestNothingToWrite(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	r := create(t, s, "button")
	participate(t, s, in(r, "known", 0))
	participate(t, s, in(r, "out", store.Out))
	convert(t, s, store.Conversion{Experiment: "button", Client: "known", Version: r.Version, Value: store.MaxTotal, HasValue: true, At: noon})
	stale := r
	stale.Version--
	unknown := r
	unknown.Name = "unknown"
	tests := map[string]func() (store.Facts, error){
		"Participate, known":      func() (store.Facts, error) { return s.Participate(t.Context(), in(r, "known", 1)) },
		"Participate, still out":  func() (store.Facts, error) { return s.Participate(t.Context(), in(r, "out", store.Out)) },
		"Participate, none":       func() (store.Facts, error) { return s.Participate(t.Context(), in(r, "new", store.None)) },
		"Participate, stale":      func() (store.Facts, error) { return s.Participate(t.Context(), in(stale, "new", 0)) },
		"Participate, no record":  func() (store.Facts, error) { return s.Participate(t.Context(), in(unknown, "new", 0)) },
		"Convert, unknown client": func() (store.Facts, error) { return s.Convert(t.Context(), by(r, "new", 1)) },
		"Convert, out":            func() (store.Facts, error) { return s.Convert(t.Context(), by(r, "out", 1)) },
		"Convert, stale":          func() (store.Facts, error) { return s.Convert(t.Context(), by(stale, "known", 1)) },
		"Convert, too much":       func() (store.Facts, error) { return s.Convert(t.Context(), by(r, "known", 1)) },
		"Lookup, known":           func() (store.Facts, error) { return s.Lookup(t.Context(), "button", "known") },
		"Lookup, unknown":         func() (store.Facts, error) { return s.Lookup(t.Context(), "button", "new") },
		"Save, stale":             func() (store.Facts, error) { return s.Save(t.Context(), stale) },
		"Clear, unknown":          func() (store.Facts, error) { return s.Clear(t.Context(), unknown, false) },
	}
	before := content(t, path)
	for name, call := range tests {
		f, err := call()
		if err != nil || f.Wrote {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
		if content(t, path) != before {
			t.Errorf("%s: the file changed", name)
		}
	}
}

func by(r store.Record, client string, value store.Amount) store.Conversion {
	return store.Conversion{Experiment: r.Name, Client: client, Version: r.Version, Value: value, HasValue: true, At: noon}
}

func convert(tb testing.TB, s store.Store, c store.Conversion) {
	tb.Helper()
	if f, err := s.Convert(tb.Context(), c); err != nil || !f.Wrote {
		tb.Fatalf("Convert: %+v, %v", f, err)
	}
}

func participants(tb testing.TB, s store.Store, experiment string) (n int64) {
	tb.Helper()
	counts, err := s.Counts(tb.Context(), experiment)
	if err != nil {
		tb.Fatal(err)
	}
	for _, a := range counts[0].Alternatives {
		n += a.Participants()
	}
	return n
}

func transactions(tb testing.TB, s *bolt.Store) int64 {
	tb.Helper()
	n, err := s.Transactions()
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
