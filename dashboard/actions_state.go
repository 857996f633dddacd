package dashboard

import (
	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

var pause = action{
	Name: store.ActionPause, Title: "Pause", Button: "Pause", done: "Paused.",
	explain: func(s *subject) []string {
		texts := []string{"Everyone gets " + s.shownToAll() + ", and nothing is counted, until you resume it."}
		if s.Winner == "" && s.report.Participants > 0 {
			texts = append(texts, "The "+s.participants()+" so far get their alternatives back then.")
		}
		return s.withRampPaused(texts)
	},
	do: call((*sixpack.Engine).Pause),
}

var resume = action{
	Name: store.ActionResume, Title: "Resume", Button: "Resume", done: "Resumed.",
	explain: func(s *subject) []string {
		after := *s
		after.Paused = false
		return []string{after.whatFollows()}
	},
	do: call((*sixpack.Engine).Resume),
}

var archive = action{
	Name: store.ActionArchive, Title: "Archive", Button: "Archive", done: "Archived.",
	explain: func(s *subject) []string {
		return s.withRampPaused([]string{
			"Ends " + s.Name + ": everyone gets " + s.shownToAll() + ", and nothing is counted any more.",
			"Its " + s.participants() + " and " + s.conversions() + " stay to be looked at, among the archived experiments.",
		})
	},
	do: call((*sixpack.Engine).Archive),
}

var unarchive = action{
	Name: store.ActionUnarchive, Title: "Take out of the archive:", Button: "Take it out of the archive", done: "Taken out of the archive.",
	explain: func(s *subject) []string {
		after := *s
		after.Archived = false
		return []string{after.whatFollows()}
	},
	do: call((*sixpack.Engine).Unarchive),
}

var purge = action{
	Name: store.ActionPurge, Title: "Purge the client data of", Button: "Purge the client data", Final: true, done: "The client data is purged.",
	explain: func(s *subject) []string {
		return []string{
			"Forgets who took part in " + s.Name + ", and which alternative each of its " + s.participants() + " had. The numbers stay as they are.",
			"It cannot be taken out of the archive afterwards, but only be reset.",
		}
	},
	do: call((*sixpack.Engine).Purge),
}

var reset = action{
	Name: store.ActionReset, Title: "Reset", Button: "Reset", Final: true, done: "Reset: counting starts anew.",
	explain: func(s *subject) []string {
		texts := []string{
			"Forgets all " + s.participants() + " and " + s.conversions() + " of " + s.Name + " and starts counting anew. " +
				"Visitors are assigned anew and may see another alternative than before.",
		}
		if s.Winner != "" {
			texts = append(texts, "It has no winner then: not everyone gets "+quoted(s.Winner)+" any more.")
		}
		switch {
		case s.Archived:
			texts = append(texts, "It leaves the archive and runs again.")
		case s.Paused:
			texts = append(texts, "It is not paused then, and runs again.")
		}
		if s.Ramp.Active() {
			texts = append(texts, "The ramp stays at its step, and holds it anew.")
		}
		return append(texts, "Its description, its plan and what is set for traffic, weights and algorithm stay.")
	},
	do: call((*sixpack.Engine).Reset),
}
