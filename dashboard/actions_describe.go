package dashboard

import (
	"context"
	"strings"

	"github.com/sixpack-go/sixpack/dashboard/internal/markdown"
	"github.com/sixpack-go/sixpack/store"
)

// Fields of the forms that delete an experiment and edit its description.
const (
	nameField        = "name"
	descriptionField = "description"
)

var deletion = action{
	Name: store.ActionDelete, Title: "Delete experiment", Final: true,
	explain: func(s *subject) []string {
		texts := []string{
			"Deletes the experiment with all " + s.participants() + " and " + s.conversions() + ", its plan and its description. " +
				"Only the change history is kept.",
			"If your code still asks for the experiment, it starts a new one with the same name.",
		}
		if !s.Archived {
			texts = append(texts, "To end the experiment and keep its results, archive it instead.")
		}
		return texts
	},
	fields: func(s *subject) []field {
		return []field{{
			Name: nameField, Label: "Type the experiment’s name to confirm", Kind: line, Value: s.value(nameField, ""), Hint: s.Name,
		}}
	},
	do: func(ctx context.Context, s *subject) error {
		if s.text(nameField) != strings.TrimSpace(s.Name) {
			return formError{nameField: "The name doesn’t match. Type it exactly as shown."}
		}
		return s.engine.Delete(ctx, s.Name)
	},
}

var describe = action{
	Name: store.ActionDescribe, Title: "Edit description", Button: "Save description", done: "Description saved.",
	explain: func(*subject) []string {
		return []string{"Describe what you are testing, why, and what you expect. The description is shown on the experiment’s page."}
	},
	fields: func(s *subject) []field {
		return []field{{
			Name: descriptionField, Label: "Description", Kind: lines, Value: s.value(descriptionField, s.Description),
			Hint: "Markdown: **bold**, [a link](https://example.org), lists with -. Images and HTML are removed.",
		}}
	},
	do: func(ctx context.Context, s *subject) error {
		return s.engine.Describe(ctx, s.Name, markdown.Normalize(s.form.Get(descriptionField)))
	},
}
