package bolt_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(tb testing.TB) store.Store { return sized{open(tb, newPath(tb))} })
}

func TestDurableStore(t *testing.T) {
	storetest.RunDurable(t, func(tb testing.TB) (store.Store, func() store.Store) {
		path := newPath(tb)
		reopen := func() store.Store { return open(tb, path) }
		return reopen(), reopen
	})
}

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, func(tb testing.TB) store.Store { return open(tb, newPath(tb)) })
}

// sized reports writes to storetest.
type sized struct{ *bolt.Store }

func (s sized) Size() (int64, error) { return s.Transactions() }

func newPath(tb testing.TB) string {
	tb.Helper()
	return filepath.Join(tb.TempDir(), "sixpack.db")
}

func open(tb testing.TB, path string) *bolt.Store {
	tb.Helper()
	s, err := bolt.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func create(tb testing.TB, s store.Store, name string) store.Record {
	tb.Helper()
	r := store.Record{
		Name: name, Version: 7, Alternatives: []string{"red", "blue"}, Salt: name, Created: noon, Traffic: 1,
		Epoch: store.Epoch{Number: 1, Start: noon},
	}
	participate(tb, s, store.Participation{Experiment: name, Record: &r, Choice: store.None})
	return r
}

func in(r store.Record, client string, choice int) store.Participation {
	return store.Participation{Experiment: r.Name, Client: client, Version: r.Version, Choice: choice, Epoch: r.Epoch.Number, At: noon}
}

func participate(tb testing.TB, s store.Store, p store.Participation) store.Facts {
	tb.Helper()
	f, err := s.Participate(tb.Context(), p)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}
