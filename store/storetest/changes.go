package storetest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// made returns change number i. It has a value in every field and is a nanosecond later than the
// one before.
func made(i int) store.Change {
	return store.Change{
		ID: 1<<52 - uint64(i), At: noon.Add(time.Duration(i)), By: "Zoë <zoe@example.com>", Action: "winner",
		Before: json.RawMessage(`{"winner":"red","n":` + strconv.Itoa(i) + `}`), After: json.RawMessage(`{"winner":"bl\u0075e 🎲"}`), Undoes: uint64(i) + 1,
	}
}

// log returns all changes of an experiment, newest first.
func (s subject) log(experiment string) []store.Change {
	s.t.Helper()
	changes, err := s.store.Changes(s.t.Context(), experiment, 0)
	s.must(err)
	return changes
}

// checkLog compares a log with changes, newest first.
func (s subject) checkLog(what, experiment string, want ...store.Change) {
	s.t.Helper()
	if got := s.log(experiment); describeChanges(got) != describeChanges(want) {
		s.t.Errorf("after %s the log is\n%s\nwant\n%s", what, describeChanges(got), describeChanges(want))
	}
}

func describeChanges(changes []store.Change) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "  change %d at %v by %q: %s from %s to %s, undoing %d\n", c.ID, c.At.UTC(), c.By, c.Action, c.Before, c.After, c.Undoes)
	}
	return b.String()
}

// changesKept makes a change with each method, and two with one of them. Concurrent readers must
// never see a change without its effect or an effect without its change.
func changesKept(s subject) {
	r := s.create("button", "red", "blue")
	other := s.create("button 2", "red", "blue")
	s.checkLog("creation", "button")
	save := func(changes ...store.Change) {
		s.t.Helper()
		f, err := s.store.Save(s.t.Context(), r, changes...)
		s.must(err)
		s.expect("save", f, store.Facts{Version: r.Version + 1, Choice: store.None, Wrote: true})
		r.Version++
	}
	save(made(1))
	s.checkLog("Save", "button", made(1))
	save(made(2), made(3))
	s.checkLog("a Save of two changes", "button", made(3), made(2), made(1))
	save()
	s.checkLog("a Save of none", "button", made(3), made(2), made(1))
	for i, keepCounts := range []bool{true, false} {
		f, err := s.store.Clear(s.t.Context(), r, keepCounts, made(4+i))
		s.must(err)
		s.expect("clear", f, store.Facts{Version: r.Version + 1, Choice: store.None, Wrote: true})
		r.Version++
	}
	s.checkLog("Clear", "button", made(5), made(4), made(3), made(2), made(1))
	minimal := store.Change{ID: 1, At: noon.Add(6), Action: "delete"}
	found, err := s.store.Delete(s.t.Context(), "button", minimal)
	s.must(err)
	if !found {
		s.t.Error("Delete found no experiment")
	}
	s.checkLog("Delete", "button", minimal, made(5), made(4), made(3), made(2), made(1))
	s.checkLog("changes of another experiment", "button 2")
	s.neverApart(other)
}

// neverApart saves a record repeatedly, each time with one change, while other goroutines read
// the record and the log in either order.
func (s subject) neverApart(r store.Record) {
	s.t.Helper()
	first, ctx := r.Version, s.t.Context()
	read := func() (n int, version uint64, err error) {
		changes, err := s.store.Changes(ctx, r.Name, 0)
		if err != nil {
			return 0, 0, err
		}
		records, err := s.store.Counts(ctx, r.Name)
		if err != nil || len(records) != 1 {
			return 0, 0, cmp.Or(err, errors.New("the experiment is gone"))
		}
		return len(changes), records[0].Record.Version, nil
	}
	var end atomic.Bool
	wait := begin(2, func(reader int) error {
		for !end.Load() {
			var late int
			n, version, err := read()
			if err == nil && reader == 1 {
				late, _, err = read()
			}
			if err != nil {
				return err
			}
			if uint64(n) > version-first {
				return fmt.Errorf("there were %d changes, and then the record had changed %d times", n, version-first)
			}
			if reader == 1 && uint64(late) < version-first {
				return fmt.Errorf("the record had changed %d times, and then there were %d changes", version-first, late)
			}
		}
		return nil
	})
	for i := range rounds(200) {
		f, err := s.store.Save(ctx, r, made(i))
		if err != nil || !f.Wrote {
			s.t.Errorf("Save returned %+v, %v", f, err)
			break
		}
		r.Version++
	}
	end.Store(true)
	wait(s.t)
	if n := len(s.log(r.Name)); uint64(n) != r.Version-first {
		s.t.Errorf("%d changes are there of %d that were made", n, r.Version-first)
	}
}

func refusedChangesAreNotLogged(s subject) {
	r := s.used("button")
	stale, unknown := r, r
	stale.Version--
	unknown.Name = "link"
	ctx, no := s.t.Context(), made(1)
	for what, call := range map[string]func() (bool, error){
		"Save of another version":         func() (bool, error) { f, err := s.store.Save(ctx, stale, no); return f.Wrote, err },
		"Save of no experiment":           func() (bool, error) { f, err := s.store.Save(ctx, unknown, no); return f.Wrote, err },
		"Clear of another version":        func() (bool, error) { f, err := s.store.Clear(ctx, stale, false, no); return f.Wrote, err },
		"Clear of no experiment":          func() (bool, error) { f, err := s.store.Clear(ctx, unknown, true, no); return f.Wrote, err },
		"Delete of what is not there":     func() (bool, error) { return s.store.Delete(ctx, "link", no) },
		"Clear of another, keeping count": func() (bool, error) { f, err := s.store.Clear(ctx, stale, true, no); return f.Wrote, err },
	} {
		s.unchanged(what, func() {
			if wrote, err := call(); wrote || err != nil {
				s.t.Errorf("%s: returned %t, %v", what, wrote, err)
			}
		})
	}
	for what, bad := range map[string]store.Change{
		"a change without an ID":   {At: noon, Action: "winner"},
		"a change that is no JSON": {ID: 1, At: noon, Action: "winner", After: json.RawMessage("{")},
		"a change of year 10000":   {ID: 1, At: noon.AddDate(8000, 0, 0), Action: "winner"},
	} {
		for method, call := range map[string]func() (bool, error){
			"Save":   func() (bool, error) { f, err := s.store.Save(ctx, r, no, bad); return f.Wrote, err },
			"Clear":  func() (bool, error) { f, err := s.store.Clear(ctx, r, false, no, bad); return f.Wrote, err },
			"Delete": func() (bool, error) { return s.store.Delete(ctx, "button", no, bad) },
			"Import": func() (bool, error) {
				done, err := s.store.Import(ctx, store.Import{Record: r, Changes: []store.Change{no, bad}})
				return done != store.Imported{}, err
			},
		} {
			s.unchanged(method+" with "+what, func() {
				if wrote, err := call(); wrote || !errors.Is(err, store.ErrInvalid) {
					s.t.Errorf("%s with %s returned %t, %v; want ErrInvalid", method, what, wrote, err)
				}
			})
		}
	}
	s.checkLog("what was refused", "button")
	s.checkLog("what was refused", "link")
}

// oneOfManyIsLogged has many callers save the same version, each with its own change.
func oneOfManyIsLogged(s subject) {
	r := s.create("button", "red", "blue")
	for round := range rounds(30) {
		const callers = 8
		var answers [callers]store.Facts
		together(s.t, callers, func(i int) (err error) {
			answers[i], err = s.store.Save(s.t.Context(), r, made(round*callers+i))
			return err
		})
		i := slices.IndexFunc(answers[:], func(f store.Facts) bool { return f.Wrote })
		newest := s.log("button")
		if len(newest) != round+1 || i < 0 || newest[0].ID != made(round*callers+i).ID {
			s.t.Fatalf("of several Saves of one version, in round %d, the %dth wrote; the log is\n%s", round, i, describeChanges(newest))
		}
		r.Version++
	}
}

// newestChangesFirst logs changes in no particular order, some of them with the same time.
func newestChangesFirst(s subject) {
	r := s.create("button", "red", "blue")
	at := func(t time.Time, id uint64) store.Change {
		return store.Change{ID: id, At: t, Action: "winner"}
	}
	want := []store.Change{ // neither in the order of IDs nor of time zones
		at(noon.AddDate(100, 0, 0).In(time.FixedZone("", -7200)), 5),
		at(noon.Add(2), 1),
		at(noon.Add(1).In(time.FixedZone("", 3600)), 1<<52),
		at(noon, 256),
		at(noon, 255),
		at(time.Unix(0, 0), 3),
		at(time.Unix(0, -1), 4),
		at(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), 2),
	}
	for _, i := range []int{3, 7, 0, 5, 4, 1, 6, 2} {
		f, err := s.store.Save(s.t.Context(), r, want[i])
		s.must(err)
		if !f.Wrote {
			s.t.Fatalf("Save returned %+v", f)
		}
		r.Version++
	}
	s.checkLog("changes in no order", "button", want...)
	for limit := -1; limit <= len(want)+1; limit++ {
		expected := want
		if limit > 0 {
			expected = want[:min(limit, len(want))]
		}
		got, err := s.store.Changes(s.t.Context(), "button", limit)
		s.must(err)
		if describeChanges(got) != describeChanges(expected) {
			s.t.Errorf("of at most %d changes there are\n%s\nwant\n%s", limit, describeChanges(got), describeChanges(expected))
		}
	}
	s.checkLog("nothing", "link")
}

func changesSurvive(s subject) {
	names := []string{"button", "button:a", "button 2", "日本語: a/b *", "a{b}c"}
	for i, name := range names {
		r := s.create(name, "red", "blue")
		for _, keepCounts := range []bool{true, false} {
			f, err := s.store.Clear(s.t.Context(), r, keepCounts, made(10*i+int(r.Version)))
			s.must(err)
			r.Version = f.Version
		}
		s.clear(r, false)
		_, err := s.store.Delete(s.t.Context(), name, made(10*i+9))
		s.must(err)
	}
	if records := s.records(); len(records) != 0 {
		s.t.Errorf("logs are taken for experiments: %v", records)
	}
	check := func(what string) {
		s.t.Helper()
		for i, name := range names {
			s.checkLog(what, name, made(10*i+9), made(10*i+8), made(10*i+7))
		}
	}
	check("deletion")
	for _, name := range names {
		s.create(name, "green", "yellow")
	}
	check("creation of others")
	for _, name := range names {
		s.delete(name)
	}
	check("their deletion")
}

func importMergesChanges(s subject) {
	r := s.create("button", "red", "blue")
	for _, i := range []int{2, 5} {
		f, err := s.store.Save(s.t.Context(), r, made(i))
		s.must(err)
		r.Version = f.Version
	}
	i := store.Import{Record: r, Changes: []store.Change{made(6), made(5), made(1), made(3), made(1)}}
	if got := s.imports(i); got != (store.Imported{Changes: 3}) {
		s.t.Errorf("Import returned %+v, want 3 changes", got)
	}
	s.checkLog("Import", "button", made(6), made(5), made(3), made(2), made(1))
	s.unchanged("repeating an import of changes", func() {
		if got := s.imports(i); got != (store.Imported{}) {
			s.t.Errorf("the second Import returned %+v, want nothing", got)
		}
	})
	other := made(3)
	other.Action, other.At = "something else", other.At.In(time.FixedZone("", 3600))
	s.unchanged("importing another change of a known ID and time", func() {
		s.imports(store.Import{Record: r, Changes: []store.Change{other}})
	})

	i = store.Import{Record: newRecord("new", "red", "blue")}
	for n := range 1200 {
		i.Changes = append(i.Changes, made(n))
	}
	if got := s.imports(i); got != (store.Imported{Created: true, Changes: 1200}) {
		s.t.Errorf("Import of a new experiment returned %+v", got)
	}
	slices.Reverse(i.Changes)
	s.checkLog("Import", "new", i.Changes...)
	i.Record.Alternatives = []string{"red", "green"}
	i.Changes = []store.Change{made(5000)}
	s.unchanged("a refused import", func() {
		if _, err := s.store.Import(s.t.Context(), i); !errors.Is(err, store.ErrInvalid) {
			s.t.Errorf("Import of other alternatives returned %v", err)
		}
	})
}

// changesAreCopies modifies changes that were passed to a store and that it returned.
func changesAreCopies(s subject) {
	r := s.create("button", "red", "blue")
	given := []store.Change{made(1)}
	calls := map[string]func(context.Context) error{
		"Save": func(ctx context.Context) error { _, err := s.store.Save(ctx, r, given...); return err },
		"Import": func(ctx context.Context) error {
			_, err := s.store.Import(ctx, store.Import{Record: r, Changes: given})
			return err
		},
		"Clear": func(ctx context.Context) error {
			now := s.lookup("button", "").Record.Clone()
			_, err := s.store.Clear(ctx, now, true, given...)
			return err
		},
	}
	for i, name := range []string{"Save", "Import", "Clear"} {
		given[0] = made(i)
		s.must(calls[name](s.t.Context()))
		if len(s.log("button")) != i+1 {
			s.t.Fatalf("%s did not keep its change", name)
		}
		s.unchanged("scribbling over a change given to "+name, func() { scribbleChanges(given) })
	}
	s.unchanged("scribbling over a log", func() { scribbleChanges(s.log("button")) })
}

func scribbleChanges(changes []store.Change) {
	for i := range changes {
		for _, text := range [][]byte{changes[i].Before, changes[i].After} {
			for j := range text {
				text[j] = '9'
			}
		}
		changes[i] = store.Change{ID: 99}
	}
}
