package bolt_test

import (
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// TestFileWithoutLogs opens a file of a release without logs.
func TestFileWithoutLogs(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	r := create(t, s, "button")
	participate(t, s, in(r, "client", 1))
	if f, err := s.Save(t.Context(), r); err != nil || !f.Wrote {
		t.Fatalf("Save: %+v, %v", f, err)
	}
	r.Version++
	checkBuckets(t, s, path, "clients/button", "experiment/button", "sixpack")

	s = open(t, path)
	if changes, err := s.Changes(t.Context(), "button", 0); len(changes) != 0 || err != nil {
		t.Errorf("there are the changes %v, %v", changes, err)
	}
	c := store.Change{ID: 5, At: noon, Action: "winner"}
	if f, err := s.Save(t.Context(), r, c); err != nil || !f.Wrote {
		t.Fatalf("Save: %+v, %v", f, err)
	}
	if changes, err := s.Changes(t.Context(), "button", 0); len(changes) != 1 || err != nil {
		t.Errorf("there are the changes %v, %v", changes, err)
	}
	if found, err := s.Delete(t.Context(), "button"); !found || err != nil {
		t.Errorf("Delete: %t, %v", found, err)
	}
	checkBuckets(t, s, path, "changes/button", "sixpack")
}

// checkBuckets closes a store and checks which buckets its file has.
func checkBuckets(t *testing.T, s *bolt.Store, path string, want ...string) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var got []string
	update(t, path, func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			got = append(got, string(name))
			return nil
		})
	})
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the file has the buckets %q, want %q", got, want)
	}
}

// TestDamagedLog reads a log with a corrupt change.
func TestDamagedLog(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	r := create(t, s, "button")
	if f, err := s.Save(t.Context(), r, store.Change{ID: 5, At: noon}); err != nil || !f.Wrote {
		t.Fatalf("Save: %+v, %v", f, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	update(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("changes/button")).Put([]byte("key"), []byte("{")) })
	s = open(t, path)
	if changes, err := s.Changes(t.Context(), "button", 0); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("there are the changes %v, %v", changes, err)
	}
}
