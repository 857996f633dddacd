package dashboard

import (
	"context"
	"slices"

	"github.com/sixpack-go/sixpack"
)

// The fields of the action that sets the winner.
const (
	alternativeField = "alternative"
	despiteField     = "despite"
)

func refuseWinner(s *subject) string {
	if s.Archived {
		return "It is archived. Take it out of the archive first."
	}
	return ""
}

func tellWinner(s *subject) []string {
	chosen := "the one that you choose"
	if a := s.form.Get(alternativeField); slices.Contains(s.Alternatives, a) {
		chosen = quoted(a)
	}
	texts := []string{"From now on everyone gets " + chosen + ", whatever they had before. Nobody new takes part."}
	switch {
	case s.Paused:
		texts = append(texts, "It stays paused: conversions are not counted.")
	case s.results.Participants > 0:
		texts = append(texts, "The "+s.participants()+" so far can still convert: that counts for the alternative that they had.")
	}
	if s.Winner != "" {
		texts = append(texts, "The winner so far is "+quoted(s.Winner)+".")
	}
	texts = s.waits(texts)
	if v := s.results.Verdict; v.Headline != "" {
		texts = append(texts, "The verdict so far: "+v.Headline+" "+v.Detail)
	}
	return texts
}

func askWinner(s *subject) []field {
	soFar := s.value(alternativeField, "")
	choices := []choice{{"", "Choose one", soFar == ""}}
	for i, name := range s.Alternatives {
		label := name
		if i == 0 {
			label += ", the control"
		}
		choices = append(choices, choice{name, label, name == soFar})
	}
	fields := []field{{Name: alternativeField, Label: "Winner", Kind: picked, Choices: choices}}
	if s.results.SampleRatio.Mismatch {
		fields = append(fields, field{
			Name: despiteField, Kind: ticked, Value: s.form.Get(despiteField),
			Label: "Set it although the numbers cannot be believed",
			Hint: "Participants did not come in the shares that were set. Something loses or favours those of an alternative, " +
				"so that none of the numbers tells which is better.",
		})
	}
	return fields
}

func doWinner(ctx context.Context, e *sixpack.Engine, s *subject) error {
	return setWinner(ctx, e, s, s.form.Get(alternativeField), s.form.Get(despiteField) != "")
}

// setWinner sets the winner, while the split is broken only if somebody says that
// he means it.
func setWinner(ctx context.Context, e *sixpack.Engine, s *subject, chosen string, despite bool) error {
	wrong := mistakes{}
	switch {
	case chosen == "":
		wrong[alternativeField] = "Choose an alternative."
	case !slices.Contains(s.Alternatives, chosen):
		wrong[alternativeField] = "There is no alternative " + quoted(chosen) + ": choose one of these."
	}
	if s.results.SampleRatio.Mismatch && !despite {
		wrong[despiteField] = "The split is broken: tick this as well, if you mean it."
	}
	if len(wrong) > 0 {
		return wrong
	}
	return e.SetWinner(ctx, s.Name, chosen)
}

func refuseResetWinner(s *subject) string {
	if s.Winner == "" {
		return "It has no winner."
	}
	return ""
}

func tellResetWinner(s *subject) []string {
	after := *s
	after.Winner = ""
	return []string{"Not everyone gets " + quoted(s.Winner) + " any more. " + after.goesOn()}
}
