package dashboard

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// edits serves a change of an experiment by a body of its own. What refuses it on
// the pages, if anything, refuses it here. Where so tells that the experiment is as
// asked for already, there is nothing to do.
func edits[B any](
	d *dashboard, refuses func(*subject) string, so func(*subject) bool,
	do func(ctx context.Context, e *sixpack.Engine, s *subject, body B) error,
) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		var body B
		if err := readJSON(r, &body); err != nil {
			return err
		}
		s, err := d.subject(r, nil)
		if err != nil {
			return err
		}
		if so == nil || !so(s) {
			if refuses != nil && refuses(s) != "" {
				return refusal{http.StatusConflict, refuses(s)}
			}
			err = refused(do(r.Context(), d.engine, s, body))
		}
		if err == nil {
			w.WriteHeader(http.StatusNoContent)
		}
		return err
	}
}

// does is edits by an action of the pages that needs nothing but the experiment.
func (d *dashboard) does(action string, so func(*subject) bool) func(http.ResponseWriter, *http.Request) error {
	a := actionOf(action)
	return edits(d, a.refuses, so, func(ctx context.Context, e *sixpack.Engine, s *subject, _ nothing) error { return a.do(ctx, e, s) })
}

// refused returns what a program is told of a change that was refused, and other
// errors as they are.
func refused(err error) error {
	for _, conflict := range []error{sixpack.ErrNotArchived, sixpack.ErrPurged, sixpack.ErrLate, sixpack.ErrRamp} {
		if errors.Is(err, conflict) {
			return refusal{http.StatusConflict, sentence(err.Error())}
		}
	}
	wrong := mistakes(nil)
	if err = blame(err); !errors.As(err, &wrong) {
		return err
	}
	var texts []string
	for _, field := range slices.Sorted(maps.Keys(wrong)) {
		texts = append(texts, wrong[field])
	}
	return refusal{http.StatusBadRequest, strings.Join(texts, " ")}
}

// errSplit is for those who do not say that they mean it.
var errSplit = refusal{http.StatusConflict, "Participants did not come in the shares that were set, so that none of the numbers tells which " +
	`alternative is better. Send "anyway": true as well, if you mean it.`}

type winnerBody struct {
	Alternative *string `json:"alternative"`
	Anyway      bool    `json:"anyway"` // although the split is broken
}

func apiWinner(ctx context.Context, e *sixpack.Engine, s *subject, b winnerBody) error {
	if b.Alternative == nil {
		return missing(alternativeField)
	}
	err := setWinner(ctx, e, s, *b.Alternative, b.Anyway)
	if wrong := mistakes(nil); errors.As(err, &wrong) {
		if len(wrong) == 1 && wrong[despiteField] != "" {
			return errSplit
		}
		delete(wrong, despiteField)
	}
	return err
}

type descriptionBody struct {
	Description *string `json:"description"`
}

func apiDescribe(ctx context.Context, e *sixpack.Engine, s *subject, b descriptionBody) error {
	if b.Description == nil {
		return missing(descriptionField)
	}
	return describe(ctx, e, s, *b.Description)
}

func apiOverride(ctx context.Context, e *sixpack.Engine, s *subject, o store.Override) error {
	return e.Override(ctx, s.Name, o)
}

func apiPlan(ctx context.Context, e *sixpack.Engine, s *subject, p store.Plan) error {
	return e.SetPlan(ctx, s.Name, p)
}

// apiPurge is not refused where the clients are purged already: an import may have
// brought others since.
func apiPurge(ctx context.Context, e *sixpack.Engine, s *subject, _ nothing) error {
	return e.Purge(ctx, s.Name)
}

func apiDelete(ctx context.Context, e *sixpack.Engine, s *subject, _ nothing) error {
	return e.Delete(ctx, s.Name)
}

type undoBody struct {
	Change *uint64 `json:"change"`
}

// apiUndo takes back a change of the log.
func (d *dashboard) apiUndo(w http.ResponseWriter, r *http.Request) error {
	var body undoBody
	if err := readJSON(r, &body); err != nil {
		return err
	}
	if body.Change == nil {
		return missing("change")
	}
	if err := d.takeBack(r.Context(), r.PathValue("name"), *body.Change); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
