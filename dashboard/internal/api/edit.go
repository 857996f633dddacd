package api

import (
	"context"
	"net/http"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/dashboard/internal/markdown"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// edit serves an operation with a body.
func edit[B any](do func(ctx context.Context, experiment string, body B) error) access.Serve {
	return func(w http.ResponseWriter, r *http.Request) error {
		var body B
		if err := readJSON(r, &body); err != nil {
			return err
		}
		if err := reply.Settle(do(r.Context(), r.PathValue("name"), body), `To confirm, add "anyway": true.`); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// operation serves an operation without parameters.
func operation(do func(ctx context.Context, experiment string) error) access.Serve {
	return edit(func(ctx context.Context, experiment string, _ nothing) error { return do(ctx, experiment) })
}

type winnerBody struct {
	Alternative *string `json:"alternative"`
	Anyway      bool    `json:"anyway"` // confirms a [sixpack.WinnerRisk]
}

func (a routes) setWinner(ctx context.Context, experiment string, b winnerBody) error {
	if b.Alternative == nil {
		return missing("alternative")
	}
	if *b.Alternative == "" {
		return reply.Refuse(http.StatusBadRequest, `The field "alternative" is empty. Send the name of an alternative.`)
	}
	var options []sixpack.WinnerOption
	if b.Anyway {
		options = append(options, sixpack.Confirmed())
	}
	return a.engine.SetWinner(ctx, experiment, *b.Alternative, options...)
}

type descriptionBody struct {
	Description *string `json:"description"`
}

func (a routes) setDescription(ctx context.Context, experiment string, b descriptionBody) error {
	if b.Description == nil {
		return missing("description")
	}
	return a.engine.Describe(ctx, experiment, markdown.Normalize(*b.Description))
}

type undoBody struct {
	Change *uint64 `json:"change"`
}

func (a routes) undo(ctx context.Context, experiment string, b undoBody) error {
	if b.Change == nil {
		return missing("change")
	}
	return a.engine.Undo(ctx, experiment, *b.Change)
}
