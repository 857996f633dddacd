package sixpack2_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// counted writes the counts by day, a line for each alternative.
func counted(r store.Counts) string {
	var b strings.Builder
	fmt.Fprintf(&b, "excluded %d", r.Excluded)
	for i, a := range r.Alternatives {
		fmt.Fprintf(&b, "\n%s:", r.Record.Alternatives[i])
		for _, d := range a.Days {
			fmt.Fprintf(&b, " %v=%d", d.Day, d.Participants)
		}
		for _, k := range a.KPIs {
			for _, d := range k.Days {
				fmt.Fprintf(&b, " %q:%v=%d", k.KPI, d.Day, d.Converted)
			}
		}
	}
	return b.String()
}

// TestRules lists what Sixpack can leave behind, and how it is read.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		name string
		fill func(s original)
		want string   // is counted
		who  []string // "client alternative", sorted
		note string
	}{
		{
			name: "an excluded client is out",
			fill: func(s original) {
				s.participate("exp", "blue", "in", "2013-01-28")
				s.exclude("out")
			},
			want: "excluded 1\nred:\nblue: 2013-01-28=1",
			who:  []string{"in 1", "out -1"},
		},
		{
			name: "an excluded participant stays one",
			fill: func(s original) {
				s.exclude("a")
				s.participate("exp", "blue", "a", "2013-01-28")
			},
			want: "excluded 1\nred:\nblue: 2013-01-28=1",
			who:  []string{"a 1"},
			note: "1 client is excluded and participating",
		},
		{
			name: "the first alternative of two, in the order of the list",
			fill: func(s original) {
				s.participate("exp", "blue", "a", "2013-01-27")
				s.convert("", "blue", "a", "2013-01-27")
				s.participate("exp", "red", "a", "2013-01-28")
				s.convert("sale", "red", "a", "2013-01-29")
			},
			want: "excluded 0\nred: 2013-01-28=1 \"sale\":2013-01-29=1\nblue: 2013-01-27=1 \"\":2013-01-27=1",
			who:  []string{"a 0 sale"},
			note: "1 client is in several alternatives",
		},
		{
			name: "the first day of two",
			fill: func(s original) {
				s.participate("exp", "red", "a", "2013-01-28")
				s.participate("exp", "red", "a", "2013-01-27")
				s.participate("exp", "red", "b", "2013-01-28")
			},
			want: "excluded 0\nred: 2013-01-27=1 2013-01-28=1\nblue:",
			who:  []string{"a 0", "b 0"},
			note: "1 bit is of a client on a second day",
		},
		{
			name: "bits without a day",
			fill: func(s original) {
				s.participate("exp", "red", "a", "2013-01-28")
				s.convert("sale", "red", "a", "2013-01-28")
				s.do("DEL", "sxp:p:exp:red:2013-01-28", "sxp:c:exp/sale:days")
			},
			want: "excluded 0\nred: 2012-12-01=1 \"sale\":2012-12-01=1\nblue:",
			who:  []string{"a 0 sale"},
			note: "2 bits are missing from the daily bitmaps",
		},
		{
			name: "bits of a day only",
			fill: func(s original) {
				s.participate("exp", "red", "a", "2013-01-28")
				s.convert("", "red", "a", "2013-01-28")
				s.do("DEL", "sxp:p:exp:red:all", "sxp:c:exp:red:users:all")
			},
			want: "excluded 0\nred: 2013-01-28=1 \"\":2013-01-28=1\nblue:",
			who:  []string{"a 0 "},
			note: "2 bits are in a daily bitmap but missing from the bitmap of all time",
		},
		{
			name: "a KPI for which nobody converted",
			fill: func(s original) { s.do("SADD", "sxp:e:exp:kpis", "sale") },
			want: "excluded 0\nred:\nblue:",
		},
		{
			name: "days far away",
			fill: func(s original) {
				s.participate("exp", "red", "a", "1969-12-31")
				s.participate("exp", "red", "b", "1901-02-03")
				s.participate("exp", "red", "c", "9999-12-31")
				s.convert("", "red", "c", "1969-12-31")
			},
			want: "excluded 0\nred: 1901-02-03=1 1969-12-31=1 9999-12-31=1 \"\":1969-12-31=1\nblue:",
			who:  []string{"a 0", "b 0", "c 0 "},
		},
		{
			name: "client ids of any kind",
			fill: func(s original) {
				for _, id := range []string{"", "a\nb", strings.Repeat("x", 600), "\xff", "é"} {
					s.participate("exp", "red", id, "2013-01-28")
				}
			},
			want: "excluded 0\nred: 2013-01-28=5\nblue:",
			who:  []string{" 0", "a\nb 0", strings.Repeat("x", 600) + " 0", "é 0", "\xff 0"},
			note: "4 clients have an ID that is empty",
		},
		{
			name: "numbers that are two clients', or none's",
			fill: func(s original) {
				s.participate("exp", "red", "a", "2013-01-28")
				s.do("ZADD", "sxp:e:exp:users", "0", "b", "0.5", "c", "-1", "d", "1e18", "e")
			},
			want: "excluded 0\nred: 2013-01-28=1\nblue:",
			who:  []string{"a 0"},
		},
	} {
		for name, open := range stores {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				s := newOriginal(t)
				s.create("exp", "red", "blue")
				c.fill(s)
				st := open(t, s.client, s.prefix)
				x, o := importOne(t, s.space(), st, "exp")
				if !o.Equal() {
					t.Errorf("importing says %+v", o)
				}
				got := results(t, st, "exp")
				if counted(got) != c.want {
					t.Errorf("counted is\n%s\nwant\n%s", counted(got), c.want)
				}
				if who := clientsOf(t, st); !slices.Equal(who, c.who) {
					t.Errorf("clients are %q, want %q", who, c.who)
				}
				if notes := strings.Join(x.Notes, "\n"); !strings.HasPrefix(notes, c.note) || c.note == "" && notes != "" {
					t.Errorf("notes are %q, want %q", notes, c.note)
				}
			})
		}
	}
}

// clientsOf returns the clients of exp as TestRules writes them.
func clientsOf(tb testing.TB, st store.Store) (all []string) {
	tb.Helper()
	for c, err := range st.Clients(tb.Context(), "exp") {
		if err != nil {
			tb.Fatal(err)
		}
		words := []string{c.ID, fmt.Sprint(c.Choice)}
		for _, v := range c.Conversions {
			words = append(words, v.KPI)
		}
		all = append(all, strings.Join(words, " "))
	}
	slices.Sort(all)
	return all
}

func TestRecord(t *testing.T) {
	const madeOn = "2012-12-01 09:30"
	for _, c := range []struct {
		name   string
		change []string
		want   string
		note   string
	}{
		{"as it was", nil, madeOn + " 1", ""},
		{"seconds", []string{"HSET", "sxp:e:exp", "created_at", "2013-01-28 10:11:12.123456"}, "2013-01-28 10:11 1", ""},
		{"no time", []string{"HSET", "sxp:e:exp", "created_at", "long ago"}, "2013-01-27 00:00 1", `created_at "long ago" is not a time; 2013-01-27 00:00 is used`},
		{"no hash", []string{"DEL", "sxp:e:exp"}, "2013-01-27 00:00 1", `created_at "" is not a time; 2013-01-27 00:00 is used`},
		{"fraction", []string{"HSET", "sxp:e:exp", "traffic_fraction", "0.25"}, madeOn + " 0.25", ""},
		{"no fraction", []string{"HDEL", "sxp:e:exp", "traffic_fraction"}, madeOn + " 1", ""},
		{"no number", []string{"HSET", "sxp:e:exp", "traffic_fraction", "False"}, madeOn + " 1", `traffic_fraction "False" is not a number; 1 is used, as in Sixpack`},
		{"too low", []string{"HSET", "sxp:e:exp", "traffic_fraction", "-1.0"}, madeOn + " 1", `traffic_fraction -1.0 is not above 0 and at most 1; 1 is used`},
		{"too high", []string{"HSET", "sxp:e:exp", "traffic_fraction", "3.0"}, madeOn + " 1", `traffic_fraction 3.0 is not above 0 and at most 1; 1 is used`},
		{"nan", []string{"HSET", "sxp:e:exp", "traffic_fraction", "nan"}, madeOn + " 1", `traffic_fraction nan is not above 0 and at most 1; 1 is used`},
		{"paused", []string{"HSET", "sxp:e:exp", "paused", "1"}, madeOn + " 1 paused", ""},
		{"archived", []string{"HSET", "sxp:e:exp", "archived", "1"}, madeOn + " 1 archived", ""},
		{"described", []string{"HSET", "sxp:e:exp", "description", "Große *Dinge*\n"}, madeOn + " 1 Große *Dinge*\n", ""},
		{"won", []string{"SET", "sxp:e:exp:winner", "blue"}, madeOn + " 1 won by blue", ""},
		{"won by another", []string{"SET", "sxp:e:exp:winner", "zzz"}, madeOn + " 1 won by zzz", `the winner "zzz" is not one of its alternatives; everyone gets it, as in Sixpack`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newOriginal(t)
			s.create("exp", "red", "blue")
			s.participate("exp", "red", "a", "2013-01-28")
			s.participate("exp", "blue", "b", "2013-01-27")
			if c.change != nil {
				s.do(c.change...)
			}
			st := new(memory.Store)
			x, o := importOne(t, s.space(), st, "exp")
			r := results(t, st, "exp").Record
			words := []string{r.Created.Format("2006-01-02 15:04"), fmt.Sprint(r.Traffic)}
			for text, set := range map[string]bool{"paused": r.Paused, "archived": r.Archived, r.Description: r.Description != "", "won by " + r.Winner: r.Winner != ""} {
				if set {
					words = append(words, text)
				}
			}
			got := strings.Join(words, " ")
			if got != c.want || r.Salt != "exp" || r.Purged {
				t.Errorf("the record is %q, %+v; want %q", got, r, c.want)
			}
			if notes := strings.Join(x.Notes, "\n"); notes != c.note {
				t.Errorf("notes are %q, want %q", notes, c.note)
			}
			if !o.Equal() {
				t.Errorf("importing says %+v", o)
			}
		})
	}
}

// TestNames imports names that new experiments cannot have.
func TestNames(t *testing.T) {
	s := newOriginal(t)
	for i, name := range []string{"home.header", "a:b", "a/b", "{x}", "*", "日本", strings.Repeat("n", 300)} {
		s.create(name, "red", "b l:u/e")
		s.participate(name, "b l:u/e", "client", fmt.Sprintf("2013-01-%02d", i+1))
		for kind, open := range stores {
			st := open(t, s.client, s.prefix)
			x, o := importOne(t, s.space(), st, name)
			want := fmt.Sprintf("excluded 0\nred:\nb l:u/e: 2013-01-%02d=1", i+1)
			if got := counted(results(t, st, name)); got != want || !o.Equal() {
				t.Errorf("%s: importing %q says %+v, counted is %s", kind, name, o, got)
			}
			if len(x.Notes) != 2 || !strings.HasPrefix(x.Notes[0], "its name is kept") {
				t.Errorf("notes on %q are %q", name, x.Notes)
			}
		}
	}
}

// TestDuplicates keeps the share of an alternative that is listed twice.
func TestDuplicates(t *testing.T) {
	s := newOriginal(t)
	s.create("exp", "one", "two", "two", "one", "two", "three")
	s.create("even", "a", "b", "b", "a")
	st := new(memory.Store)
	importAll(t, s.space(), st)
	r := results(t, st, "exp").Record
	third := 2. / 6
	if want := []float64{third, 1./6 + 1./6 + 1./6, 1. / 6}; !slices.Equal(r.Weights, want) || !slices.Equal(r.Epoch.Weights, want) {
		t.Errorf("weights are %v, %v", r.Weights, r.Epoch.Weights)
	}
	if r := results(t, st, "even").Record; r.Weights != nil || r.Epoch.Weights != nil || len(r.Alternatives) != 2 {
		t.Errorf("the record is %+v", r)
	}
}

// TestDamaged checks that damaged keys are found and all others read.
func TestDamaged(t *testing.T) {
	for _, c := range []struct {
		key  string
		kind []string // a command that makes it another type
		want string   // is counted nevertheless
	}{
		{"e:exp", nil, "excluded 1\nred: 2013-01-28=1 \"\":2013-01-28=1\nblue: 2013-01-28=1"},
		{"e:exp:winner", []string{"HSET", "a", "b"}, "excluded 1\nred: 2013-01-28=1 \"\":2013-01-28=1\nblue: 2013-01-28=1"},
		{"e:exp:users", nil, "excluded 1\nred: 2013-01-28=1 \"\":2013-01-28=1\nblue: 2013-01-28=1"},
		{"e:exp:kpis", nil, "excluded 1\nred: 2013-01-28=1 \"\":2013-01-28=1\nblue: 2013-01-28=1"},
		{"e:exp:excluded", []string{"HSET", "a", "b"}, "excluded 0\nred: 2013-01-28=1 \"\":2013-01-28=1\nblue: 2013-01-28=1"},
		{"p:exp:days", nil, "excluded 1\nred: 2012-12-01=1 \"\":2013-01-28=1\nblue: 2012-12-01=1"},
		{"p:exp:red:all", []string{"SADD", "a"}, "excluded 1\nred: 2013-01-28=1 \"\":2013-01-28=1\nblue: 2013-01-28=1"},
		{"p:exp:red:2013-01-28", []string{"SADD", "a"}, "excluded 1\nred: 2012-12-01=1 \"\":2013-01-28=1\nblue: 2013-01-28=1"},
		{"c:exp:red:users:2013-01-28", []string{"SADD", "a"}, "excluded 1\nred: 2013-01-28=1 \"\":2012-12-01=1\nblue: 2013-01-28=1"},
	} {
		t.Run(c.key, func(t *testing.T) {
			s := newOriginal(t)
			s.create("exp", "red", "blue")
			s.participate("exp", "red", "a", "2013-01-28")
			s.convert("", "red", "a", "2013-01-28")
			s.participate("exp", "blue", "b", "2013-01-28")
			s.exclude("c")
			s.do("DEL", "sxp:"+c.key)
			if c.kind == nil {
				c.kind = []string{"SET", "text"}
			}
			s.do(slices.Insert(slices.Clone(c.kind), 1, "sxp:"+c.key)...)
			st := new(memory.Store)
			x, o := importOne(t, s.space(), st, "exp")
			if want := []string{"sxp:" + c.key + " has the wrong Redis type: not imported"}; !slices.Equal(x.Damaged, want) {
				t.Errorf("damaged is %q, want %q", x.Damaged, want)
			}
			got := counted(results(t, st, "exp"))
			if got != c.want || len(o.Missing) > 0 || x.Record.Winner != "" {
				t.Errorf("counted is\n%s\nwant\n%s\nimporting says %+v", got, c.want, o)
			}
		})
	}
	s := newOriginal(t)
	s.create("exp", "red", "blue")
	s.participate("exp", "red", "a", "2013-01-28")
	s.do("SADD", "sxp:p:exp:days", "someday")
	if x, _ := importOne(t, s.space(), new(memory.Store), "exp"); !slices.Equal(x.Damaged, []string{`sxp:p:exp:days has "someday", which is not a day: not imported`}) {
		t.Errorf("damaged is %q", x.Damaged)
	}
	for _, removed := range [][]string{{"DEL", "sxp:e:exp:alternatives"}, {"SET", "sxp:e:exp:alternatives", "text"}} {
		s.do(removed...)
		if _, err := s.space().Read(t.Context(), "exp"); !errors.Is(err, sixpack2.ErrDamaged) || !strings.Contains(err.Error(), "sxp:e:exp:alternatives is missing") {
			t.Errorf("after %q reading says %v", removed, err)
		}
	}
}
