package bolt

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// TestOneGroup has requests of all kinds share a transaction: a failing request must not affect
// the others, and each must see the effects of those before it.
func TestOneGroup(t *testing.T) {
	t.Parallel()
	s, err := Open(filepath.Join(t.TempDir(), "sixpack.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	first := store.Record{Name: "button", Version: 7, Alternatives: []string{"red", "blue"}, Created: at, Epoch: store.Epoch{Number: 1, Start: at}}
	second := first
	second.Version = 70
	requests := []struct {
		name string
		run  func(x *txn) error
		want error
	}{
		{"create", participation(store.Participation{Experiment: "button", Client: "a", Choice: 1, Record: &first, At: at}), nil},
		{"no such alternative", participation(store.Participation{Experiment: "button", Client: "b", Choice: 2, Version: 7, At: at}), store.ErrInvalid},
		{"convert", func(x *txn) error {
			return wrote(x.convert(store.Conversion{Experiment: "button", Client: "a", Version: 7, At: at}))
		}, nil},
		{"delete", func(x *txn) error { _, err := x.delete("button", nil); return err }, nil},
		{"the deleted", participation(store.Participation{Experiment: "button", Client: "c", Choice: 1, Version: 7, At: at}), errNotWritten},
		{"create again", participation(store.Participation{Experiment: "button", Client: "d", Choice: 0, Record: &second, At: at}), nil},
		{"left out", participation(store.Participation{Experiment: "button", Client: "e", Choice: store.Out, Version: 70, At: at}), nil},
		{"clear", func(x *txn) error {
			return wrote(x.save(second, nil, func(e *experiment) error { return e.clear(false) }))
		}, nil},
		{"before the clear", participation(store.Participation{Experiment: "button", Client: "f", Choice: 0, Version: 70, At: at}), errNotWritten},
		{"after the clear", participation(store.Participation{Experiment: "button", Client: "f", Choice: 1, Version: 71, At: at}), nil},
	}
	var group []*job
	for _, r := range requests {
		group = append(group, &job{run: r.run})
	}
	if err := s.writer.commit(group); err != nil {
		t.Fatal(err)
	}
	for i, r := range requests {
		if !errors.Is(group[i].err, r.want) {
			t.Errorf("%s: got %v, want %v", r.name, group[i].err, r.want)
		}
	}
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	red, blue := counts[0].Alternatives[0].Participants(), counts[0].Alternatives[1].Participants()
	if red != 0 || blue != 1 || counts[0].Excluded != 0 || len(counts[0].Record.KPIs) != 0 {
		t.Errorf("red %d, blue %d, excluded %d, KPIs %q; want one in blue", red, blue, counts[0].Excluded, counts[0].Record.KPIs)
	}
	var clients []string
	for c, err := range s.Clients(t.Context(), "button") {
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c.ID)
	}
	if !slices.Equal(clients, []string{"f"}) {
		t.Errorf("clients %q, want f", clients)
	}
}

var errNotWritten = errors.New("not written")

func participation(p store.Participation) func(*txn) error {
	return func(x *txn) error { return wrote(x.participate(p)) }
}

func wrote(f store.Facts, err error) error {
	if err == nil && !f.Wrote {
		return errNotWritten
	}
	return err
}
