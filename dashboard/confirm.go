package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/store"
)

// confirmPage is the page that explains an action and has its form.
type confirmPage struct {
	*action

	Experiment  string
	Refused     string // why the action is not allowed; empty if it is
	Explanation []string
	Fields      []field
	Wrong       bool   // the form has a problem
	Problem     string // with the form as a whole
	Clears      bool   // the page links to the action that removes overrides
}

// confirm serves the page of an action.
func (d *dashboard) confirm(w http.ResponseWriter, r *http.Request) error {
	a, s, err := d.actionAndSubject(r, r.URL.Query())
	if err != nil {
		return err
	}
	return d.renderConfirm(w, r, a, s, nil)
}

// act carries an action out.
func (d *dashboard) act(w http.ResponseWriter, r *http.Request) error {
	a, s, err := d.actionAndSubject(r, r.PostForm)
	if err != nil {
		return err
	}
	s.submitted = true
	if err := a.do(r.Context(), s); err != nil {
		return d.renderConfirm(w, r, a, s, err)
	}
	http.Redirect(w, r, d.afterwards(a, s.Name), http.StatusSeeOther) //nolint:gosec // the path begins with the prefix
	return nil
}

// afterwards returns the path of the page that confirms an action.
func (d *dashboard) afterwards(a *action, experiment string) string {
	if a.Name == store.ActionDelete {
		return d.Prefix + "/?" + url.Values{"deleted": {experiment}}.Encode()
	}
	return d.experimentURL(experiment) + "?done=" + string(a.Name)
}

// actionAndSubject returns the action and the experiment in the path of a request.
func (d *dashboard) actionAndSubject(r *http.Request, form url.Values) (*action, *subject, error) {
	a := actionOf(r.PathValue("action"))
	if a == nil {
		return nil, nil, reply.ErrNotFound
	}
	counts, err := d.engine.Look(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, nil, err
	}
	return a, &subject{Record: counts.Record, engine: d.engine, report: analysis.Summary(counts, d.now()), form: form}, nil
}

// renderConfirm writes the page of an action, and the error if carrying it out failed.
func (d *dashboard) renderConfirm(w http.ResponseWriter, r *http.Request, a *action, s *subject, failed error) error {
	title, status := a.Title+": "+s.Name, http.StatusOK
	p := confirmPage{action: a, Experiment: s.Name}
	wrong, failure := formErrorOf(failed)
	if failure >= http.StatusInternalServerError {
		return failed
	}
	if err := sixpack.Allowed(&s.Record, a.Name); err != nil {
		is := reply.ErrorOf(err)
		p.Refused = is.Message
		return d.renderAs(w, r, is.Status, "confirm", title, p)
	}
	if p.Explanation = a.explain(s); a.fields != nil {
		p.Fields = a.fields(s)
	}
	p.Clears = a.Name == store.ActionOverride && sixpack.Allowed(&s.Record, store.ActionClearOverride) == nil
	if failed != nil {
		title, status, p.Wrong, p.Problem = "Error: "+title, failure, true, wrong[""]
		for i, f := range p.Fields {
			p.Fields[i].Problem = wrong[f.Name]
		}
	}
	return d.renderAs(w, r, status, "confirm", title, p)
}

// formErrorOf returns the messages that a form shows for an error, by field, and the
// status; nothing for nil.
func formErrorOf(err error) (formError, int) {
	if err == nil {
		return nil, 0
	}
	if wrong, ok := errors.AsType[formError](err); ok {
		return wrong, http.StatusUnprocessableEntity
	}
	is := reply.ErrorOf(err)
	if conflict, ok := errors.AsType[*sixpack.ConflictError](err); ok && conflict.Confirmable {
		return formError{"": is.Message, anywayField: "Select this box to confirm."}, is.Status
	}
	if is.Status == http.StatusBadRequest {
		is.Status = http.StatusUnprocessableEntity
	}
	return formError{"": is.Message}, is.Status
}

// undo undoes a change of an experiment.
func (d *dashboard) undo(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	id, err := strconv.ParseUint(r.PostForm.Get("change"), 10, 64)
	if err != nil {
		return reply.Refuse(http.StatusBadRequest, "The field change must be the ID of a change.")
	}
	if err := d.engine.Undo(r.Context(), name, id); err != nil {
		return err
	}
	http.Redirect(w, r, d.experimentURL(name)+"?done="+string(store.ActionUndo), http.StatusSeeOther) //nolint:gosec // the path begins with the prefix
	return nil
}
