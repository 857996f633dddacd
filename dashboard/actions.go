package dashboard

import (
	"context"
	"slices"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// action is the page of an operation: its words, the fields of its form, and the call
// of the engine. The engine decides whether the operation is allowed.
type action struct {
	Name   store.Action // in paths
	Title  string       // heading of its page
	Button string       // label of the button that carries it out; empty: the title
	Final  bool         // it loses data, and cannot be undone
	NoUndo bool         // it cannot be undone either, but loses no data
	done   string       // notice on the next page

	explain func(s *subject) []string // what will happen, in sentences
	fields  func(s *subject) []field  // of the form; nil for none
	// do carries the action out. It returns a formError for invalid fields.
	do func(ctx context.Context, s *subject) error
}

// actions has all actions.
var actions = []*action{
	&setWinner, &removeWinner, &pause, &resume, &archive, &unarchive, &purge, &reset, &deletion, &describe,
	&override, &clearOverride, &startRamp, &pauseRamp, &resumeRamp, &stopRamp, &setPlan, &acknowledge,
}

// actionOf returns the action with the given name, or nil.
func actionOf(name string) *action {
	i := slices.IndexFunc(actions, func(a *action) bool { return a.Name == store.Action(name) })
	if i < 0 {
		return nil
	}
	return actions[i]
}

// call returns the do of an action without fields.
func call(operation func(e *sixpack.Engine, ctx context.Context, experiment string) error) func(context.Context, *subject) error {
	return func(ctx context.Context, s *subject) error { return operation(s.engine, ctx, s.Name) }
}
