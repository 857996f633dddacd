package store

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// A Change is an entry of an experiment's log: what an operator or a caller did to it.
type Change struct {
	// ID is a random number in 1..1<<53. Changes with the same ID and time are the same
	// change, so that copying a log twice adds nothing.
	ID     uint64    `json:"id"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"` // who did it; empty: unknown
	Action Action    `json:"action"`
	// Before and After are the changed settings as JSON, which the engine makes of
	// [Settings]. Stores preserve the JSON values, but not white space.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Undoes uint64          `json:"undoes,omitempty"` // the ID of the change that this change undid
}

// Action is the operation that a [Change] records.
type Action string

// The operations of operators. The engine makes ActionRampStep by itself, and
// ActionStopRamp when a ramp must not go on.
const (
	ActionWinner      Action = "winner"
	ActionResetWinner Action = "reset-winner"
	ActionPause       Action = "pause"
	ActionResume      Action = "resume"
	ActionArchive     Action = "archive"
	ActionUnarchive   Action = "unarchive"
	ActionDescribe    Action = "describe"
	ActionOverride    Action = "override"
	// ActionClearOverride clears the override. It is logged as ActionOverride.
	ActionClearOverride Action = "clear-override"
	ActionPlan          Action = "plan"
	ActionAcknowledge   Action = "acknowledge"
	ActionRamp          Action = "ramp"
	ActionRampStep      Action = "ramp-step"
	ActionPauseRamp     Action = "pause-ramp"
	ActionResumeRamp    Action = "resume-ramp"
	ActionStopRamp      Action = "stop-ramp"
	ActionReset         Action = "reset"
	ActionPurge         Action = "purge"
	ActionDelete        Action = "delete"
	ActionUndo          Action = "undo"
)

// Clone returns a copy of c that shares nothing with it.
func (c Change) Clone() Change {
	c.Before, c.After = slices.Clone(c.Before), slices.Clone(c.After)
	return c
}

// Compare orders changes as in a log, the earlier one first. It returns 0 if both are the
// same change.
func (c Change) Compare(other Change) int {
	return cmp.Or(c.At.Compare(other.At), cmp.Compare(c.ID, other.ID))
}

// LogEntry is an encoded change, for implementations of [Store].
type LogEntry struct {
	Key   []byte // LogKeySize bytes, in the order of [Change.Compare]
	Value []byte // the change as JSON, in UTC
}

// LogKeySize is the size of [LogEntry.Key].
const LogKeySize = 20

// EncodeChanges returns log entries that share nothing with the changes. The error wraps
// [ErrInvalid] if a change has no ID, invalid JSON or a year beyond 9999.
func EncodeChanges(changes []Change) (log []LogEntry, err error) {
	for _, c := range changes {
		if c.ID == 0 {
			return nil, fmt.Errorf("%w: change without an ID", ErrInvalid)
		}
		c.At = c.At.UTC()
		value, err := json.Marshal(c)
		if err != nil {
			return nil, fmt.Errorf("%w: change %d: %w", ErrInvalid, c.ID, err)
		}
		key := binary.BigEndian.AppendUint64(make([]byte, 0, LogKeySize), uint64(c.At.Unix())^1<<63) // negative ones first
		key = binary.BigEndian.AppendUint32(key, uint32(c.At.Nanosecond()))
		log = append(log, LogEntry{binary.BigEndian.AppendUint64(key, c.ID), value})
	}
	return log, nil
}

// Settings are the parts of an experiment that an operator changes. In the Before and After
// of a [Change], settings that did not change are nil.
type Settings struct {
	Winner      *string   `json:"winner,omitempty"`
	Paused      *bool     `json:"paused,omitempty"`
	Archived    *bool     `json:"archived,omitempty"`
	Purged      *bool     `json:"purged,omitempty"`
	Description *string   `json:"description,omitempty"`
	Override    *Override `json:"override,omitempty"`
	Plan        *Plan     `json:"plan,omitempty"`
	Ramp        *Ramp     `json:"ramp,omitempty"`
	Mismatch    *Mismatch `json:"mismatch,omitempty"`
	// Participants and Conversions are the counts before a change that deleted them.
	// Conversions counts each client once for each KPI.
	Participants *int64 `json:"participants,omitempty"`
	Conversions  *int64 `json:"conversions,omitempty"`
}

// Changed returns the settings in which two records differ, with the values of each record.
func Changed(before, after Record) (was, is Settings) {
	differ(&was.Winner, &is.Winner, before.Winner, after.Winner)
	differ(&was.Paused, &is.Paused, before.Paused, after.Paused)
	differ(&was.Archived, &is.Archived, before.Archived, after.Archived)
	differ(&was.Purged, &is.Purged, before.Purged, after.Purged)
	differ(&was.Description, &is.Description, before.Description, after.Description)
	differ(&was.Override, &is.Override, before.Override, after.Override)
	differ(&was.Plan, &is.Plan, before.Plan, after.Plan)
	differ(&was.Ramp, &is.Ramp, before.Ramp, after.Ramp)
	differ(&was.Mismatch, &is.Mismatch, before.Mismatch, after.Mismatch)
	return was, is
}

// Apply copies the settings that are not nil to r. It ignores the counts, which records do not have.
func (s Settings) Apply(r *Record) {
	assign(&r.Winner, s.Winner)
	assign(&r.Paused, s.Paused)
	assign(&r.Archived, s.Archived)
	assign(&r.Purged, s.Purged)
	assign(&r.Description, s.Description)
	assign(&r.Override, s.Override)
	assign(&r.Plan, s.Plan)
	assign(&r.Ramp, s.Ramp)
	assign(&r.Mismatch, s.Mismatch)
}

func assign[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func differ[T any](was, is **T, before, after T) {
	if !reflect.DeepEqual(before, after) {
		*was, *is = &before, &after
	}
}

// JSON returns s as a [Change] has it, nil if s is empty. The error wraps [ErrInvalid] if a
// number is not finite.
func (s Settings) JSON() (json.RawMessage, error) {
	if s == (Settings{}) {
		return nil, nil
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("%w: settings: %w", ErrInvalid, err)
	}
	return text, nil
}
