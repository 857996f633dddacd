package bolt_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

func TestOpenLocked(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	_, err := bolt.Open(path)
	if !errors.Is(err, bolt.ErrLocked) {
		t.Fatalf("Open of an open file: got %v, want %v", err, bolt.ErrLocked)
	}
	for _, want := range []string{path, "another sixpack process"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Open of an open file: %q does not mention %q", err, want)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

// TestOpenWrongFile opens files that are not stores. The error must name the file and the reason,
// and the file must not change.
func TestOpenWrongFile(t *testing.T) {
	t.Parallel()
	write := func(content string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want []string
	}{
		{"Text", write("not a store"), []string{"not a sixpack store"}},
		{"Page", write(strings.Repeat("not a store", 500)), []string{"not a sixpack store"}},
		{"LongText", write(strings.Repeat("not a store", 10_000)), []string{"not a sixpack store"}},
		{"SQLite", write("SQLite format 3\x00" + strings.Repeat("\x00", 8176)), []string{"not a sixpack store"}},
		{"ForeignBucket", put("accounts", "1", "Jane"), []string{"not a sixpack store", `"accounts"`}},
		{"NewerFormat", put("sixpack", "format", "3"), []string{"format is 3", "knows format 2"}},
		{"NoFormat", put("sixpack", "form", "1"), []string{"damaged"}},
		{"CutShort", cutShort, []string{"damaged"}},
		{"Folder", func(t *testing.T, path string) {
			t.Helper()
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, []string{"not a regular file"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := newPath(t)
			tt.make(t, path)
			before := content(t, path)
			s, err := bolt.Open(path)
			if err == nil {
				t.Fatalf("Open succeeds; Close: %v", s.Close())
			}
			for _, want := range append(tt.want, path) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Open: %q does not mention %q", err, want)
				}
			}
			if content(t, path) != before {
				t.Error("Open changed the file")
			}
			// Nor does it keep the file locked.
			if _, err := bolt.Open(path); errors.Is(err, bolt.ErrLocked) {
				t.Errorf("a second Open: %v", err)
			}
		})
	}
}

// put creates a bbolt file with one key.
func put(bucket, key, value string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		update(t, path, func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte(bucket))
			if err != nil {
				return err
			}
			return b.Put([]byte(key), []byte(value))
		})
	}
}

// update changes a file without this package.
func update(t *testing.T, path string, change func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// cutShort creates a store and truncates its file.
func cutShort(t *testing.T, path string) {
	t.Helper()
	s := open(t, path)
	load(t, s, "button", 5000)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<16); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return ""
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOpenWithoutFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "missing", "sixpack.db")
	if _, err := bolt.Open(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open in a folder that does not exist: got %v, want %v", err, os.ErrNotExist)
	}
}

// TestOpenReplaced replaces a file while Open waits for its lock.
func TestOpenReplaced(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := s.Recheck(file); err != nil {
		t.Errorf("with the file in its place: %v", err)
	}
	if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	if err := s.Recheck(file); !errors.Is(err, bolt.ErrReplaced) {
		t.Errorf("with another file in its place: got %v, want %v", err, bolt.ErrReplaced)
	}
}

// TestDamage reads a file with corrupt bytes.
func TestDamage(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	r := create(t, s, "button")
	participate(t, s, in(r, "well", 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	update(t, path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("clients/button")).Put(bolt.ClientKey("ill"), []byte{0x80})
	})
	s = open(t, path)
	if f, err := s.Participate(t.Context(), in(r, "ill", 0)); err == nil {
		t.Errorf("Participate of a damaged client: %+v", f)
	}
	for _, err := range s.Clients(t.Context(), "button") {
		if err == nil {
			continue
		}
		if !strings.Contains(err.Error(), "damaged") {
			t.Errorf("Clients: %q does not mention the damage", err)
		}
	}
	if _, err := s.Import(t.Context(), store.Import{Record: r, Clients: []store.Client{{ID: "new"}, {ID: "ill"}}}); err == nil {
		t.Error("Import of a damaged client succeeds")
	}
	if f := participate(t, s, in(r, "new", 1)); !f.Wrote {
		t.Errorf("a client of a failed Import was kept: %+v", f)
	}
	if f := participate(t, s, in(r, "well", 0)); f.Choice != 1 || f.Wrote {
		t.Errorf("Participate of another client: %+v", f)
	}
}
