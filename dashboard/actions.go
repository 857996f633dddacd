package dashboard

import (
	"context"
	"slices"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// action is the page of an operation: its words, the fields of its form, and the call
// of the engine. Whether the operation is allowed is the engine's business.
type action struct {
	Name   store.Action // in paths
	Title  string       // of its page, before the experiment's name
	Button string       // that carries it out
	Final  bool         // it cannot be undone
	Kept   bool         // it cannot be undone either, but loses nothing
	done   string       // what the next page says

	tells  func(s *subject) []string // says what will happen
	fields func(s *subject) []field  // of the form; nil for none
	// do carries it out. Its error is mistakes for fields that cannot be read.
	do func(ctx context.Context, e *sixpack.Engine, s *subject) error
}

// actions are all actions.
var actions = []*action{
	&setWinner, &removeWinner, &pause, &resume, &archive, &unarchive, &purge, &reset, &deletion, &describe,
	&override, &clearOverride, &startRamp, &pauseRamp, &resumeRamp, &stopRamp, &setPlan,
}

// actionOf returns the action with a name, nil if there is none.
func actionOf(name string) *action {
	i := slices.IndexFunc(actions, func(a *action) bool { return a.Name == store.Action(name) })
	if i < 0 {
		return nil
	}
	return actions[i]
}

// simply is what does an action that needs nothing but the experiment.
func simply(do func(e *sixpack.Engine, ctx context.Context, experiment string) error) func(context.Context, *sixpack.Engine, *subject) error {
	return func(ctx context.Context, e *sixpack.Engine, s *subject) error { return do(e, ctx, s.Name) }
}
