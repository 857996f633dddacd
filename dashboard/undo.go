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

// errWinnerAgain refuses to set a winner by the way.
var errWinnerAgain = refusal{http.StatusConflict, "This would set a winner, although participants did not come in the shares that were set, so " +
	"that none of the numbers tells which alternative is better. If you mean it, set the winner itself. Nothing was changed."}

// takeBack undoes a change, or says why it cannot. It does not set a winner while
// the split is broken: that takes somebody who says that he means it.
func (d *dashboard) takeBack(ctx context.Context, name string, id uint64) error {
	log, err := d.engine.Changes(ctx, name, 0)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(log, func(c store.Change) bool { return c.ID == id })
	if i < 0 {
		return refusal{http.StatusNotFound, "There is no such change in the log of this experiment."}
	}
	if again, err := d.winsAgain(ctx, name, log[i]); err != nil {
		return err
	} else if again {
		return errWinnerAgain
	}
	err = d.engine.Undo(ctx, name, id)
	algorithm := &sixpack.InvalidError{Argument: "algorithm"} // which the engine does not have any more
	for _, known := range []error{sixpack.ErrUndo, sixpack.ErrPurged, sixpack.ErrLate, algorithm, sixpack.ErrRamp} {
		if errors.Is(err, known) {
			return refusal{http.StatusConflict, sentence(err.Error()) + " Nothing was changed."}
		}
	}
	return err
}

// winsAgain tells whether to undo a change sets a winner while the split is broken.
func (d *dashboard) winsAgain(ctx context.Context, name string, c store.Change) (bool, error) {
	var before store.Settings
	if !readSettings(c.Before, &before) || before.Winner == nil || *before.Winner == "" {
		return false, nil
	}
	all, err := d.engine.Reports(ctx, name)
	return err == nil && len(all) == 1 && all[0].SampleRatio.Mismatch, err
}
