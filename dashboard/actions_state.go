package dashboard

func refuseArchived(s *subject) string {
	if s.Archived {
		return "It is archived, and nothing is counted any more. Take it out of the archive first."
	}
	return ""
}

func refusePause(s *subject) string {
	if s.Paused {
		return "It is paused already."
	}
	return refuseArchived(s)
}

func tellPause(s *subject) []string {
	texts := []string{"Everyone gets " + s.everybody() + ", and nothing is counted, until you resume it."}
	if s.Winner == "" && s.results.Participants > 0 {
		texts = append(texts, "The "+s.participants()+" so far get their alternatives back then.")
	}
	return s.waits(texts)
}

func refuseResume(s *subject) string {
	if !s.Paused {
		return "It is not paused."
	}
	return ""
}

func tellResume(s *subject) []string {
	after := *s
	after.Paused = false
	return []string{after.goesOn()}
}

func refuseArchive(s *subject) string {
	if s.Archived {
		return "It is archived already."
	}
	return ""
}

func tellArchive(s *subject) []string {
	return s.waits([]string{
		"Ends " + s.Name + ": everyone gets " + s.everybody() + ", and nothing is counted any more.",
		"Its " + s.participants() + " and " + s.conversions() + " stay to be looked at, among the archived experiments.",
	})
}

func refuseUnarchive(s *subject) string {
	switch {
	case !s.Archived:
		return "It is not archived."
	case s.Purged:
		return "Its client data was purged, so that everybody would be counted once more. Reset it to start anew."
	default:
		return ""
	}
}

func tellUnarchive(s *subject) []string {
	after := *s
	after.Archived = false
	return []string{after.goesOn()}
}

func refusePurge(s *subject) string {
	switch {
	case !s.Archived:
		return "It is not archived: its client data is needed to give everybody the same alternative again. Archive it first."
	case s.Purged:
		return "Its client data is purged already."
	default:
		return ""
	}
}

func tellPurge(s *subject) []string {
	return []string{
		"Forgets who took part in " + s.Name + ", and which alternative each of its " + s.participants() + " had. The numbers stay as they are.",
		"It cannot be taken out of the archive afterwards, but only be reset.",
	}
}

func tellReset(s *subject) []string {
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
}
