package bolt_test

import (
	"testing"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// TestClientsAmidChanges changes an experiment with several pages of clients after an iteration
// has started.
func TestClientsAmidChanges(t *testing.T) {
	t.Parallel()
	const n = 3*bolt.Page + 1
	tests := []struct {
		name   string
		change func(t *testing.T, s *bolt.Store, r store.Record)
		want   int // minimum; the maximum also includes the added clients
		more   int
	}{
		{"Nothing", func(*testing.T, *bolt.Store, store.Record) {}, n, 0},
		{"Delete", func(t *testing.T, s *bolt.Store, r store.Record) {
			t.Helper()
			if _, err := s.Delete(t.Context(), r.Name); err != nil {
				t.Fatal(err)
			}
		}, bolt.Page, 0},
		{"Clear", func(t *testing.T, s *bolt.Store, r store.Record) {
			t.Helper()
			if f, err := s.Clear(t.Context(), r, false); err != nil || !f.Wrote {
				t.Fatalf("Clear: %+v, %v", f, err)
			}
		}, bolt.Page, 0},
		{"ClearAndComeBack", func(t *testing.T, s *bolt.Store, r store.Record) {
			t.Helper()
			if f, err := s.Clear(t.Context(), r, false); err != nil || !f.Wrote {
				t.Fatalf("Clear: %+v, %v", f, err)
			}
			load(t, s, r.Name, n)
		}, bolt.Page, n},
		{"NewClients", func(t *testing.T, s *bolt.Store, r store.Record) {
			t.Helper()
			load(t, s, r.Name, n)
		}, n, n},
		{"NewKPI", func(t *testing.T, s *bolt.Store, r store.Record) {
			t.Helper()
			participate(t, s, in(r, written([16]byte{0xff}), 0))
			convert(t, s, by(r, written([16]byte{0xff}), 1))
		}, n, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, newPath(t))
			r := create(t, s, "button")
			load(t, s, "button", n)
			seen := make(map[string]bool)
			for c, err := range s.Clients(t.Context(), "button") {
				if err != nil {
					t.Fatal(err)
				}
				if len(seen) == 0 {
					tt.change(t, s, r)
				}
				if seen[c.ID] {
					t.Fatalf("client %q is given twice", c.ID)
				}
				seen[c.ID] = true
			}
			if len(seen) < tt.want || len(seen) > tt.want+tt.more {
				t.Errorf("%d clients, want %d, or %d more", len(seen), tt.want, tt.more)
			}
		})
	}
}
