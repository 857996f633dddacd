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
	Name: store.ActionWinner, Title: "Set winner", done: "Winner set.",
	explain: func(s *subject) []string {
		chosen := "the winner"
		if a := s.form.Get(alternativeField); slices.Contains(s.Alternatives, a) {
			chosen = quoted(a)
		}
		texts := []string{"From now on everyone gets " + chosen + ", whatever they had before. No new participants are added."}
		switch {
		case s.Paused:
			texts = append(texts, "The experiment stays paused: conversions are not counted.")
		case s.report.Participants > 0:
			texts = append(texts, "The "+s.participants()+" so far can still convert; conversions count for the alternative they saw.")
		}
		if s.Winner != "" {
			texts = append(texts, "The current winner is "+quoted(s.Winner)+".")
		}
		texts = s.withRampPaused(texts)
		if v := s.report.Verdict; v.Headline != "" {
			texts = append(texts, "Current verdict: "+v.Headline+" "+v.Detail)
		}
		return texts
	},
	fields: func(s *subject) []field {
		soFar := s.value(alternativeField, "")
		choices := []choice{{"", "Choose an alternative"}}
		for i, name := range s.Alternatives {
			choices = append(choices, choice{name, name + either(i == 0, " (control)", "")})
		}
		fields := []field{{Name: alternativeField, Label: "Winner", Kind: picked, Choices: choices, Value: soFar}}
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
	Name: store.ActionResetWinner, Title: "Remove winner", done: "Winner removed.",
	explain: func(s *subject) []string {
		after := *s
		after.Winner = ""
		return []string{quoted(s.Winner) + " is no longer served to everyone. " + after.whatFollows()}
	},
	do: call((*sixpack.Engine).ResetWinner),
}
