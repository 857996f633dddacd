package journal_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/examples/journal"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/storetest"
)

func open(tb testing.TB, path string) *journal.Store {
	tb.Helper()
	s, err := journal.Open(path)
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

func TestStore(t *testing.T) {
	storetest.Run(t, func(tb testing.TB) store.Store {
		tb.Helper()
		return open(tb, filepath.Join(tb.TempDir(), "journal"))
	})
}

func TestStoreIsDurable(t *testing.T) {
	storetest.RunDurable(t, func(tb testing.TB) (store.Store, func() store.Store) {
		tb.Helper()
		path := filepath.Join(tb.TempDir(), "journal")
		return open(tb, path), func() store.Store { return open(tb, path) }
	})
}

// TestIncompleteEntry truncates the file, as a crash can.
func TestIncompleteEntry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	button := sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}}
	participate := func(s store.Store, client string) sixpack.Assignment {
		a, err := sixpack.New(s, sixpack.Config{}).Participate(context.Background(), button, client)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	s := open(t, path)
	participate(s, "anna")
	participate(s, "bert")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-1); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	if a := participate(s, "anna"); a.Reason != sixpack.ReasonExisting {
		t.Errorf("anna: %+v", a)
	}
	if a := participate(s, "bert"); a.Reason != sixpack.ReasonAssigned {
		t.Errorf("bert: %+v", a)
	}
}
