package dashboard

import (
	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

var pause = action{
	Name: store.ActionPause, Title: "Pause experiment", done: "Experiment paused.",
	explain: func(s *subject) []string {
		texts := []string{"Everyone gets " + s.shownToAll() + ", and nothing is counted, until you resume the experiment."}
		if s.Winner == "" && s.report.Participants > 0 {
			texts = append(texts, "The "+s.participants()+" so far then get their alternatives back.")
		}
		return s.withRampPaused(texts)
	},
	do: call((*sixpack.Engine).Pause),
}

var resume = action{
	Name: store.ActionResume, Title: "Resume experiment", done: "Experiment resumed.",
	explain: func(s *subject) []string {
		after := *s
		after.Paused = false
		return []string{after.whatFollows()}
	},
	do: call((*sixpack.Engine).Resume),
}

var archive = action{
	Name: store.ActionArchive, Title: "Archive experiment", done: "Experiment archived.",
	explain: func(s *subject) []string {
		return s.withRampPaused([]string{
			"Ends the experiment: everyone gets " + s.shownToAll() + ", and nothing is counted from now on.",
			"Its " + s.participants() + " and " + s.conversions() + " remain visible under Archived.",
		})
	},
	do: call((*sixpack.Engine).Archive),
}

var unarchive = action{
	Name: store.ActionUnarchive, Title: "Restore experiment", done: "Experiment restored.",
	explain: func(s *subject) []string {
		after := *s
		after.Archived = false
		return []string{after.whatFollows()}
	},
	do: call((*sixpack.Engine).Unarchive),
}

var acknowledge = action{
	Name: store.ActionAcknowledge, Title: "Acknowledge sample-ratio mismatch", done: "Mismatch acknowledged.",
	explain: func(*subject) []string {
		return []string{
			"The results are shown again, with the participants that the mismatch is about. Do this only if you know the cause, " +
				"and if it cannot have changed who converts.",
			"From now on only the shares of later participants are checked.",
		}
	},
	do: call((*sixpack.Engine).AcknowledgeMismatch),
}

var purge = action{
	Name: store.ActionPurge, Title: "Purge client data", Final: true, done: "Client data purged.",
	explain: func(s *subject) []string {
		return []string{
			"Deletes the record of which alternative each of the " + s.participants() + " had. The results stay as they are.",
			"Afterwards the experiment cannot be restored, only restarted.",
		}
	},
	do: call((*sixpack.Engine).Purge),
}

var reset = action{
	Name: store.ActionReset, Title: "Restart experiment", Final: true, done: "Experiment restarted; all counts are zero.",
	explain: func(s *subject) []string {
		texts := []string{
			"Deletes all " + s.participants() + " and " + s.conversions() + " and starts counting from zero. " +
				"Visitors are reassigned and may see a different alternative.",
		}
		if s.Winner != "" {
			texts = append(texts, "The winner is removed; "+quoted(s.Winner)+" is no longer served to everyone.")
		}
		if s.Archived || s.Paused {
			texts = append(texts, "The experiment is no longer "+either(s.Archived, "archived", "paused")+".")
		}
		if s.Ramp.Active() {
			texts = append(texts, "The ramp stays at its present step, and its time there starts over.")
		}
		return append(texts, "The description, the plan and the overrides of traffic, weights and algorithm are kept.")
	},
	do: call((*sixpack.Engine).Reset),
}
