package sixpack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/internal/operatortest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A deed is an operation on an experiment named button with two participants, one of whom
// converted for two KPIs.
type deed struct {
	first  []string // deeds that come before it
	do     func(ctx context.Context, e *sixpack.Engine) error
	before string
	after  string
	keeps  bool // what it was is remembered, so that it can be undone
}

var deeds = map[string]deed{
	"winner": {
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.SetWinner(ctx, "button", "blue") },
		before: `{"winner":""}`, after: `{"winner":"blue"}`, keeps: true,
	},
	"reset-winner": {
		first:  []string{"winner"},
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.ResetWinner(ctx, "button") },
		before: `{"winner":"blue"}`, after: `{"winner":""}`, keeps: true,
	},
	"pause": {
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.Pause(ctx, "button") },
		before: `{"paused":false}`, after: `{"paused":true}`, keeps: true,
	},
	"resume": {
		first:  []string{"pause"},
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.Resume(ctx, "button") },
		before: `{"paused":true}`, after: `{"paused":false}`, keeps: true,
	},
	"archive": {
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.Archive(ctx, "button") },
		before: `{"archived":false}`, after: `{"archived":true}`, keeps: true,
	},
	"unarchive": {
		first:  []string{"archive"},
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.Unarchive(ctx, "button") },
		before: `{"archived":true}`, after: `{"archived":false}`, keeps: true,
	},
	"describe": {
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.Describe(ctx, "button", "*Is it blue?*") },
		before: `{"description":""}`, after: `{"description":"*Is it blue?*"}`, keeps: true,
	},
	"override": {
		do: func(ctx context.Context, e *sixpack.Engine) error {
			return e.Override(ctx, "button", store.Override{Traffic: 0.5, Weights: []float64{1, 3}, Algorithm: "random"})
		},
		before: `{"override":{}}`, after: `{"override":{"traffic":0.5,"weights":[0.25,0.75],"algorithm":"random"}}`, keeps: true,
	},
	"plan": {
		do: func(ctx context.Context, e *sixpack.Engine) error {
			return e.SetPlan(ctx, "button", store.Plan{KPI: "sale", Effect: 0.1, Baseline: 0.2})
		},
		before: `{"plan":{}}`, after: `{"plan":{"kpi":"sale","effect":0.1,"baseline":0.2}}`, keeps: true,
	},
	"ramp": {
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.StartRamp(ctx, "button", halfThenAll) },
		before: `{"override":{},"ramp":{}}`,
		after:  `{"override":{"traffic":0.5},"ramp":{` + halfThenAllJSON + `,"state":"running","since":"2026-03-01T13:00:00Z","next":"2026-03-02T13:00:00Z","participants":2}}`,
	},
	"pause-ramp": {
		first:  []string{"ramp"},
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.PauseRamp(ctx, "button") },
		before: `{"ramp":{` + halfThenAllJSON + `,"state":"running","since":"2026-03-01T12:00:00Z","next":"2026-03-02T12:00:00Z","participants":2}}`,
		after:  `{"ramp":{` + halfThenAllJSON + `,"state":"paused","since":"2026-03-01T12:00:00Z","left":82800000000000,"participants":2}}`,
	},
	"resume-ramp": {
		first:  []string{"ramp", "pause-ramp"},
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.ResumeRamp(ctx, "button") },
		before: `{"ramp":{` + halfThenAllJSON + `,"state":"paused","since":"2026-03-01T12:00:00Z","left":86400000000000,"participants":2}}`,
		after:  `{"ramp":{` + halfThenAllJSON + `,"state":"running","since":"2026-03-01T12:00:00Z","next":"2026-03-02T13:00:00Z","participants":2}}`,
	},
	"stop-ramp": {
		first:  []string{"ramp"},
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.StopRamp(ctx, "button") },
		before: `{"ramp":{` + halfThenAllJSON + `,"state":"running","since":"2026-03-01T12:00:00Z","next":"2026-03-02T12:00:00Z","participants":2}}`,
		after:  `{"ramp":{` + halfThenAllJSON + `,"state":"stopped","since":"2026-03-01T12:00:00Z","participants":2}}`,
	},
	"reset": {
		first:  []string{"winner", "pause", "describe"},
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.Reset(ctx, "button") },
		before: `{"winner":"blue","paused":true,"participants":2,"conversions":2}`, after: `{"winner":"","paused":false}`,
	},
	"purge": {
		first:  []string{"archive"},
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.Purge(ctx, "button") },
		before: `{"purged":false}`, after: `{"purged":true}`,
	},
	"delete": {
		first:  []string{"archive", "describe"},
		do:     func(ctx context.Context, e *sixpack.Engine) error { return e.Delete(ctx, "button") },
		before: `{"archived":true,"description":"*Is it blue?*","participants":2,"conversions":2}`,
	},
}

var halfThenAll = store.RampPlan{Steps: []float64{0.5, 1}, Hold: 24 * time.Hour, Guardrails: []store.Guardrail{{KPI: "sale"}}}

const halfThenAllJSON = `"steps":[0.5,1],"hold":86400000000000,"guardrails":[{"kpi":"sale"}]`

// prepare returns an engine with an experiment after the steps that precede a deed.
func (d deed) prepare(t *testing.T) (*sixpack.Engine, *clock) {
	t.Helper()
	e, c := newEngine(t)
	participate(t, e, button, "anna")
	participate(t, e, button, "bert")
	for _, kpi := range []string{"", "sale"} {
		_, err := e.Convert(t.Context(), "button", "anna", sixpack.KPI(kpi))
		check(t, err)
	}
	for _, action := range d.first {
		check(t, deeds[action].do(t.Context(), e))
	}
	c.now = c.now.Add(time.Hour)
	return e, c
}

func changes(tb testing.TB, e *sixpack.Engine) []store.Change {
	tb.Helper()
	log, err := e.Changes(tb.Context(), "button", 0)
	check(tb, err)
	all := make([]store.Change, len(log))
	for i, c := range log {
		all[i] = c.Change
	}
	return all
}

// settings returns the record of an experiment without its version and epochs.
func settings(tb testing.TB, e *sixpack.Engine) string {
	tb.Helper()
	r := countsOf(tb, e, "button").Record
	r.Version, r.Epoch.Number, r.Epoch.Start = 0, 0, time.Time{}
	text, err := json.Marshal(r)
	check(tb, err)
	return string(text)
}

func TestChangesAreLogged(t *testing.T) {
	for action, d := range deeds {
		t.Run(action, func(t *testing.T) {
			e, c := d.prepare(t)
			known := len(changes(t, e))
			if known != len(d.first) {
				t.Errorf("%d changes are logged of %q", known, d.first)
			}
			check(t, d.do(sixpack.WithActor(t.Context(), "Zoë"), e))
			log := changes(t, e)
			got := log[0]
			if len(log) != known+1 || got.ID == 0 || got.Action != store.Action(action) || got.By != "Zoë" || !got.At.Equal(c.now) || got.Undoes != 0 {
				t.Errorf("%d changes are logged, the last is %+v", len(log), got)
			}
			if string(got.Before) != d.before || string(got.After) != d.after {
				t.Errorf("from %s to %s, want from %s to %s", got.Before, got.After, d.before, d.after)
			}
		})
	}
}

// TestNothingChangesNothing repeats the operations that then change nothing.
func TestNothingChangesNothing(t *testing.T) {
	for action, d := range deeds {
		if action == "reset" || action == "delete" || action == "ramp" {
			continue
		}
		t.Run(action, func(t *testing.T) {
			e, c := d.prepare(t)
			check(t, d.do(t.Context(), e))
			record, log := countsOf(t, e, "button").Record, changes(t, e)
			c.now = c.now.Add(time.Hour)
			err := d.do(t.Context(), e)
			if sets := action == "describe" || action == "override" || action == "plan"; sets {
				check(t, err)
			} else if operatortest.Of(err) != operatortest.Done {
				t.Errorf("repeated: %v", err)
			}
			if after := countsOf(t, e, "button").Record; after.Version != record.Version || after.Epoch.Number != record.Epoch.Number {
				t.Errorf("the record was written: %+v, before %+v", after, record)
			}
			if after := changes(t, e); len(after) != len(log) {
				t.Errorf("the log was %v and is %v", log, after)
			}
		})
	}
}

// TestPurgeAgain purges clients that an import added after a purge.
func TestPurgeAgain(t *testing.T) {
	var s memory.Store
	e := sixpack.New(&s, sixpack.Config{})
	participate(t, e, button, "anna")
	check(t, errors.Join(e.Archive(t.Context(), "button"), e.Purge(t.Context(), "button")))
	_, err := s.Import(t.Context(), store.Import{Record: countsOf(t, e, "button").Record, Clients: []store.Client{{ID: "bert"}}})
	check(t, err)
	check(t, e.Purge(t.Context(), "button"))
	for c, err := range s.Clients(t.Context(), "button") {
		t.Errorf("%s is there, %v", c.ID, err)
	}
	if got := changes(t, e)[0]; got.Action != "purge" || got.Before != nil || got.After != nil || len(changes(t, e)) != 3 {
		t.Errorf("the last change is %+v", got)
	}
}

func TestRefusedIsNotLogged(t *testing.T) {
	e, _ := newEngine(t)
	participate(t, e, button, "anna")
	for _, err := range []error{
		e.SetWinner(t.Context(), "button", "green"), e.Purge(t.Context(), "button"), e.SetPlan(t.Context(), "button", store.Plan{Power: 2}),
		e.Override(t.Context(), "button", store.Override{Traffic: 2}), e.Delete(t.Context(), "link"), e.Reset(t.Context(), "link"),
	} {
		if err == nil {
			t.Error("it was not refused")
		}
	}
	if log := changes(t, e); len(log) != 0 {
		t.Errorf("the log is %v", log)
	}
	if _, err := e.Changes(t.Context(), "link", 0); !errors.Is(err, sixpack.ErrUnknown) {
		t.Errorf("the log of no experiment: %v", err)
	}
}

func TestDeclarationsAreNotLogged(t *testing.T) {
	e, c := newEngine(t)
	participate(t, e, button, "anna")
	c.now = c.now.Add(time.Hour)
	x := button
	x.Weights, x.Traffic, x.Algorithm = []float64{1, 2}, 0.5, "random"
	participate(t, e, x, "bert")
	if r := countsOf(t, e, "button").Record; r.Weights == nil || r.Traffic != 0.5 || r.Algorithm != "random" {
		t.Fatalf("the declaration was not taken: %+v", r)
	}
	if log := changes(t, e); len(log) != 0 {
		t.Errorf("the log is %v", log)
	}
}

func TestLogOutlives(t *testing.T) {
	e, c := newEngine(t)
	participate(t, e, button, "anna")
	for _, do := range []func(context.Context, string) error{e.Pause, e.Reset, e.Archive, e.Purge, e.Delete} {
		c.now = c.now.Add(time.Second)
		check(t, do(t.Context(), "button"))
	}
	want := []string{"delete", "purge", "archive", "reset", "pause"}
	checkActions := func() {
		t.Helper()
		var got []string
		for _, c := range changes(t, e) {
			got = append(got, string(c.Action))
		}
		if !slices.Equal(got, want) {
			t.Errorf("the log is %q, want %q", got, want)
		}
	}
	checkActions()
	participate(t, e, button, "anna")
	checkActions()
	if last, err := e.Changes(t.Context(), "button", 2); err != nil || len(last) != 2 || last[1].Action != "purge" {
		t.Errorf("the last two changes are %v, %v", last, err)
	}
}

// TestUndo undoes each deed after another change, which stays. Then it undoes the undo, and undoes
// that.
func TestUndo(t *testing.T) {
	for action, d := range deeds {
		if !d.keeps {
			continue
		}
		t.Run(action, func(t *testing.T) {
			other := "describe"
			if action == other {
				other = "pause"
			}
			without, _ := d.prepare(t)
			check(t, deeds[other].do(t.Context(), without))
			e, c := d.prepare(t)
			check(t, d.do(t.Context(), e))
			id := changes(t, e)[0].ID
			c.now = c.now.Add(time.Hour)
			check(t, deeds[other].do(t.Context(), e))
			was, is := settings(t, without), settings(t, e)
			if was == is {
				t.Fatal("the deed does nothing")
			}
			for _, want := range []string{was, is, was} {
				c.now = c.now.Add(time.Hour)
				check(t, e.Undo(sixpack.WithActor(t.Context(), "Zoë"), "button", id))
				got := changes(t, e)[0]
				if got.Action != "undo" || got.Undoes != id || got.By != "Zoë" || !got.At.Equal(c.now) {
					t.Errorf("the last change is %+v", got)
				}
				if now := settings(t, e); now != want {
					t.Errorf("after undoing %d there is\n%s\nwant\n%s", id, now, want)
				}
				id = got.ID
			}
		})
	}
}

func TestUndoRefused(t *testing.T) {
	do := func(actions ...string) func(t *testing.T, e *sixpack.Engine) {
		return func(t *testing.T, e *sixpack.Engine) {
			t.Helper()
			for _, action := range actions {
				check(t, deeds[action].do(t.Context(), e))
			}
		}
	}
	undo := func(t *testing.T, e *sixpack.Engine) {
		t.Helper()
		check(t, e.Undo(t.Context(), "button", changes(t, e)[0].ID))
	}
	create := func(t *testing.T, e *sixpack.Engine) {
		t.Helper()
		participate(t, e, button, "anna")
	}
	type steps []func(t *testing.T, e *sixpack.Engine)
	for why, c := range map[string]struct {
		prepare steps
		undo    int // which change, 0 being the first
		says    string
	}{
		"changed since":     {steps{do("winner", "reset-winner")}, 0, "a later change changed the same settings"},
		"undone":            {steps{do("pause"), undo}, 0, "a later change changed the same settings"},
		"reset since":       {steps{do("pause", "reset")}, 0, "a later change changed the same settings"},
		"a reset":           {steps{do("pause", "reset")}, 1, "A reset cannot be undone: what it deleted is gone"},
		"a purge":           {steps{do("archive", "purge")}, 1, "A purge cannot be undone: what it deleted is gone"},
		"archived, purged":  {steps{do("archive", "purge")}, 0, "Restart the experiment"},
		"another was there": {steps{do("pause", "delete"), create, do("pause")}, 0, "belongs to a deleted experiment"},
		"a delete":          {steps{do("delete"), create}, 0, "A delete cannot be undone: what it deleted is gone"},
		"no such change":    {steps{do("pause")}, -1, "the log has no change 0"},
	} {
		t.Run(why, func(t *testing.T) {
			e, clock := newEngine(t)
			participate(t, e, button, "anna")
			clock.now = clock.now.Add(time.Hour)
			for _, step := range c.prepare {
				step(t, e)
				clock.now = clock.now.Add(time.Hour)
			}
			id, log := uint64(0), changes(t, e)
			if c.undo >= 0 {
				id = log[len(log)-1-c.undo].ID
			}
			before := fmt.Sprintf("%+v %+v", countsOf(t, e, "button"), log)
			all, err := e.Changes(t.Context(), "button", 0)
			check(t, err)
			if i := slices.IndexFunc(all, func(c sixpack.LoggedChange) bool { return c.ID == id }); i >= 0 && all[i].Undoable {
				t.Error("the log says that it can be undone")
			}
			want := sixpack.ErrConflict
			if c.undo < 0 {
				want = &sixpack.InvalidError{Argument: "change"}
			}
			if err := e.Undo(t.Context(), "button", id); !errors.Is(err, want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v that says %s", err, want, c.says)
			}
			if after := fmt.Sprintf("%+v %+v", countsOf(t, e, "button"), changes(t, e)); after != before {
				t.Errorf("before %s\nafter  %s", before, after)
			}
		})
	}
}

// TestUndoInACopy undoes changes that came with a copy, which replaced another experiment.
func TestUndoInACopy(t *testing.T) {
	e, c := newEngine(t)
	participate(t, e, button, "anna")
	c.now = c.now.Add(time.Hour)
	check(t, e.SetWinner(t.Context(), "button", "blue"))
	source := changes(t, e)

	var s memory.Store
	there := sixpack.New(&s, sixpack.Config{Now: c.Now})
	participate(t, there, button, "bert")
	c.now = c.now.Add(time.Hour)
	check(t, there.Delete(t.Context(), "button"))
	_, err := s.Import(t.Context(), store.Import{Record: countsOf(t, e, "button").Record, Changes: source})
	check(t, err)
	check(t, there.Undo(t.Context(), "button", source[0].ID))
	if winner := countsOf(t, there, "button").Record.Winner; winner != "" {
		t.Errorf("the winner is %q", winner)
	}
}

func TestUndoOfNoExperiment(t *testing.T) {
	e, _ := newEngine(t)
	if err := e.Undo(t.Context(), "button", 1); !errors.Is(err, sixpack.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	participate(t, e, button, "anna")
	check(t, e.Delete(t.Context(), "button"))
	if err := e.Undo(t.Context(), "button", changes(t, e)[0].ID); !errors.Is(err, sixpack.ErrConflict) {
		t.Errorf("a deletion: %v", err)
	}
}

// TestUndoIsNoWayRound checks that Undo refuses what the methods refuse.
func TestUndoIsNoWayRound(t *testing.T) {
	ctx := t.Context()
	var s memory.Store
	knows := sixpack.New(&s, sixpack.Config{Algorithms: map[string]bandit.Algorithm{"last": lastWins{}}})
	e := sixpack.New(&s, sixpack.Config{})
	_, err := s.Import(ctx, store.Import{Record: store.Record{Name: "button", Version: 1, Alternatives: button.Alternatives, Traffic: 1}})
	check(t, err)
	check(t, e.SetPlan(ctx, "button", store.Plan{Analysis: store.AnalysisFixed, Size: 1000}))
	check(t, e.SetPlan(ctx, "button", store.Plan{}))
	plan := changes(t, e)[0].ID
	check(t, e.Undo(ctx, "button", plan))
	check(t, e.Undo(ctx, "button", changes(t, e)[0].ID))
	back := changes(t, e)[0].ID
	participate(t, e, button, "anna")
	if err := e.Undo(ctx, "button", back); !errors.Is(err, sixpack.ErrConflict) {
		t.Errorf("a fixed analysis with participants: %v", err)
	}
	check(t, knows.Override(ctx, "button", store.Override{Algorithm: "last"}))
	check(t, e.Override(ctx, "button", store.Override{}))
	if err := e.Undo(ctx, "button", changes(t, e)[0].ID); !errors.Is(err, sixpack.ErrConflict) {
		t.Errorf("an unknown algorithm: %v", err)
	}
	check(t, knows.Undo(ctx, "button", changes(t, e)[0].ID))

	// A log may have been merged with the log of another experiment.
	r := countsOf(t, e, "button").Record
	foreign := func(id uint64, before, after string) {
		t.Helper()
		c := store.Change{ID: id, At: time.Now(), Action: "winner", Before: json.RawMessage(before), After: json.RawMessage(after)}
		_, err := s.Import(ctx, store.Import{Record: r, Changes: []store.Change{c}})
		check(t, err)
	}
	foreign(1, `{"winner":"green"}`, `{"winner":""}`)
	foreign(2, `{"override":{"weights":[0.2,0.3,0.5]}}`, `{"override":{"algorithm":"last"}}`)
	foreign(3, `{"winner":1}`, `{"winner":2}`)
	foreign(4, ``, ``)
	for id := uint64(1); id <= 4; id++ {
		if err := knows.Undo(ctx, "button", id); !errors.Is(err, sixpack.ErrConflict) {
			t.Errorf("foreign change %d: got %v", id, err)
		}
	}
}

// TestLogIsAChain has many operators act at once, over two engines: the Before of each change
// must be the After of the previous one.
func TestLogIsAChain(t *testing.T) {
	var s memory.Store
	engines := []*sixpack.Engine{sixpack.New(&s, sixpack.Config{}), sixpack.New(&s, sixpack.Config{})}
	participate(t, engines[0], button, "anna")
	var wg sync.WaitGroup
	for operator := range 8 {
		wg.Go(func() {
			e, ctx := engines[operator%2], sixpack.WithActor(t.Context(), fmt.Sprint("operator ", operator))
			for i := range 50 {
				if err := e.Describe(ctx, "button", fmt.Sprint(operator, " ", i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	log := changes(t, engines[0])
	if len(log) != 8*50 {
		t.Fatalf("%d changes are logged, want 400", len(log))
	}
	was, known := `{"description":""}`, make(map[uint64]bool)
	for _, c := range slices.Backward(log) {
		if string(c.Before) != was || known[c.ID] {
			t.Fatalf("after %s the next change is %+v", was, c)
		}
		was, known[c.ID] = string(c.After), true
	}
}
