package dashboard

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/sixpack-go/sixpack"
)

// undo takes back a change of the log.
func (d *dashboard) undo(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	id, err := strconv.ParseUint(r.PostForm.Get("change"), 10, 64)
	if err != nil {
		return refusal{http.StatusBadRequest, "The field change does not say which change to undo."}
	}
	err = d.engine.Undo(r.Context(), name, id)
	for _, known := range []error{sixpack.ErrUndo, sixpack.ErrPurged, sixpack.ErrPlan, sixpack.ErrAlgorithm, sixpack.ErrRamp} {
		if errors.Is(err, known) {
			return refusal{http.StatusConflict, sentence(err.Error()) + " Nothing was changed."}
		}
	}
	if err != nil {
		return err
	}
	lead(w, r, d.experimentURL(name)+"?done="+sixpack.ActionUndo, http.StatusSeeOther)
	return nil
}
