package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// strangeIDs returns client IDs that a store could confuse.
func strangeIDs() []string {
	const id = "3f6ab7c1-9d2e-4c58-a1f0-6b5e8d7c9a21"
	return []string{
		id,
		strings.ToUpper(id),
		strings.Replace(id, "f", "F", 1),
		strings.ReplaceAll(id, "-", ""),
		strings.ToUpper(strings.ReplaceAll(id, "-", "")),
		"{" + id + "}",
		"urn:uuid:" + id,
		id + " ",
		id[:35],
		id[:35] + "g",
		strings.ReplaceAll(id, "-", "_"),
		"3f6ab7c19-d2e-4c58-a1f0-6b5e8d7c9a21",
		"\x3f\x6a\xb7\xc1\x9d\x2e\x4c\x58\xa1\xf0\x6b\x5e\x8d\x7c\x9a\x21", // the bytes of the UUID above
		"61626364-6566-6768-696a-6b6c6d6e6f70",
		"abcdefghijklmnop", // the bytes of the UUID above
		"a", "A", " a", "a ", "a:", "a:b", "a/b", "a}", "{a}", "a{b}c", "a\n", "\na", "a\r\nb", "a\tb", "a*", "a?", "[a]", `a\`, `"a"`,
		"0", "-1", "-2", "1", "null", "nil", "true", "__proto__", "%00", "../a",
		"\u00e4", "a\u0308", "\u0131", "ſ", "K", "日本語", "🎲", "\u200b",
		"\xff", "\xff\xfe", "\xc3", "\x01", "\x7f",
		long("x", 511), long("x", 512), long("ab", 512), long("ä", 512),
	}
}

func strangeClientIDs(s subject) {
	r := s.create("button", "red", "blue")
	ids := strangeIDs()
	for i, id := range ids {
		f := s.participate(in(r, id, i%2))
		s.expect(fmt.Sprintf("participation of %q", id), f, store.Facts{Version: r.Version, Choice: i % 2, Epoch: 1, Wrote: true})
		if i%3 == 0 {
			s.convert(worth(r, id, "revenue", store.Amount(i)))
		}
	}
	for i, id := range ids {
		s.expect(fmt.Sprintf("lookup of %q", id), s.lookup("button", id), store.Facts{Version: r.Version, Choice: i % 2, Epoch: 1})
	}
	total := make(map[string]store.Amount)
	for _, c := range s.clients("button") {
		total[c.ID] = 0
		for _, v := range c.Conversions {
			total[c.ID] = v.Total
		}
	}
	for i, id := range ids {
		want := store.Amount(0)
		if i%3 == 0 {
			want = store.Amount(i)
		}
		if got, ok := total[id]; !ok || got != want {
			s.t.Errorf("Clients returned %q: %t, with a total of %v, want %v", id, ok, got, want)
		}
	}
	if len(total) != len(ids) {
		s.t.Errorf("Clients returned %d clients, want %d", len(total), len(ids))
	}
	s.audit("button")
}

// strangeNames uses names of experiments and KPIs that a store could confuse.
func strangeNames(s subject) {
	names := []string{
		"a", "A", "aa", "a a", "a:", "a:a", ":a", "a/a", "a/", "a*", "*", "a?", "[a-z]*", "a:n", "a:x", "a.", "a%", "-1", "0",
		"\u00e4", "a\u0308", "日本語 🎲", long("a", 254), long("a", 255), long("a", 254) + "b",
	}
	kpis := append([]string{""}, names...)
	records := make([]store.Record, len(names))
	for i, name := range names {
		records[i] = s.create(name, "red", "blue")
		s.participate(in(records[i], "client", i%2))
	}
	for i, kpi := range kpis { // all KPIs in the first experiment, one in each other experiment
		s.convert(worth(records[0], "client", kpi, store.Amount(i+1)))
		s.convert(worth(records[i%len(records)], "client", kpi, store.Amount(i+1)))
	}
	for i, name := range names {
		s.expect(name, s.lookup(name, "client"), store.Facts{Version: records[i].Version, Choice: i % 2, Epoch: 1})
		s.checkParticipants(name, 1)
		s.audit(name)
	}
	if got := s.counts("a").Record.KPIs; !slices.Equal(got, kpis) {
		s.t.Errorf("KPIs are %q, want %q", got, kpis)
	}
	for i, kpi := range kpis[1 : len(kpis)-1] {
		if got := s.counts(names[i+1]).Record.KPIs; !slices.Equal(got, []string{kpi}) {
			s.t.Errorf("KPIs of %q are %q, want %q", names[i+1], got, kpi)
		}
	}
	s.deleteOneByOne(names)
}

func (s subject) deleteOneByOne(names []string) {
	s.t.Helper()
	for i, name := range names {
		if !s.delete(name) {
			s.t.Errorf("Delete does not find %q", name)
		}
		for _, other := range names[i+1:] {
			if f := s.lookup(other, "client"); f.Choice == store.None {
				s.t.Fatalf("after Delete(%q) the client of %q is gone", name, other)
			}
		}
	}
	if records := s.records(); len(records) != 0 {
		s.t.Errorf("after all were deleted there is %v", records)
	}
}

// long repeats s up to n bytes.
func long(s string, n int) string { return strings.Repeat(s, n/len(s)+1)[:n] }
