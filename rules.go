package sixpack

import (
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// A rule refuses an operation in some states of an experiment.
type rule struct {
	when    func(r *store.Record) bool
	message string // {winner} stands for the winner
	done    bool   // see ConflictError.Done
}

func already(when func(r *store.Record) bool, message string) rule { return rule{when, message, true} }

func refused(when func(r *store.Record) bool, message string) rule { return rule{when, message, false} }

func isArchived(r *store.Record) bool  { return r.Archived }
func notArchived(r *store.Record) bool { return !r.Archived }
func isPurged(r *store.Record) bool    { return r.Purged }
func isPaused(r *store.Record) bool    { return r.Paused }
func notPaused(r *store.Record) bool   { return !r.Paused }
func hasWinner(r *store.Record) bool   { return r.Winner != "" }
func noWinner(r *store.Record) bool    { return r.Winner == "" }
func isRamping(r *store.Record) bool   { return r.Ramp.Active() }
func notRamping(r *store.Record) bool  { return !r.Ramp.Active() }
func rampPaused(r *store.Record) bool  { return r.Ramp.State == store.RampPaused }
func rampRunning(r *store.Record) bool { return r.Ramp.State == store.RampRunning }
func noMismatch(r *store.Record) bool  { return !r.Mismatch.Open() }
func noOverride(r *store.Record) bool  { return r.Override.IsZero() }

const rampSetsTraffic = "A ramp sets the traffic. Stop the ramp first."

var (
	whileArchived = refused(isArchived, "The experiment is archived. Restore it first.")
	withoutRamp   = refused(notRamping, "No ramp is running or paused.")
)

// rules holds the rules of each operation. The first one that applies refuses the operation.
// An operation without rules is allowed in every state.
var rules = map[store.Action][]rule{
	store.ActionWinner:      {whileArchived},
	store.ActionResetWinner: {already(noWinner, "The experiment has no winner.")},
	store.ActionPause:       {already(isPaused, "The experiment is already paused."), whileArchived},
	store.ActionResume:      {already(notPaused, "The experiment is not paused.")},
	store.ActionArchive:     {already(isArchived, "The experiment is already archived.")},
	store.ActionUnarchive: {
		already(notArchived, "The experiment is not archived."),
		refused(isPurged, "The client data was purged, so returning visitors would be counted again. Restart the experiment instead."),
	},
	store.ActionPurge: {
		refused(notArchived, "The experiment is not archived: without client data, participants could get a different alternative. Archive it first."),
		already(isPurged, "The client data is already purged."),
	},
	store.ActionOverride: {whileArchived},
	store.ActionClearOverride: {
		already(noOverride, "There are no overrides."),
		refused(isRamping, rampSetsTraffic),
		whileArchived,
	},
	store.ActionPlan:        {whileArchived},
	store.ActionAcknowledge: {already(noMismatch, "There is no sample-ratio mismatch to acknowledge.")},
	store.ActionRamp: {
		refused(isRamping, "A ramp is already running or paused. Stop it first."),
		refused(hasWinner, "Everyone gets the winner, “{winner}”, so there are no new participants. Remove the winner first."),
		whileArchived,
	},
	store.ActionPauseRamp:  {already(rampPaused, "The ramp is already paused."), withoutRamp},
	store.ActionResumeRamp: {already(rampRunning, "The ramp is not paused."), withoutRamp},
	store.ActionStopRamp:   {already(notRamping, withoutRamp.message)},
}

// Allowed returns nil if the state of an experiment allows an operation, else the
// [*ConflictError] with which the engine refuses it. The methods of [Engine] call it
// before they change anything, and pages call it to offer only what is allowed. A method
// can still refuse its arguments.
func Allowed(r *store.Record, operation store.Action) error {
	for _, rule := range rules[operation] {
		if rule.when(r) {
			return &ConflictError{Experiment: r.Name, Message: strings.ReplaceAll(rule.message, "{winner}", r.Winner), Done: rule.done}
		}
	}
	return nil
}

// WinnerRisk returns nil if it is safe to set an alternative as the winner, else the
// Confirmable [*ConflictError] with which [Engine.SetWinner] refuses it without [Confirmed].
// The report must be by the primary KPI, like the reports of [Engine.Reports]. It is a risk
//
//   - to set any winner if there is a sample-ratio mismatch,
//   - to set an alternative that is worse than the control ([stats.StandingWorse]), and
//   - to set one that is not better than the control if the leader of a [stats.StateWinner]
//     is better.
//
// If two alternatives are better than the control, neither is a risk: the verdict does not
// compare them. An unknown alternative is a risk only if there is a mismatch.
func WinnerRisk(report *analysis.Report, alternative string) error {
	risk := &ConflictError{Experiment: report.Experiment, Confirmable: true}
	if report.SampleRatio.Mismatch {
		risk.Message = "The data is unreliable: participants did not get the alternatives in the shares that were set (sample-ratio mismatch)."
		return risk
	}
	all := report.Alternatives
	i := slices.IndexFunc(all, func(a analysis.Alternative) bool { return a.Name == alternative })
	if i < 0 {
		return nil
	}
	favored, wins := report.Verdict.Leader, report.Verdict.State == stats.StateWinner
	switch standing := all[i].Standing; {
	case standing == stats.StandingWorse && !wins:
		favored = all[0].Name
	case standing == stats.StandingWorse, wins && standing != stats.StandingBetter:
	default:
		return nil
	}
	risk.Message = "The verdict favors “" + favored + "” over “" + alternative + "”."
	return risk
}
