package bolt_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sixpack-go/sixpack/store/bolt"
)

// TestIdentity checks that a file keeps its identity and that a copy of it has another one.
func TestIdentity(t *testing.T) {
	t.Parallel()
	path := writtenPath(t) // written by a release without identities
	s := open(t, path)
	id := identity(t, s)
	copied := filepath.Join(t.TempDir(), "copy.db")
	file, err := os.Create(copied)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if other := identity(t, open(t, copied)); other == id {
		t.Errorf("a file and its backup have the identity %q", id)
	}

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := bolt.Compact(path); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if same := identity(t, open(t, link)); same != id {
		t.Errorf("the identity was %q and is %q after Compact, by a link", id, same)
	}
}

func identity(tb testing.TB, s *bolt.Store) string {
	tb.Helper()
	id, err := s.ID(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return id
}
