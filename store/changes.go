package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// A Change is what somebody did to an experiment, as its log keeps it.
type Change struct {
	// ID is drawn by whoever makes the change, in 1..1<<53, so that a copy of the
	// log knows what it has: a change of the same ID and time is the same change.
	ID     uint64    `json:"id"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"` // who did it; empty: nobody said
	Action string    `json:"action"`       // what, in a word, such as "winner" or "reset"
	// Before is what was changed as it was, and After as it became: JSON, which
	// the engine makes of [Settings]. A store keeps what it says, not its spaces.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Undoes uint64          `json:"undoes,omitempty"` // the ID of the change that this one took back
}

// Clone returns a copy of c that shares nothing with it.
func (c Change) Clone() Change {
	c.Before, c.After = slices.Clone(c.Before), slices.Clone(c.After)
	return c
}

// Compare orders changes as a log does, the earlier one first. It returns 0 for
// two that are the same.
func (c Change) Compare(other Change) int {
	return cmp.Or(c.At.Compare(other.At), cmp.Compare(c.ID, other.ID))
}

// Encode returns c as JSON, the same for the same change, whatever the zone of
// its time. The error wraps [ErrInvalid]: a change without an ID, of no JSON, or
// of a year beyond 9999 is none that a store could keep.
func (c Change) Encode() ([]byte, error) {
	if c.ID == 0 {
		return nil, fmt.Errorf("%w: a change without an ID", ErrInvalid)
	}
	c.At = c.At.UTC()
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("%w: change %d: %w", ErrInvalid, c.ID, err)
	}
	return text, nil
}

// Settings are what an operator changes of an experiment. In the Before and After
// of a [Change] what did not change is nil.
type Settings struct {
	Winner      *string   `json:"winner,omitempty"`
	Paused      *bool     `json:"paused,omitempty"`
	Archived    *bool     `json:"archived,omitempty"`
	Purged      *bool     `json:"purged,omitempty"`
	Description *string   `json:"description,omitempty"`
	Override    *Override `json:"override,omitempty"`
	Plan        *Plan     `json:"plan,omitempty"`
	Ramp        *Ramp     `json:"ramp,omitempty"`
	// Participants and Conversions were counted before a change that forgot the
	// counts. Conversions are those of all KPIs, each client once for each.
	Participants *int64 `json:"participants,omitempty"`
	Conversions  *int64 `json:"conversions,omitempty"`
}

// Changed returns the settings in which two records differ, as they were and
// as they are.
func Changed(before, after Record) (was, is Settings) {
	differ(&was.Winner, &is.Winner, before.Winner, after.Winner)
	differ(&was.Paused, &is.Paused, before.Paused, after.Paused)
	differ(&was.Archived, &is.Archived, before.Archived, after.Archived)
	differ(&was.Purged, &is.Purged, before.Purged, after.Purged)
	differ(&was.Description, &is.Description, before.Description, after.Description)
	differ(&was.Override, &is.Override, before.Override, after.Override)
	differ(&was.Plan, &is.Plan, before.Plan, after.Plan)
	differ(&was.Ramp, &is.Ramp, before.Ramp, after.Ramp)
	return was, is
}

func differ[T any](was, is **T, before, after T) {
	if !reflect.DeepEqual(before, after) {
		*was, *is = &before, &after
	}
}

// JSON returns s as a [Change] has it: nothing if s says nothing. The error wraps
// [ErrInvalid]: a number is not finite.
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
