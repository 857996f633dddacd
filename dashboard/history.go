package dashboard

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// maxChanges is the number of changes that a page shows.
const maxChanges = 100

// change is a change as the pages show it.
type change struct {
	ID       uint64
	action   store.Action
	At       time.Time // in the zone of the page
	By       string
	What     string
	Was, Is  string
	Undoable bool
}

// notice confirms the last change.
type notice struct {
	Text string
	Undo uint64 // ID of the change, or 0 if it cannot be undone
}

// history returns the changes of an experiment, the newest first.
func (d *dashboard) history(ctx context.Context, r store.Record) ([]change, error) {
	log, err := d.engine.Changes(ctx, r.Name, maxChanges)
	if err != nil {
		return nil, err
	}
	all := make([]change, len(log))
	for i, c := range log {
		was, is := readSettings(c.Before), readSettings(c.After)
		all[i] = change{
			ID: c.ID, action: c.Action, At: c.At.In(d.Location), By: c.By, What: describeChange(c.Change, log[i+1:]),
			Was: describeSettings(was, r.Alternatives), Is: describeSettings(is, r.Alternatives), Undoable: c.Undoable,
		}
	}
	return all, nil
}

// readSettings parses the settings of a change. It returns none if they are corrupt.
func readSettings(text json.RawMessage) (s store.Settings) {
	_ = json.Unmarshal(text, &s) // the rest of the change is worth showing
	return s
}

// changeNames describe what an operator did.
var changeNames = map[store.Action]string{
	store.ActionWinner:      "Set winner",
	store.ActionResetWinner: "Removed winner",
	store.ActionPause:       "Paused experiment",
	store.ActionResume:      "Resumed experiment",
	store.ActionArchive:     "Archived experiment",
	store.ActionUnarchive:   "Restored experiment",
	store.ActionDescribe:    "Edited description",
	store.ActionOverride:    "Changed traffic, weights or algorithm",
	store.ActionPlan:        "Changed plan",
	store.ActionAcknowledge: "Acknowledged sample-ratio mismatch",
	store.ActionRamp:        "Started ramp",
	store.ActionRampStep:    "Raised traffic to the next step",
	store.ActionPauseRamp:   "Paused ramp",
	store.ActionResumeRamp:  "Resumed ramp",
	store.ActionStopRamp:    "Stopped ramp",
	store.ActionReset:       "Restarted experiment",
	store.ActionPurge:       "Purged client data",
	store.ActionDelete:      "Deleted an experiment with this name",
}

// describeChange describes a change. An undo refers to one of the earlier changes.
func describeChange(c store.Change, earlier []sixpack.LoggedChange) string {
	if c.Action != store.ActionUndo {
		return cmp.Or(changeNames[c.Action], string(c.Action))
	}
	for i, e := range earlier {
		if e.ID == c.Undoes {
			return "Undid: " + describeChange(e.Change, earlier[i+1:])
		}
	}
	return "Undid a change"
}

// describeSettings describes the settings before or after a change.
func describeSettings(s store.Settings, alternatives []string) string {
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
		say(either(*s.Description != "", "“"+truncate(*s.Description)+"”", "no description"))
	}
	if s.Override != nil {
		say(describeOverride(*s.Override, alternatives))
	}
	if s.Plan != nil {
		say(describePlan(*s.Plan))
	}
	if s.Ramp != nil {
		say(rampState(*s.Ramp))
	}
	if s.Mismatch != nil {
		say(describeMismatch(*s.Mismatch))
	}
	if s.Participants != nil && s.Conversions != nil {
		say(format.Many(*s.Participants, "participant") + ", " + format.Many(*s.Conversions, "conversion"))
	}
	return strings.Join(parts, "; ")
}

func either(yes bool, text, other string) string {
	if yes {
		return text
	}
	return other
}

// truncate shortens a text to fit a table.
func truncate(text string) string {
	const maxRunes = 120
	if runes := []rune(text); len(runes) > maxRunes {
		return string(runes[:maxRunes]) + "…"
	}
	return text
}

func describeMismatch(m store.Mismatch) string {
	switch {
	case m.IsZero():
		return "no sample-ratio mismatch"
	case m.Open():
		return "sample-ratio mismatch"
	default:
		return "sample-ratio mismatch acknowledged"
	}
}

// describePlan describes the settings of a plan that are not defaults.
func describePlan(p store.Plan) string {
	var parts []string
	for _, part := range []struct{ name, value string }{
		{"KPI ", p.KPI},
		{"measure ", string(p.Measure)},
		{"effect ", percentOrEmpty(p.Effect)},
		{"baseline ", percentOrEmpty(p.Baseline)},
		{"power ", percentOrEmpty(p.Power)},
		{"alpha ", percentOrEmpty(p.Alpha)},
	} {
		if part.value != "" {
			parts = append(parts, part.name+part.value+either(part.name == "KPI " || part.name == "measure ", "", "%"))
		}
	}
	if p.Size != 0 {
		parts = append(parts, format.Many(p.Size, "participant"))
	}
	if p.Analysis != "" {
		parts = append(parts, string(p.Analysis))
	}
	return either(len(parts) > 0, strings.Join(parts, ", "), "the default plan")
}

// noticeOf returns the notice of the action that redirected to a page, or nil if another
// change has happened since.
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

// deleted returns the experiment whose deletion redirected to a page, or "" if it has
// changed since.
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
