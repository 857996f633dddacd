package sixpack_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/operatortest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestOperations carries out each operation in each state.
func TestOperations(t *testing.T) {
	for _, c := range operatortest.Cases() {
		t.Run(c.State+"/"+c.Operation, func(t *testing.T) {
			var s memory.Store
			operatortest.Prepare(t, &s, "button", c.State)
			e := sixpack.New(&s, sixpack.Config{})
			before := countsOf(t, e, "button").Record
			allowed := sixpack.Allowed(&before, store.Action(c.Operation))
			if c.Operation == "undo" {
				log, err := e.Changes(t.Context(), "button", 1)
				check(t, err)
				if log[0].Undoable != (c.Want == operatortest.OK) {
					t.Errorf("Undoable is %t", log[0].Undoable)
				}
			}
			err := operatortest.Do(t.Context(), e, "button", c.Operation)
			if got := operatortest.Of(err); got != c.Want {
				t.Fatalf("%q: %v, want %q", got, err, c.Want)
			}
			if c.Want == operatortest.OK {
				// A purged experiment can be purged again if an import has brought clients.
				if got := operatortest.Of(allowed); got != operatortest.OK && got != operatortest.Done {
					t.Errorf("it was carried out, but Allowed returned %v", allowed)
				}
				return
			}
			conflict, _ := errors.AsType[*sixpack.ConflictError](err)
			if conflict.Experiment != "button" || conflict.Message == "" {
				t.Errorf("%+v", conflict)
			}
			if c.Want == operatortest.Refused && allowed != nil && allowed.Error() != err.Error() {
				t.Errorf("got %v, but Allowed returned %v", err, allowed)
			}
			if after := countsOf(t, e, "button").Record; after.Version != before.Version {
				t.Errorf("the experiment was changed: %+v", after)
			}
			if c.Want == operatortest.Confirm {
				check(t, operatortest.Do(t.Context(), e, "button", c.Operation, sixpack.Confirmed()))
			}
		})
	}
}

// TestWinnerRisk checks the risk of each of three alternatives. A is the control.
func TestWinnerRisk(t *testing.T) {
	for name, c := range map[string]struct {
		converted [3]int64 // of 10,000 participants
		favored   [3]string
	}{
		"undecided":                  {[3]int64{1000, 1001, 1002}, [3]string{}},
		"one better":                 {[3]int64{1000, 1300, 1001}, [3]string{"B", "", "B"}},
		"two better":                 {[3]int64{1000, 1300, 1400}, [3]string{"C", "", ""}},
		"one better, one worse":      {[3]int64{1000, 1300, 700}, [3]string{"B", "", "B"}},
		"one worse":                  {[3]int64{1000, 700, 1001}, [3]string{"", "A", ""}},
		"the control is the best":    {[3]int64{1000, 700, 600}, [3]string{"", "A", "A"}},
		"a better and an equal one":  {[3]int64{5000, 5000, 7000}, [3]string{"C", "C", ""}},
		"too few to tell any of all": {[3]int64{0, 1, 2}, [3]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			r := store.Record{Name: "exp", Alternatives: []string{"A", "B", "C"}, KPIs: []string{""}, Epoch: store.Epoch{Number: 1}}
			counts := store.NewCounts(r, []store.Epoch{r.Epoch})
			for i, n := range c.converted {
				a := &counts.Alternatives[i]
				a.AddDay(store.DayOf(lastOfMay), 10000)
				a.AddCohort(1, store.DayOf(lastOfMay), 10000)
				a.KPIs[0].AddDay(store.DayOf(lastOfMay), n, n)
				a.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: store.DayOf(lastOfMay), Sums: store.Sums{Converted: n}})
			}
			report := analysis.Summary(counts, lastOfMay)
			for i, alternative := range []string{"A", "B", "C"} {
				want := ""
				if c.favored[i] != "" {
					want = fmt.Sprintf("The verdict favors “%s” over “%s”.", c.favored[i], alternative)
				}
				got := ""
				if conflict, ok := errors.AsType[*sixpack.ConflictError](sixpack.WinnerRisk(&report, alternative)); ok && conflict.Confirmable {
					got = conflict.Message
				}
				if got != want {
					t.Errorf("%s: %q, want %q", alternative, got, want)
				}
			}
		})
	}
}

// TestUndoSetsNoWinnerByTheWay undoes the removal of winners that SetWinner would not set.
func TestUndoSetsNoWinnerByTheWay(t *testing.T) {
	for _, state := range []string{"mismatch", "losing"} {
		var s memory.Store
		operatortest.Prepare(t, &s, "button", state)
		e := sixpack.New(&s, sixpack.Config{})
		check(t, e.SetWinner(t.Context(), "button", operatortest.Winner, sixpack.Confirmed()))
		check(t, e.ResetWinner(t.Context(), "button"))
		err := operatortest.Do(t.Context(), e, "button", "undo")
		if got := operatortest.Of(err); got != operatortest.Refused || countsOf(t, e, "button").Record.Winner != "" {
			t.Errorf("%s: %q: %v", state, got, err)
		}
	}
}

// TestUndoPassesTheRules undoes changes of an experiment that was archived later.
func TestUndoPassesTheRules(t *testing.T) {
	for _, c := range []struct {
		operations []string
		want       operatortest.Outcome // of undoing the last but one
	}{
		{[]string{"winner", "reset-winner", "archive"}, operatortest.Refused},
		{[]string{"winner", "archive"}, operatortest.OK},
		{[]string{"pause", "resume", "archive"}, operatortest.Refused},
		{[]string{"pause", "archive"}, operatortest.OK},
		{[]string{"override", "archive"}, operatortest.Refused},
		{[]string{"plan", "archive"}, operatortest.Refused},
		{[]string{"describe", "archive"}, operatortest.OK},
	} {
		var s memory.Store
		operatortest.Prepare(t, &s, "button", "running")
		e := sixpack.New(&s, sixpack.Config{})
		for _, operation := range c.operations {
			check(t, operatortest.Do(t.Context(), e, "button", operation))
		}
		log, err := e.Changes(t.Context(), "button", 2)
		check(t, err)
		if got := log[1].Undoable; got != (c.want == operatortest.OK) {
			t.Errorf("%q: Undoable is %t", c.operations, got)
		}
		if got := operatortest.Of(e.Undo(t.Context(), "button", log[1].ID)); got != c.want {
			t.Errorf("%q: %q, want %q", c.operations, got, c.want)
		}
	}
}
