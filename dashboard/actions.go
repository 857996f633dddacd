package dashboard

import (
	"cmp"
	"context"
	"slices"

	"github.com/sixpack-go/sixpack"
)

// action is something that an editor does to an experiment, after a page has said
// what will happen.
type action struct {
	Name   string // in paths, and in the log unless logged says otherwise
	Title  string // of its page, before the experiment's name
	Button string // that does it
	Final  bool   // it cannot be undone
	Kept   bool   // nor can this, but it loses nothing
	done   string // what is said afterwards
	logged string // what the log calls it

	refuses func(s *subject) string   // says why it makes no sense now; empty if it does
	tells   func(s *subject) []string // says what will happen
	fields  func(s *subject) []field  // asks for what it needs
	// do does it, or returns mistakes.
	do func(ctx context.Context, e *sixpack.Engine, s *subject) error
}

// actions are all of them.
var actions = []action{
	{
		Name: sixpack.ActionWinner, Title: "Set the winner of", Button: "Set the winner", done: "The winner is set.",
		refuses: refuseWinner, tells: tellWinner, fields: askWinner, do: doWinner,
	},
	{
		Name: sixpack.ActionResetWinner, Title: "Take back the winner of", Button: "Take the winner back", done: "The winner is taken back.",
		refuses: refuseResetWinner, tells: tellResetWinner, do: simply((*sixpack.Engine).ResetWinner),
	},
	{
		Name: sixpack.ActionPause, Title: "Pause", Button: "Pause", done: "Paused.",
		refuses: refusePause, tells: tellPause, do: simply((*sixpack.Engine).Pause),
	},
	{
		Name: sixpack.ActionResume, Title: "Resume", Button: "Resume", done: "Resumed.",
		refuses: refuseResume, tells: tellResume, do: simply((*sixpack.Engine).Resume),
	},
	{
		Name: sixpack.ActionArchive, Title: "Archive", Button: "Archive", done: "Archived.",
		refuses: refuseArchive, tells: tellArchive, do: simply((*sixpack.Engine).Archive),
	},
	{
		Name: sixpack.ActionUnarchive, Title: "Take out of the archive:", Button: "Take it out of the archive", done: "Taken out of the archive.",
		refuses: refuseUnarchive, tells: tellUnarchive, do: simply((*sixpack.Engine).Unarchive),
	},
	{
		Name: sixpack.ActionPurge, Title: "Purge the client data of", Button: "Purge the client data", Final: true, done: "The client data is purged.",
		refuses: refusePurge, tells: tellPurge, do: simply((*sixpack.Engine).Purge),
	},
	{
		Name: sixpack.ActionReset, Title: "Reset", Button: "Reset", Final: true, done: "Reset: counting starts anew.",
		tells: tellReset, do: simply((*sixpack.Engine).Reset),
	},
	{
		Name: sixpack.ActionDelete, Title: "Delete", Button: "Delete", Final: true,
		tells: tellDelete, fields: askDelete, do: doDelete,
	},
	{
		Name: sixpack.ActionDescribe, Title: "Describe", Button: "Save the description", done: "The description is saved.",
		tells: tellDescribe, fields: askDescribe, do: doDescribe,
	},
	{
		Name: sixpack.ActionOverride, Title: "Traffic, weights and algorithm of", Button: "Set them", done: "What is set here goes before what programs say.",
		refuses: refuseArchived, tells: tellOverride, fields: askOverride, do: doOverride,
	},
	{
		Name: clearOverride, Title: "Clear traffic, weights and algorithm of", Button: "Clear what is set here", done: "Programs decide again.",
		logged: sixpack.ActionOverride, refuses: refuseClear, tells: tellClear, do: doClear,
	},
	{
		Name: sixpack.ActionRamp, Title: "Raise the traffic of", Button: "Begin", Kept: true, done: "The ramp has begun.",
		refuses: refuseRamp, tells: tellRamp, fields: askRamp, do: doRamp,
	},
	{
		Name: sixpack.ActionPauseRamp, Title: "Pause the ramp of", Button: "Pause the ramp", Kept: true, done: "The ramp is paused.",
		refuses: refusePauseRamp, tells: tellPauseRamp, do: simply((*sixpack.Engine).PauseRamp),
	},
	{
		Name: sixpack.ActionResumeRamp, Title: "Resume the ramp of", Button: "Resume the ramp", Kept: true, done: "The ramp goes on.",
		refuses: refuseResumeRamp, tells: tellResumeRamp, do: simply((*sixpack.Engine).ResumeRamp),
	},
	{
		Name: sixpack.ActionStopRamp, Title: "Stop the ramp of", Button: "Stop the ramp", Kept: true, done: "The ramp is stopped.",
		refuses: refuseNoRamp, tells: tellStopRamp, do: simply((*sixpack.Engine).StopRamp),
	},
	{
		Name: sixpack.ActionPlan, Title: "Plan", Button: "Save the plan", done: "The plan is saved.",
		refuses: refuseArchived, tells: tellPlan, fields: askPlan, do: doPlan,
	},
}

// clearOverride is the action that the log calls an override of nothing.
const clearOverride = "clear-override"

// actionOf returns the action of a name, nil if there is none.
func actionOf(name string) *action {
	i := slices.IndexFunc(actions, func(a action) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return &actions[i]
}

// inLog returns what the log calls an action.
func (a *action) inLog() string { return cmp.Or(a.logged, a.Name) }

// simply is what does an action that needs nothing but the experiment.
func simply(do func(e *sixpack.Engine, ctx context.Context, experiment string) error) func(context.Context, *sixpack.Engine, *subject) error {
	return func(ctx context.Context, e *sixpack.Engine, s *subject) error { return do(e, ctx, s.Name) }
}
