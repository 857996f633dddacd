package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
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
	action   store.Action
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
	for i, c := range log {
		was, is := readSettings(c.Before), readSettings(c.After)
		all[i] = change{
			ID: c.ID, action: c.Action, At: c.At.In(d.Location), By: c.By, What: told(c.Change, log[i+1:]),
			Was: settings(was, r.Alternatives), Is: settings(is, r.Alternatives), Undoable: c.Undoable,
		}
	}
	return all, nil
}

// readSettings returns the settings of a change, none if they cannot be read.
func readSettings(text json.RawMessage) (s store.Settings) {
	_ = json.Unmarshal(text, &s) // the rest of the change is worth showing
	return s
}

// told says what somebody did. What was undone is among the earlier changes.
func told(c store.Change, earlier []sixpack.LoggedChange) string {
	switch c.Action {
	case store.ActionWinner:
		return "Set the winner"
	case store.ActionResetWinner:
		return "Took the winner back"
	case store.ActionPause:
		return "Paused it"
	case store.ActionResume:
		return "Resumed it"
	case store.ActionArchive:
		return "Archived it"
	case store.ActionUnarchive:
		return "Took it out of the archive"
	case store.ActionDescribe:
		return "Described it"
	case store.ActionOverride:
		return "Set traffic, weights, algorithm"
	case store.ActionPlan:
		return "Planned it"
	case store.ActionRamp:
		return "Began to raise the traffic"
	case store.ActionRampStep:
		return "Raised the traffic by a step"
	case store.ActionPauseRamp:
		return "Paused the ramp"
	case store.ActionResumeRamp:
		return "Resumed the ramp"
	case store.ActionStopRamp:
		return "Stopped the ramp"
	case store.ActionReset:
		return "Reset it"
	case store.ActionPurge:
		return "Purged the client data"
	case store.ActionDelete:
		return "Deleted an experiment of this name"
	case store.ActionUndo:
		return undone(c, earlier)
	default:
		return string(c.Action)
	}
}

func undone(c store.Change, earlier []sixpack.LoggedChange) string {
	for i, e := range earlier {
		if e.ID == c.Undoes {
			return "Undid: " + told(e.Change, earlier[i+1:])
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
	newest, action := changes[0], store.Action(done)
	n := notice{Text: "Undone."}
	if a := actionOf(done); a != nil {
		n.Text = a.done
	}
	if action == store.ActionClearOverride {
		action = store.ActionOverride // as the log calls it
	}
	if action != newest.action {
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
	if len(log) == 0 || log[0].Action != store.ActionDelete {
		return "", nil
	}
	return name, nil
}
