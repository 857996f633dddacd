// Package operatortest holds the table of the outcomes of each operation in each state of an
// experiment. The tests of all interfaces use it: Go, the dashboard's pages, its JSON API,
// Sixpack's forms, and the command line.
package operatortest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// Outcome is the outcome of an operation.
type Outcome string

// The outcomes.
const (
	OK      Outcome = "ok"   // carried out
	Done    Outcome = "done" // refused, because its effect is already in place
	Refused Outcome = "no"   // refused: the state does not allow it
	Confirm Outcome = "ask"  // refused unless the operator confirms it
)

// The operations are the actions of the log, some of them with several arguments. Undo undoes
// the last operation that made the state.
const table = `
                 unvisited running paused archived archived-paused won  archived-won purged purged-again ramping ramp-paused archived-ramping ramp-stopped overridden mismatch losing leading
winner           ok        ok      ok     no       no              done no           no     no           ok      ok          no               ok           ok         ask      ask    ok
other-winner     ok        ok      ok     no       no              ok   no           no     no           ok      ok          no               ok           ok         ask      ok     ask
reset-winner     done      done    done   done     done            ok   ok           done   done         done    done        done             done         done       done     done   done
pause            ok        ok      done   no       done            ok   no           no     no           ok      ok          no               ok           ok         ok       ok     ok
resume           done      done    ok     done     ok              done done         done   done         done    done        done             done         done       done     done   done
archive          ok        ok      ok     done     done            ok   done         done   done         ok      ok          done             ok           ok         ok       ok     ok
unarchive        done      done    done   ok       ok              done ok           no     no           done    done        ok               done         done       done     done   done
describe         ok        ok      ok     ok       ok              ok   ok           ok     ok           ok      ok          ok               ok           ok         ok       ok     ok
override         ok        ok      ok     no       no              ok   no           no     no           ok      ok          no               ok           ok         ok       ok     ok
override-traffic ok        ok      ok     no       no              ok   no           no     no           no      no          no               ok           ok         ok       ok     ok
clear-override   done      done    done   done     done            done done         done   done         no      no          no               ok           ok         done     done   done
plan             ok        ok      ok     no       no              ok   no           no     no           ok      ok          no               ok           ok         ok       ok     ok
plan-fixed       ok        no      no     no       no              no   no           no     no           no      no          no               no           no         no       no     no
ramp             ok        ok      ok     no       no              no   no           no     no           done    done        done             ok           ok         ok       ok     ok
other-ramp       ok        ok      ok     no       no              no   no           no     no           no      no          no               ok           ok         ok       ok     ok
pause-ramp       no        no      no     no       no              no   no           no     no           ok      done        ok               no           no         no       no     no
resume-ramp      no        no      no     no       no              no   no           no     no           done    ok          done             no           no         no       no     no
stop-ramp        done      done    done   done     done            done done         done   done         ok      ok          ok               done         done       done     done   done
acknowledge      done      done    done   done     done            done done         done   done         done    done        done             done         done       ok       done   done
reset            ok        ok      ok     ok       ok              ok   ok           ok     ok           ok      ok          ok               ok           ok         ok       ok     ok
purge            no        no      no     ok       ok              no   ok           done   ok           no      no          ok               no           no         no       no     no
delete           ok        ok      ok     ok       ok              ok   ok           ok     ok           ok      ok          ok               ok           ok         ok       ok     ok
undo             -         -       ok     ok       ok              ok   ok           no     no           no      no          ok               no           ok         -        -      -
`

// Case is an operation in a state, and its outcome.
type Case struct {
	State, Operation string
	Want             Outcome
}

// Cases returns all cases.
func Cases() (all []Case) {
	lines := strings.Split(strings.Trim(table, "\n"), "\n")
	states := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		for i, want := range cells[1:] {
			if want != "-" {
				all = append(all, Case{states[i], cells[0], Outcome(want)})
			}
		}
	}
	return all
}

// Arguments of operations: alternatives and a description.
const (
	Winner      = "blue"
	OtherWinner = "red"
	Description = "what it is"
)

// Arguments of operations: weights, a traffic, plans and ramps.
var (
	Override        = store.Override{Weights: []float64{3, 1}}
	OverrideTraffic = store.Override{Traffic: 0.7}
	Plan            = store.Plan{Effect: 0.07}
	FixedPlan       = store.Plan{Size: 1000, Analysis: store.AnalysisFixed}
	Ramp            = store.RampPlan{Steps: []float64{0.5, 1}, Hold: 24 * time.Hour, Guardrails: []store.Guardrail{{}}}
	OtherRamp       = store.RampPlan{Steps: []float64{0.25, 1}, Hold: 24 * time.Hour, Guardrails: []store.Guardrail{{}}}
)

// Prepare creates an experiment in a store and brings it into a state.
func Prepare(t *testing.T, s store.Store, experiment, state string) {
	t.Helper()
	if _, err := s.Import(t.Context(), counted(experiment, state)); err != nil {
		t.Fatal(err)
	}
	e := sixpack.New(s, sixpack.Config{})
	for _, operation := range map[string][]string{
		"paused":           {"pause"},
		"archived":         {"archive"},
		"archived-paused":  {"pause", "archive"},
		"won":              {"winner"},
		"archived-won":     {"winner", "archive"},
		"purged":           {"archive", "purge"},
		"purged-again":     {"archive", "purge"},
		"ramping":          {"ramp"},
		"ramp-paused":      {"ramp", "pause-ramp"},
		"archived-ramping": {"ramp", "archive"},
		"ramp-stopped":     {"ramp", "stop-ramp"},
		"overridden":       {"override"},
	}[state] {
		if err := Do(t.Context(), e, experiment, operation); err != nil {
			t.Fatalf("%s: %s: %v", state, operation, err)
		}
	}
	if _, err := e.Reports(t.Context(), experiment); err != nil { // notices a mismatch
		t.Fatal(err)
	}
	if state == "purged-again" { // an import adds a client afterwards
		i := counted(experiment, state)
		i.Counts, i.Clients = nil, []store.Client{{ID: "anna", Choice: 0, Epoch: 1}}
		if _, err := s.Import(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
}

// counted returns an import of an experiment with the counts of a state.
func counted(experiment, state string) store.Import {
	type arm struct{ participants, converted int64 }
	arms := [2]arm{{1000, 100}, {1000, 101}}
	switch state {
	case "unvisited":
		arms = [2]arm{}
	case "mismatch":
		arms[1] = arm{700, 70}
	case "losing":
		arms[1].converted = 10
	case "leading":
		arms[1].converted = 300
	}
	created := time.Now().AddDate(0, 0, -1)
	r := store.Record{
		Name: experiment, Version: 1, Salt: experiment, Alternatives: []string{OtherWinner, Winner}, Created: created, Traffic: 1,
		KPIs: []string{""}, Epoch: store.Epoch{Number: 1, Start: created},
	}
	counts := store.NewCounts(r, []store.Epoch{r.Epoch})
	for i, a := range arms {
		c := &counts.Alternatives[i]
		c.AddDay(store.DayOf(created), a.participants)
		c.AddCohort(1, store.DayOf(created), a.participants)
		c.KPIs[0].AddDay(store.DayOf(created), a.converted, a.converted)
		c.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: store.DayOf(created), Sums: store.Sums{Converted: a.converted}})
	}
	counts.DropZeros()
	return store.Import{Record: r, Counts: &counts}
}

// Do carries out an operation with an engine.
func Do(ctx context.Context, e *sixpack.Engine, experiment, operation string, options ...sixpack.WinnerOption) error {
	switch operation {
	case "winner":
		return e.SetWinner(ctx, experiment, Winner, options...)
	case "other-winner":
		return e.SetWinner(ctx, experiment, OtherWinner, options...)
	case "describe":
		return e.Describe(ctx, experiment, Description)
	case "override":
		return e.Override(ctx, experiment, Override)
	case "override-traffic":
		return e.Override(ctx, experiment, OverrideTraffic)
	case "plan":
		return e.SetPlan(ctx, experiment, Plan)
	case "plan-fixed":
		return e.SetPlan(ctx, experiment, FixedPlan)
	case "ramp":
		return e.StartRamp(ctx, experiment, Ramp)
	case "other-ramp":
		return e.StartRamp(ctx, experiment, OtherRamp)
	case "undo":
		log, err := e.Changes(ctx, experiment, 1)
		if err != nil {
			return err
		}
		return e.Undo(ctx, experiment, log[0].ID)
	}
	return map[string]func(context.Context, string) error{
		"reset-winner": e.ResetWinner, "pause": e.Pause, "resume": e.Resume, "archive": e.Archive, "unarchive": e.Unarchive,
		"clear-override": e.ClearOverride, "pause-ramp": e.PauseRamp, "resume-ramp": e.ResumeRamp, "stop-ramp": e.StopRamp,
		"acknowledge": e.AcknowledgeMismatch,
		"reset":       e.Reset, "purge": e.Purge, "delete": e.Delete,
	}[operation](ctx, experiment)
}

// Of returns the outcome that the error of an engine reports, empty if it reports none.
func Of(err error) Outcome {
	conflict, ok := errors.AsType[*sixpack.ConflictError](err)
	switch {
	case err == nil:
		return OK
	case !ok || !errors.Is(err, sixpack.ErrConflict):
		return ""
	case conflict.Done:
		return Done
	case conflict.Confirmable:
		return Confirm
	default:
		return Refused
	}
}
