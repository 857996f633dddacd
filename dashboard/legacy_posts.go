package dashboard

import (
	"context"
	"net/http"

	"github.com/sixpack-go/sixpack/store"
)

// legacyPost serves a form of Sixpack's pages, which leads to the experiment's
// page. What is done already leads there as well: programs send these forms too.
func (d *dashboard) legacyPost(do func(ctx context.Context, of store.Record, r *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		counts, err := d.legacyCounts(r.Context(), r.PathValue("name"))
		if err != nil {
			return err
		}
		if err := settle(do(r.Context(), counts.Record, r), "Send the field anyway as well to confirm, such as anyway=yes."); err != nil {
			return err
		}
		lead(w, r, d.experimentURL(counts.Record.Name), http.StatusFound)
		return nil
	}
}

// postWinner sets the winner. Sixpack's form has no field anyway: a winner that is a
// risk needs it.
func (d *dashboard) postWinner(ctx context.Context, of store.Record, r *http.Request) error {
	if !r.PostForm.Has("alternative_name") {
		return refusal{http.StatusBadRequest, "The field alternative_name is missing."}
	}
	return setWinnerTo(ctx, d.engine, of.Name, r.PostForm.Get("alternative_name"), r.PostForm.Get(anywayField) != "")
}

func (d *dashboard) postResetWinner(ctx context.Context, of store.Record, _ *http.Request) error {
	return d.engine.ResetWinner(ctx, of.Name)
}

func (d *dashboard) postReset(ctx context.Context, of store.Record, _ *http.Request) error {
	return d.engine.Reset(ctx, of.Name)
}

func (d *dashboard) postPause(ctx context.Context, of store.Record, _ *http.Request) error {
	if of.Paused {
		return d.engine.Resume(ctx, of.Name)
	}
	return d.engine.Pause(ctx, of.Name)
}

func (d *dashboard) postArchive(ctx context.Context, of store.Record, _ *http.Request) error {
	if !of.Archived {
		return d.engine.Archive(ctx, of.Name)
	}
	return d.engine.Unarchive(ctx, of.Name)
}

func (d *dashboard) postDescription(ctx context.Context, of store.Record, r *http.Request) error {
	if !r.PostForm.Has("description") {
		return refusal{http.StatusBadRequest, "The field description is missing."}
	}
	return d.engine.Describe(ctx, of.Name, r.PostForm.Get("description"))
}

// postDelete serves the form that deletes an experiment, and leads to the list.
func (d *dashboard) postDelete(w http.ResponseWriter, r *http.Request) error {
	counts, err := d.legacyCounts(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	if err := d.engine.Delete(r.Context(), counts.Record.Name); err != nil {
		return err
	}
	lead(w, r, d.Prefix+"/", http.StatusFound)
	return nil
}
