package dashboard

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// undo takes back a change of the log.
func (d *dashboard) undo(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	id, err := strconv.ParseUint(r.PostForm.Get("change"), 10, 64)
	if err != nil {
		return refusal{http.StatusBadRequest, "The field change does not say which change to undo."}
	}
	if err := d.takeBack(r.Context(), name, id); err != nil {
		return err
	}
	lead(w, r, d.experimentURL(name)+"?done="+sixpack.ActionUndo, http.StatusSeeOther)
	return nil
}

// takeBack undoes a change, or says why it cannot.
func (d *dashboard) takeBack(ctx context.Context, name string, id uint64) error {
	err := d.engine.Undo(ctx, name, id)
	if errors.Is(err, sixpack.ErrUndo) {
		log, failure := d.engine.Changes(ctx, name, 0)
		if failure != nil {
			return failure
		}
		if !slices.ContainsFunc(log, func(c store.Change) bool { return c.ID == id }) {
			return refusal{http.StatusNotFound, "There is no such change in the log of this experiment."}
		}
	}
	for _, known := range []error{sixpack.ErrUndo, sixpack.ErrPurged, sixpack.ErrPlan, sixpack.ErrAlgorithm} {
		if errors.Is(err, known) {
			return refusal{http.StatusConflict, sentence(err.Error()) + " Nothing was changed."}
		}
	}
	return err
}
