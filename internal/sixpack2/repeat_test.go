package sixpack2_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// everywhere runs a test with each store and a Sixpack of its own.
func everywhere(t *testing.T, test func(t *testing.T, s original, st store.Store)) {
	t.Helper()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			s := newOriginal(t)
			test(t, s, open(t, s.client, s.prefix))
		})
	}
}

func TestImportRepeated(t *testing.T) {
	everywhere(t, func(t *testing.T, s original, st store.Store) {
		s.create("exp", "red", "blue")
		s.participate("exp", "red", "a", "2013-01-28")
		s.convert("sale", "red", "a", "2013-01-28")
		s.participate("exp", "blue", "both", "2013-01-28")
		s.participate("exp", "red", "both", "2013-01-28")
		s.exclude("out")
		if _, o := importOne(t, s.space(), st, "exp"); o.Imported != (store.Imported{Created: true, Clients: 3, Conversions: 1}) || !o.Equal() {
			t.Errorf("the first import says %+v", o)
		}
		before := results(t, st, "exp")
		if _, o := importOne(t, s.space(), st, "exp"); o.Imported != (store.Imported{}) || !o.Equal() {
			t.Errorf("the second import says %+v", o)
		}
		if after := results(t, st, "exp"); counted(after) != counted(before) || after.Record.Version != before.Record.Version {
			t.Errorf("the second import changed\n%s\nto\n%s", counted(before), counted(after))
		}

		s.participate("exp", "blue", "new", "2013-02-01")
		s.convert("", "blue", "new", "2013-02-01")
		s.convert("", "red", "a", "2013-02-02")
		s.convert("mail", "red", "both", "2013-02-02")
		if _, o := importOne(t, s.space(), st, "exp"); o.Imported != (store.Imported{Clients: 1, Conversions: 3}) || !o.Equal() {
			t.Errorf("the third import says %+v", o)
		}
		want := "excluded 1\nred: 2013-01-28=2 \"sale\":2013-01-28=1 \"\":2013-02-02=1 \"mail\":2013-02-02=1\n" +
			"blue: 2013-01-28=1 2013-02-01=1 \"\":2013-02-01=1"
		if got := counted(results(t, st, "exp")); got != want {
			t.Errorf("counted is\n%s\nwant\n%s", got, want)
		}
		red := results(t, st, "exp").Alternatives[0]
		day := store.DayOf(time.Date(2013, 1, 28, 0, 0, 0, 0, time.UTC))
		if mail := red.KPI("mail").Cohorts; len(red.Cohorts) != 1 || red.Cohorts[0].Day != day || len(mail) != 1 || mail[0].Day != day || mail[0].Converted != 1 {
			t.Errorf("the cohorts are %v and %v, want one on %v", red.Cohorts, mail, day)
		}
	})
}

// TestServing repeats an import after clients came to both servers.
func TestServing(t *testing.T) {
	s := newOriginal(t)
	s.create("exp", "red", "blue")
	s.exclude("out")
	s.participate("exp", "red", "a", "2013-01-28")
	s.participate("exp", "red", "b", "2013-01-28")
	st := new(memory.Store)
	importOne(t, s.space(), st, "exp")

	engine := sixpack.New(st, sixpack.Config{})
	for _, client := range []string{"here", "out"} { // who is let in, as all are by now
		_, err := engine.Participate(t.Context(), sixpack.Experiment{Name: "exp", Alternatives: []string{"red", "blue"}}, client)
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := engine.Convert(t.Context(), "exp", "a"); err != nil {
		t.Fatal(err)
	}
	_, o := importOne(t, s.space(), st, "exp")
	if !o.OK() || o.Equal() || o.Participants != 2 || o.Conversions != 1 || o.Readmitted != 1 || o.Imported != (store.Imported{}) {
		t.Errorf("importing says %+v", o)
	}

	// A client that came first to both servers after that counts on the day it came to ours.
	choice := lookup(t, st, "here").Choice
	s.participate("exp", []string{"red", "blue"}[choice], "here", "2013-01-29")
	_, o = importOne(t, s.space(), st, "exp")
	want := fmt.Sprintf("%s, participants on 2013-01-29: 1 in the source, 0 in the target", []string{"red", "blue"}[choice])
	if len(o.Missing) != 1 || o.Missing[0].String() != want {
		t.Errorf("importing says %+v, want %s", o, want)
	}
}

func lookup(tb testing.TB, st store.Store, client string) store.Facts {
	tb.Helper()
	facts, err := st.Lookup(tb.Context(), "exp", client)
	if err != nil {
		tb.Fatal(err)
	}
	return facts
}

func TestArchived(t *testing.T) {
	const want = "\nred: 2013-01-28=1 \"sale\":2013-01-28=1\nblue: 2013-01-28=1 2013-01-29=1"
	fill := func(s original) {
		s.create("exp", "red", "blue")
		s.participate("exp", "red", "a", "2013-01-28")
		s.convert("sale", "red", "a", "2013-01-28")
		s.participate("exp", "blue", "a", "2013-01-28")
		s.participate("exp", "blue", "b", "2013-01-29")
		s.exclude("c")
	}
	check := func(t *testing.T, st store.Store, clients, excluded int) {
		t.Helper()
		if got := counted(results(t, st, "exp")); got != fmt.Sprintf("excluded %d", excluded)+want {
			t.Errorf("counted is\n%s\nwant\n%s", got, want)
		}
		if got := clientsOf(t, st); len(got) != clients {
			t.Errorf("clients are %q, want %d", got, clients)
		}
	}
	t.Run("before", func(t *testing.T) {
		everywhere(t, func(t *testing.T, s original, st store.Store) {
			fill(s)
			s.archive()
			for range 2 {
				_, o := importOne(t, s.space(), st, "exp")
				if r := results(t, st, "exp").Record; !o.Equal() || !r.Archived || !r.Purged {
					t.Errorf("importing says %+v, %+v", o, r)
				}
				check(t, st, 0, 1)
			}
			to := sixpack2.New(s.client, "back", time.UTC)
			exportAll(t, to, st)
			was, is := content(t, s.client, "sxp"), content(t, s.client, "back")
			for _, period := range []string{"all", "2013", "2013-01", "2013-01-28"} { // a was in both alternatives
				was["p:exp:_all:"+period] = map[string]string{"2013-01-28": "2"}[period]
				if was["p:exp:_all:"+period] == "" {
					was["p:exp:_all:"+period] = "3"
				}
			}
			compareContent(t, is, was)
		})
	})
	t.Run("after an import", func(t *testing.T) {
		everywhere(t, func(t *testing.T, s original, st store.Store) {
			fill(s)
			importOne(t, s.space(), st, "exp")
			s.archive()
			x, o := importOne(t, s.space(), st, "exp")
			if !slices.Equal(o.Settings, []string{"archived: yes in the source, no in the target"}) || len(o.Missing) > 0 || o.Participants != 0 {
				t.Errorf("importing says %+v", o)
			}
			check(t, st, 3, 1)
			if err := x.TakeSettings(t.Context(), st); err != nil {
				t.Fatal(err)
			}
			if _, o := importOne(t, s.space(), st, "exp"); !o.Equal() {
				t.Errorf("importing says %+v", o)
			}
			check(t, st, 3, 1)
		})
	})
	t.Run("and taken up again", func(t *testing.T) {
		everywhere(t, func(t *testing.T, s original, st store.Store) {
			fill(s)
			s.archive()
			importOne(t, s.space(), st, "exp")
			s.do("HDEL", "sxp:e:exp", "archived")
			for _, client := range []string{"x", "y", "z"} { // who get the numbers that a, b and c had
				s.id("exp", client)
			}
			s.participate("exp", "red", "new", "2013-02-01")
			_, o := importOne(t, s.space(), st, "exp")
			if !o.Purged || len(o.Missing) != 1 || o.Missing[0].String() != "red, participants on 2013-02-01: 1 in the source, 0 in the target" {
				t.Errorf("importing says %+v", o)
			}
		})
	})
	t.Run("and purged here", func(t *testing.T) {
		everywhere(t, func(t *testing.T, s original, st store.Store) {
			fill(s)
			importOne(t, s.space(), st, "exp")
			engine := sixpack.New(st, sixpack.Config{})
			if err := errors.Join(engine.Archive(t.Context(), "exp"), engine.Purge(t.Context(), "exp")); err != nil {
				t.Fatal(err)
			}
			_, o := importOne(t, s.space(), st, "exp")
			if !o.Purged || len(o.Missing) > 0 {
				t.Errorf("importing says %+v", o)
			}
			check(t, st, 0, 0) // who is excluded is forgotten
			s.archive()
			if _, o := importOne(t, s.space(), st, "exp"); !o.Equal() {
				t.Errorf("importing says %+v", o)
			}
			check(t, st, 0, 0) // who is excluded is forgotten
		})
	})
}

// many is a number of clients that is read in two chunks.
const many = 70_000

func TestInterrupted(t *testing.T) {
	everywhere(t, func(t *testing.T, s original, st store.Store) {
		s.crowd(many)
		x, err := s.space().Read(t.Context(), "exp")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if o, err := x.Import(ctx, st, func(int64) { cancel() }); !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted importing says %+v, %v", o, err)
		}
		n := results(t, st, "exp").Alternatives[0].Participants()
		if n == 0 || n >= many/2 {
			t.Errorf("interrupted importing took %d of %d", n, many/2)
		}
		_, o := importOne(t, s.space(), st, "exp")
		if !o.Equal() || o.Imported.Clients >= many {
			t.Errorf("importing says %+v", o)
		}
		whole := new(memory.Store)
		importOne(t, s.space(), whole, "exp")
		if got, want := results(t, st, "exp"), results(t, whole, "exp"); counted(got) != counted(want) {
			t.Errorf("counted is\n%s\nwant\n%s", counted(got), counted(want))
		}
	})
}

// TestGoingOn begins a day while Sixpack is read.
func TestGoingOn(t *testing.T) {
	s := newOriginal(t)
	s.crowd(many)
	st := new(memory.Store)
	x, err := s.space().Read(t.Context(), "exp")
	if err != nil {
		t.Fatal(err)
	}
	// The bitmaps read next were located before.
	s.convert("sale", "red", "client-69998", "2013-02-01")
	s.participate("exp", "blue", "new", "2013-02-01")
	o, err := x.Import(t.Context(), st, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !o.OK() || !o.Changed {
		t.Errorf("importing says %+v", o)
	}
	if got := results(t, st, "exp").Alternatives[0].KPI("sale"); got.Days[len(got.Days)-1].Day.String() != "2013-02-01" {
		t.Errorf("conversions are %v", got.Days)
	}
	if len(x.Notes) > 0 {
		t.Errorf("notes are %q", x.Notes)
	}
	if _, o := importOne(t, s.space(), st, "exp"); !o.Equal() {
		t.Errorf("importing again says %+v", o)
	}
	if lookup(t, st, "new").Choice != 1 {
		t.Error("a client who came meanwhile is not there after the second import")
	}
}

// TestMeanwhile lets clients come and convert, also on new days, while Sixpack is read
// repeatedly.
func TestMeanwhile(t *testing.T) {
	everywhere(t, func(t *testing.T, s original, st store.Store) {
		s.create("exp", "red", "blue")
		const clients = 400
		written := make(chan struct{})
		defer func() { <-written }()
		go func() {
			defer close(written)
			for i := range clients {
				client, alternative := fmt.Sprint(i), []string{"red", "blue"}[i%2]
				day := fmt.Sprintf("2013-%02d-%02d", 1+i/100, 1+i/5%20)
				s.participate("exp", alternative, client, day)
				s.convert("sale", alternative, client, day)
				if i%2 == 0 {
					s.convert("", []string{"red", "blue"}[i/2%2], fmt.Sprint(i/2), day)
				}
			}
		}()
		imports := 0
		for writing := true; writing; imports++ {
			select {
			case <-written:
				writing = false
			default:
			}
			x, o := importOne(t, s.space(), st, "exp")
			if len(o.Missing) > 0 || len(x.Notes) > 0 || len(x.Damaged) > 0 {
				t.Fatalf("import %d says %+v, %q, %q", imports, o, x.Notes, x.Damaged)
			}
			if !writing && !o.Equal() {
				t.Errorf("the last import says %+v", o)
			}
		}
		if n := participants(results(t, st, "exp")); n != clients {
			t.Errorf("after %d imports there are %d participants of %d", imports, n, clients)
		}
	})
}

func participants(r store.Counts) (n int64) {
	for _, a := range r.Alternatives {
		n += a.Participants()
	}
	return n
}

func TestSettings(t *testing.T) {
	s := newOriginal(t)
	s.create("exp", "red", "blue")
	st := new(memory.Store)
	x, _ := importOne(t, s.space(), st, "exp")
	if err := x.TakeSettings(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	s.do("HSET", "sxp:e:exp", "paused", "1", "archived", "1", "description", "text", "traffic_fraction", "0.5")
	s.do("SET", "sxp:e:exp:winner", "blue")
	x, o := importOne(t, s.space(), st, "exp")
	want := []string{
		"winner: blue in the source, none in the target", "paused: yes in the source, no in the target", "archived: yes in the source, no in the target",
		`description: "text" in the source, "" in the target`, "traffic: 0.5 in the source, 1 in the target",
	}
	if o.OK() || !slices.Equal(o.Settings, want) {
		t.Errorf("importing says %+v", o)
	}
	if err := x.TakeSettings(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	if err := x.TakeSettings(t.Context(), st); err != nil { // which are the same now
		t.Fatal(err)
	}
	changes, err := st.Changes(t.Context(), "exp", 0)
	if err != nil || len(changes) != 1 || changes[0].By != "sixpack import" ||
		string(changes[0].After) != `{"winner":"blue","paused":true,"archived":true,"description":"text"}` {
		t.Errorf("after its settings were taken the log is %+v, %v", changes, err)
	}
	if _, o := importOne(t, s.space(), st, "exp"); !o.Equal() {
		t.Errorf("after its settings were taken importing says %+v", o)
	}
	if err := x.TakeSettings(t.Context(), new(memory.Store)); err != nil {
		t.Errorf("a store without the experiment says %v", err)
	}
}

func TestOtherAlternatives(t *testing.T) {
	everywhere(t, func(t *testing.T, s original, st store.Store) {
		s.create("exp", "red", "blue")
		s.participate("exp", "red", "a", "2013-01-28")
		importOne(t, s.space(), st, "exp")
		s.do("RPUSH", "sxp:e:exp:alternatives", "green")
		x, err := s.space().Read(t.Context(), "exp")
		if err != nil {
			t.Fatal(err)
		}
		if o, err := x.Import(t.Context(), st, nil); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("importing says %+v, %v", o, err)
		}
	})
}
