package dashboard

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// Fields of the form that sets the winner.
const (
	alternativeField = "alternative"
	anywayField      = "anyway"
)

var setWinner = action{
	Name: store.ActionWinner, Title: "Set the winner of", Button: "Set the winner", done: "The winner is set.",
	explain: func(s *subject) []string {
		chosen := "the one that you choose"
		if a := s.form.Get(alternativeField); slices.Contains(s.Alternatives, a) {
			chosen = quoted(a)
		}
		texts := []string{"From now on everyone gets " + chosen + ", whatever they had before. Nobody new takes part."}
		switch {
		case s.Paused:
			texts = append(texts, "It stays paused: conversions are not counted.")
		case s.report.Participants > 0:
			texts = append(texts, "The "+s.participants()+" so far can still convert: that counts for the alternative that they had.")
		}
		if s.Winner != "" {
			texts = append(texts, "The winner so far is "+quoted(s.Winner)+".")
		}
		texts = s.withRampPaused(texts)
		if v := s.report.Verdict; v.Headline != "" {
			texts = append(texts, "The verdict so far: "+v.Headline+" "+v.Detail)
		}
		return texts
	},
	fields: func(s *subject) []field {
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
		if risk, ok := errors.AsType[*sixpack.ConflictError](sixpack.WinnerRisk(&s.report, soFar)); ok {
			fields = append(fields, field{
				Name: anywayField, Kind: ticked, Value: s.form.Get(anywayField),
				Label: "Set it even though " + strings.ToLower(risk.Message[:1]) + strings.TrimSuffix(risk.Message[1:], "."),
			})
		}
		return fields
	},
	do: func(ctx context.Context, s *subject) error {
		chosen := s.form.Get(alternativeField)
		if chosen == "" {
			return formError{alternativeField: "Choose an alternative."}
		}
		var options []sixpack.WinnerOption
		if s.form.Get(anywayField) != "" {
			options = append(options, sixpack.Confirmed())
		}
		return s.engine.SetWinner(ctx, s.Name, chosen, options...)
	},
}

var removeWinner = action{
	Name: store.ActionResetWinner, Title: "Take back the winner of", Button: "Take the winner back", done: "The winner is taken back.",
	explain: func(s *subject) []string {
		after := *s
		after.Winner = ""
		return []string{"Not everyone gets " + quoted(s.Winner) + " any more. " + after.whatFollows()}
	},
	do: call((*sixpack.Engine).ResetWinner),
}
