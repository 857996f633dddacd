package dashboard

import (
	"context"
	"strings"

	"github.com/sixpack-go/sixpack/dashboard/internal/markdown"
	"github.com/sixpack-go/sixpack/store"
)

// Fields of the forms that delete and describe.
const (
	nameField        = "name"
	descriptionField = "description"
)

var deletion = action{
	Name: store.ActionDelete, Title: "Delete", Button: "Delete", Final: true,
	explain: func(s *subject) []string {
		texts := []string{
			"Deletes " + s.Name + " with all " + s.participants() + " and " + s.conversions() + ", its plan and its description. " +
				"Only the record of who changed what stays.",
			"A program that still asks for it begins a new experiment of this name.",
		}
		if !s.Archived {
			texts = append(texts, "To end it and keep its numbers, archive it instead.")
		}
		return texts
	},
	fields: func(s *subject) []field {
		return []field{{
			Name: nameField, Label: "Type the name of the experiment to confirm", Kind: line, Value: s.value(nameField, ""), Hint: s.Name,
		}}
	},
	do: func(ctx context.Context, s *subject) error {
		if s.text(nameField) != strings.TrimSpace(s.Name) {
			return formError{nameField: "This is not its name. Nothing was deleted."}
		}
		return s.engine.Delete(ctx, s.Name)
	},
}

var describe = action{
	Name: store.ActionDescribe, Title: "Describe", Button: "Save the description", done: "The description is saved.",
	explain: func(*subject) []string {
		return []string{"Say what is tried, why, and what you expect: whoever looks at the experiment reads it."}
	},
	fields: func(s *subject) []field {
		return []field{{
			Name: descriptionField, Label: "Description", Kind: lines, Value: s.value(descriptionField, s.Description),
			Hint: "In Markdown: **bold**, [a link](https://example.org), lists with -. Images and HTML are left out.",
		}}
	},
	do: func(ctx context.Context, s *subject) error {
		return s.engine.Describe(ctx, s.Name, markdown.Normalize(s.form.Get(descriptionField)))
	},
}
