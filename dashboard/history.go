package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// mostChanges is how many changes a page shows.
const mostChanges = 100

// change is one of the log as a page shows it.
type change struct {
	ID       uint64
	action   string
	At       time.Time // in the zone of the page
	By       string
	What     string
	Was, Is  string
	Undoable bool
}

// notice says what was done last.
type notice struct {
	Text string
	Undo uint64 // the change that can be undone, 0 if it cannot
}

// history returns what was changed of an experiment, the newest first.
func (d *dashboard) history(ctx context.Context, r store.Record) ([]change, error) {
	log, err := d.engine.Changes(ctx, r.Name, mostChanges)
	if err != nil {
		return nil, err
	}
	all := make([]change, len(log))
	can := undoable(log, r)
	for i, c := range log {
		var was, is store.Settings
		_, _ = readSettings(c.Before, &was), readSettings(c.After, &is)
		all[i] = change{
			ID: c.ID, action: c.Action, At: c.At.In(d.Location), By: c.By, What: told(c, log[i+1:]),
			Was: settings(was, r.Alternatives), Is: settings(is, r.Alternatives), Undoable: can[i],
		}
	}
	return all, nil
}

// undoable tells which changes of a log, which has the newest first, can be undone:
// those of which nothing later changed the same.
func undoable(log []store.Change, r store.Record) []bool {
	can := make([]bool, len(log))
	later := make(map[string]bool) // what was changed later
	gone := false                  // what follows is of an experiment that was deleted
	for i, c := range log {
		var was, is store.Settings
		known := readSettings(c.Before, &was) && readSettings(c.After, &is)
		gone = gone || c.Action == sixpack.ActionDelete
		again := touch(later, c.After)
		can[i] = known && !gone && !again && !final(c.Action) && stands(r, is)
	}
	return can
}

// touch adds the settings that are in a text to those that are known, and tells
// whether one was known already.
func touch(known map[string]bool, text json.RawMessage) (again bool) {
	var set map[string]json.RawMessage
	if len(text) == 0 || json.Unmarshal(text, &set) != nil {
		return false
	}
	for name := range set {
		again = again || known[name]
		known[name] = true
	}
	return again
}

func readSettings(text json.RawMessage, to *store.Settings) bool {
	return len(text) == 0 || json.Unmarshal(text, to) == nil
}

// final tells whether what an action does cannot be undone.
func final(name string) bool {
	a := actionOf(name)
	return a != nil && (a.Final || a.Kept) || name == sixpack.ActionRampStep
}

// stands tells whether an experiment still is as a change made it.
func stands(r store.Record, is store.Settings) bool {
	return is != store.Settings{} &&
		same(is.Winner, r.Winner) && same(is.Paused, r.Paused) && same(is.Archived, r.Archived) &&
		same(is.Description, r.Description) && same(is.Override, r.Override) && same(is.Plan, r.Plan) && same(is.Ramp, r.Ramp)
}

func same[T any](is *T, now T) bool { return is == nil || reflect.DeepEqual(*is, now) }

// told says what somebody did. What was undone is among the earlier changes.
func told(c store.Change, earlier []store.Change) string {
	switch c.Action {
	case sixpack.ActionWinner:
		return "Set the winner"
	case sixpack.ActionResetWinner:
		return "Took the winner back"
	case sixpack.ActionPause:
		return "Paused it"
	case sixpack.ActionResume:
		return "Resumed it"
	case sixpack.ActionArchive:
		return "Archived it"
	case sixpack.ActionUnarchive:
		return "Took it out of the archive"
	case sixpack.ActionDescribe:
		return "Described it"
	case sixpack.ActionOverride:
		return "Set traffic, weights, algorithm"
	case sixpack.ActionPlan:
		return "Planned it"
	case sixpack.ActionRamp:
		return "Began to raise the traffic"
	case sixpack.ActionRampStep:
		return "Raised the traffic by a step"
	case sixpack.ActionPauseRamp:
		return "Paused the ramp"
	case sixpack.ActionResumeRamp:
		return "Resumed the ramp"
	case sixpack.ActionStopRamp:
		return "Stopped the ramp"
	case sixpack.ActionReset:
		return "Reset it"
	case sixpack.ActionPurge:
		return "Purged the client data"
	case sixpack.ActionDelete:
		return "Deleted an experiment of this name"
	case sixpack.ActionUndo:
		return undone(c, earlier)
	default:
		return c.Action
	}
}

func undone(c store.Change, earlier []store.Change) string {
	for i, e := range earlier {
		if e.ID == c.Undoes {
			return "Undid: " + told(e, earlier[i+1:])
		}
	}
	return "Undid a change"
}

// settings says what a change was from, or to.
func settings(s store.Settings, alternatives []string) string {
	var parts []string
	say := func(text string) { parts = append(parts, text) }
	if s.Winner != nil {
		say(either(*s.Winner != "", "winner "+*s.Winner, "no winner"))
	}
	if s.Paused != nil {
		say(either(*s.Paused, "paused", "not paused"))
	}
	if s.Archived != nil {
		say(either(*s.Archived, "archived", "not archived"))
	}
	if s.Description != nil {
		say(either(*s.Description != "", "“"+shortened(*s.Description)+"”", "no description"))
	}
	if s.Override != nil {
		say(overridden(*s.Override, alternatives))
	}
	if s.Plan != nil {
		say(plan(*s.Plan))
	}
	if s.Ramp != nil {
		say(rampState(*s.Ramp))
	}
	if s.Participants != nil && s.Conversions != nil {
		say(many(*s.Participants, "participant") + ", " + many(*s.Conversions, "conversion"))
	}
	return strings.Join(parts, "; ")
}

func either(yes bool, text, other string) string {
	if yes {
		return text
	}
	return other
}

// shortened returns a text that fits into a table.
func shortened(text string) string {
	const most = 120
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// plan says what a plan leaves not to its defaults.
func plan(p store.Plan) string {
	var parts []string
	for _, part := range []struct{ name, value string }{
		{"KPI ", p.KPI},
		{"effect ", percentOrNone(p.Effect)},
		{"baseline ", percentOrNone(p.Baseline)},
		{"power ", percentOrNone(p.Power)},
		{"alpha ", percentOrNone(p.Alpha)},
	} {
		if part.value != "" {
			parts = append(parts, part.name+part.value+either(part.name == "KPI ", "", " %"))
		}
	}
	if p.Size != 0 {
		parts = append(parts, many(p.Size, "participant"))
	}
	if p.Analysis != "" {
		parts = append(parts, string(p.Analysis))
	}
	return either(len(parts) > 0, strings.Join(parts, ", "), "the default plan")
}

// noticeOf returns what a page says of the action that led to it, if that made the
// newest change; nil if not.
func noticeOf(r *http.Request, changes []change) *notice {
	done := r.URL.Query().Get("done")
	if len(changes) == 0 || done == "" {
		return nil
	}
	newest := changes[0]
	n := notice{Text: "Undone."}
	if a := actionOf(done); a != nil {
		n.Text, done = a.done, a.inLog()
	}
	if done != newest.action {
		return nil
	}
	if newest.Undoable {
		n.Undo = newest.ID
	}
	return &n
}

// deleted returns the experiment whose deletion led to a page, if that was the last
// that happened to it; empty if not.
func (d *dashboard) deleted(r *http.Request) (string, error) {
	name := r.URL.Query().Get("deleted")
	if name == "" {
		return "", nil
	}
	log, err := d.engine.Changes(r.Context(), name, 1)
	if err != nil && !errors.Is(err, sixpack.ErrUnknown) {
		return "", err
	}
	if len(log) == 0 || log[0].Action != sixpack.ActionDelete {
		return "", nil
	}
	return name, nil
}
