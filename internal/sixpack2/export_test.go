package sixpack2_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/internal/teststore"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// run makes an experiment with all kinds of data that Sixpack cannot represent.
func run(t *testing.T, st store.Store) {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	engine := sixpack.New(st, sixpack.Config{Now: func() time.Time { return now }})
	x := sixpack.Experiment{Name: "exp", Alternatives: []string{"old red", "blue"}, Weights: []float64{1, 3}}
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	call := func(client string, options ...sixpack.ParticipateOption) {
		t.Helper()
		_, err := engine.Participate(ctx, x, client, options...)
		must(err)
	}
	call("before the reset")
	must(engine.Reset(ctx, "exp"))
	for client, alternative := range map[string]string{"a": "old red", "b": "blue", "c": "blue"} {
		call(client, sixpack.RecordForce(alternative))
	}
	for range 3 {
		_, err := engine.Convert(ctx, "exp", "a", sixpack.KPI("sale"), sixpack.Value(12.5))
		must(err)
	}
	_, err := engine.Convert(ctx, "exp", "b")
	must(err)
	override := store.Override{Weights: []float64{1, 9}, Algorithm: "random"}
	must(engine.Override(ctx, "exp", override))
	call("promised", sixpack.Prefetch())
	override.Traffic = 0.5
	must(engine.Override(ctx, "exp", override))
	for _, client := range []string{"d", "e", "f", "g", "h"} {
		call(client)
	}
	must(engine.Describe(ctx, "exp", "what\nit is"))
	must(engine.SetWinner(ctx, "exp", "blue"))
	must(engine.Pause(ctx, "exp"))
}

func TestLosses(t *testing.T) {
	everywhere(t, func(t *testing.T, s original, st store.Store) {
		run(t, st)
		e, err := s.space().Export(t.Context(), st, "exp", false, nil)
		if err != nil || !e.Equal() {
			t.Fatalf("exporting says %+v, %v", e, err)
		}
		for _, want := range []string{
			`values of conversions of KPI "sale" of 1 client: Sixpack only counts clients that converted`,
			`2 repeated conversions of KPI "sale": Sixpack counts each client once`,
			"the shares 0.1, 0.9 of old red, blue: Sixpack gives all alternatives equal shares",
			"the override of the traffic, 0.5: Sixpack uses the traffic of the next call",
			"its algorithm: Sixpack splits clients evenly",
			"the epoch of each client, of 2 epochs: Sixpack has none",
			"its salt: it was restarted, so Sixpack assigns new clients differently",
			"the alternatives reserved for 1 client without participation: Sixpack has no reservations",
			`calls with the alternative "old red": Sixpack refuses this name`,
		} {
			if !slices.Contains(e.Notes, want) {
				t.Errorf("notes lack %q", want)
			}
		}
		if len(e.Notes) != 9 {
			t.Errorf("notes are\n%s", strings.Join(e.Notes, "\n"))
		}
		is := content(t, s.client, "sxp")
		if is["e:exp"] != "map[created_at:2026-03-01 12:00 description:what\nit is paused:1 traffic_fraction:0.5]" ||
			is["e:exp:winner"] != "blue" || is["e:exp:kpis"] != "sale" || is["c:exp/sale:old red:users:2026-03-01"] != "a" {
			t.Errorf("Sixpack has %q", is)
		}
		back := new(memory.Store)
		if _, o := importOne(t, s.space(), back, "exp"); !o.Equal() || counted(results(t, back, "exp")) != daily(results(t, st, "exp")) {
			t.Errorf("what came back is\n%s\nwas\n%s\nimporting says %+v", counted(results(t, back, "exp")), counted(results(t, st, "exp")), o)
		}
	})
}

// daily is counted, with KPIs in the order of an import.
func daily(r store.Counts) string {
	for i := range r.Alternatives {
		slices.SortFunc(r.Alternatives[i].KPIs, func(a, b store.KPICounts) int { return strings.Compare(a.KPI, b.KPI) })
	}
	return counted(r)
}

// TestSyntheticClients exports counts without a client. The next client of Sixpack must get
// a number without bits.
func TestSyntheticClients(t *testing.T) {
	everywhere(t, func(t *testing.T, s original, st store.Store) {
		s.create("exp", "red", "blue")
		s.participate("exp", "red", "a", "2013-01-28")
		s.convert("", "red", "a", "2013-01-28")
		s.participate("exp", "blue", "a", "2013-01-29")
		s.convert("sale", "blue", "a", "2013-01-30")
		s.convert("mail", "blue", "a", "2013-01-30")
		s.convert("mail", "blue", "b", "2013-01-30")
		s.exclude("a")
		importOne(t, s.space(), st, "exp")
		to := original{t, s.client, "back"}
		e, err := to.space().Export(t.Context(), st, "exp", false, nil)
		if err != nil || !e.Equal() || len(e.Notes) != 1 || !strings.HasPrefix(e.Notes[0], "counts without a client, 5 participants, conversions and exclusions") {
			t.Errorf("exporting says %+v, %v", e, err)
		}
		if id := to.id("exp", "new"); id != "4" {
			t.Errorf("the next client gets number %s", id)
		}
		back := new(memory.Store)
		x, o := importOne(t, to.space(), back, "exp")
		if got, want := counted(results(t, back, "exp")), daily(results(t, st, "exp")); got != want || !o.Equal() {
			t.Errorf("what came back is\n%s\nwas\n%s\nimporting says %+v, %q", got, want, o, x.Notes)
		}
		if who := clientsOf(t, back); !slices.Equal(who, []string{"a 0 "}) {
			t.Errorf("clients that came back are %q", who)
		}
	})
}

func TestExportAgain(t *testing.T) {
	s := newOriginal(t)
	st := new(memory.Store)
	run(t, st)
	export := func(force bool) (sixpack2.Exported, error) {
		return s.space().Export(t.Context(), st, "exp", force, nil)
	}
	first, err := export(false)
	if err != nil || first.There {
		t.Fatalf("exporting says %+v, %v", first, err)
	}
	if e, err := export(false); err != nil || !e.There || !e.Equal() || !slices.Equal(e.Notes, first.Notes) {
		t.Errorf("exporting again says %+v, %v; at first %+v", e, err, first)
	}
	was := content(t, s.client, "sxp")
	for _, c := range []struct {
		change []string
		want   string
	}{
		{[]string{"ZINCRBY", "sxp:e:exp:users", "100", "a"}, "with other clients"},
		{[]string{"SETBIT", "sxp:c:exp/sale:blue:users:2026-03-01", "1000", "1"}, "with more counts"},
		{[]string{"SETBIT", "sxp:e:exp:excluded", "1000", "1"}, "with more counts"},
		{[]string{"HDEL", "sxp:e:exp", "paused"}, "with another paused: yes in the source, no in the target"},
		{[]string{"RPUSH", "sxp:e:exp:alternatives", "green"}, "with the alternatives old red, blue, green"},
		{[]string{"DEL", "sxp:e:exp:alternatives"}, "damaged"},
	} {
		s.do(c.change...)
		_, err := export(false)
		if want := "not written: Sixpack already has it, " + c.want + ": overwrite it with --force"; !errors.Is(err, sixpack2.ErrTaken) || err.Error() != want {
			t.Errorf("after %q exporting says %v, want %s", c.change, err, want)
		}
		if e, err := export(true); err != nil || !e.Equal() || e.There {
			t.Errorf("after %q exporting with force says %+v, %v", c.change, e, err)
		}
		compareContent(t, content(t, s.client, "sxp"), was)
	}
}

// TestUnfinished interrupts an export: Sixpack sees nothing of it, and the next export
// writes everything.
func TestUnfinished(t *testing.T) {
	s := newOriginal(t)
	s.crowd(many)
	st := teststore.Bolt(t)
	importOne(t, s.space(), st, "exp")
	to := sixpack2.New(s.client, "back", time.UTC)
	ctx, cancel := context.WithCancel(t.Context())
	if e, err := to.Export(ctx, st, "exp", false, func(int64) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted exporting says %+v, %v", e, err)
	}
	if names, err := to.Names(t.Context()); err != nil || len(names) > 0 {
		t.Errorf("after it was interrupted Sixpack has %q, %v", names, err)
	}
	if len(content(t, s.client, "back")) == 0 {
		t.Error("interrupted exporting left nothing, so that this test shows nothing")
	}
	// The interrupted export wrote clients that are gone now.
	s.do("SETBIT", "back:p:exp:red:2013-01-01", "1000000", "1")
	steps := int64(0)
	e, err := to.Export(t.Context(), st, "exp", false, func(n int64) { steps += n })
	if err != nil || !e.Equal() || e.Clients != many || steps != many {
		t.Errorf("exporting says %+v, %v; in %d steps", e, err, steps)
	}
	compareContent(t, content(t, s.client, "back"), content(t, s.client, "sxp"))
}

// TestMixed checks that experiments whose keys Sixpack would mix are refused.
func TestMixed(t *testing.T) {
	s := newOriginal(t)
	st := new(memory.Store)
	add := func(name string, kpis ...string) {
		t.Helper()
		c := store.Client{ID: "a", Choice: 0, Epoch: 1}
		for _, kpi := range kpis {
			c.Conversions = append(c.Conversions, store.ClientConversion{KPI: kpi, Events: 1})
		}
		r := store.Record{Name: name, Version: 1, Alternatives: []string{"red", "blue"}, Salt: name, Traffic: 1, Epoch: store.Epoch{Number: 1}}
		if _, err := st.Import(t.Context(), store.Import{Record: r, Clients: []store.Client{c}}); err != nil {
			t.Fatal(err)
		}
	}
	add("a", "b")
	add("a/b")
	add("a/c", "d")
	add("x")
	add("x:users")
	add("x:y")
	s.create("a/c/d", "red", "blue")
	s.create("there", "red", "blue")
	s.do("SADD", "sxp:e:there:kpis", "sale")
	add("there/sale")
	for name, other := range map[string]string{"a": "a/b", "a/b": "a", "a/c": "a/c/d", "x": "x:users", "x:users": "x", "x:y": "", "there/sale": "there"} {
		_, err := s.space().Export(t.Context(), st, name, true, nil)
		if want := "not written: its keys would collide with the keys of experiment \"" + other + "\": delete one of the two"; other != "" && (err == nil || err.Error() != want) {
			t.Errorf("exporting %q says %v, want %s", name, err, want)
		}
		if other == "" && err != nil {
			t.Errorf("exporting %q says %v", name, err)
		}
	}
	add("odd")
	s.do("SET", "sxp:p:odd:days", "text")
	if _, err := s.space().Export(t.Context(), st, "odd", false, nil); !errors.Is(err, sixpack2.ErrTaken) {
		t.Errorf("over a key of another type exporting says %v", err)
	}
	if _, err := s.space().Export(t.Context(), st, "none", false, nil); err == nil {
		t.Error("an experiment that does not exist is exported")
	}
}
