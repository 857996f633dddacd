package dashboard

import (
	"context"
	"net/http"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// edits serves an operation on an experiment by a body of its own.
func edits[B any](d *dashboard, do func(ctx context.Context, e *sixpack.Engine, experiment string, body B) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var body B
		if err := readJSON(r, &body); err != nil {
			return err
		}
		if err := settle(do(r.Context(), d.engine, r.PathValue("name"), body), `Send "anyway": true as well to confirm.`); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// does serves an operation that needs nothing but the experiment.
func (d *dashboard) does(do func(e *sixpack.Engine, ctx context.Context, experiment string) error) func(http.ResponseWriter, *http.Request) error {
	return edits(d, func(ctx context.Context, e *sixpack.Engine, experiment string, _ nothing) error {
		return do(e, ctx, experiment)
	})
}

type winnerBody struct {
	Alternative *string `json:"alternative"`
	Anyway      bool    `json:"anyway"` // in spite of a risk
}

func apiWinner(ctx context.Context, e *sixpack.Engine, experiment string, b winnerBody) error {
	if b.Alternative == nil {
		return missing(alternativeField)
	}
	return setWinnerTo(ctx, e, experiment, *b.Alternative, b.Anyway)
}

type descriptionBody struct {
	Description *string `json:"description"`
}

func apiDescribe(ctx context.Context, e *sixpack.Engine, experiment string, b descriptionBody) error {
	if b.Description == nil {
		return missing(descriptionField)
	}
	return describeAs(ctx, e, experiment, *b.Description)
}

func apiOverride(ctx context.Context, e *sixpack.Engine, experiment string, o store.Override) error {
	return e.Override(ctx, experiment, o)
}

func apiPlan(ctx context.Context, e *sixpack.Engine, experiment string, p store.Plan) error {
	return e.SetPlan(ctx, experiment, p)
}

type undoBody struct {
	Change *uint64 `json:"change"`
}

func apiUndo(ctx context.Context, e *sixpack.Engine, experiment string, b undoBody) error {
	if b.Change == nil {
		return missing("change")
	}
	return undoChange(ctx, e, experiment, *b.Change)
}
