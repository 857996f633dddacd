package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/access"
	refusals "github.com/sixpack-go/sixpack/dashboard/internal/refusal"
	"github.com/sixpack-go/sixpack/store"
)

// actionRoutes are those of what editors do, and undo.
func (d *dashboard) actionRoutes() []route {
	return []route{
		{http.MethodGet, "/experiments/{name}/do/{action}", access.Editor, d.confirm},
		{http.MethodPost, "/experiments/{name}/do/{action}", access.Editor, d.act},
		{http.MethodPost, "/experiments/{name}/undo", access.Editor, d.undo},
	}
}

// confirmPage says what an action will do, and asks for what it needs.
type confirmPage struct {
	*action

	Experiment string
	Refused    string // why it makes no sense now
	Tells      []string
	Fields     []field
	Problem    string // with all of what was filled in
	Clears     bool   // there is something to clear, which is another action
}

// Wrong tells whether anything is wrong with what was filled in.
func (p confirmPage) Wrong() bool {
	for _, f := range p.Fields {
		if f.Problem != "" {
			return true
		}
	}
	return p.Problem != ""
}

// confirm serves the page that comes before an action.
func (d *dashboard) confirm(w http.ResponseWriter, r *http.Request) error {
	a, s, err := d.asks(r, r.URL.Query())
	if err != nil {
		return err
	}
	return d.renderConfirm(w, r, a, s, nil)
}

// act carries out an action.
func (d *dashboard) act(w http.ResponseWriter, r *http.Request) error {
	a, s, err := d.asks(r, r.PostForm)
	if err != nil {
		return err
	}
	s.typed = true
	if err := a.do(r.Context(), d.engine, s); err != nil {
		return d.renderConfirm(w, r, a, s, err)
	}
	lead(w, r, d.afterwards(a, s.Name), http.StatusSeeOther)
	return nil
}

// afterwards returns the path of the page that says what was done.
func (d *dashboard) afterwards(a *action, experiment string) string {
	if a.Name == store.ActionDelete {
		return d.Prefix + "/?" + url.Values{"deleted": {experiment}}.Encode()
	}
	return d.experimentURL(experiment) + "?done=" + string(a.Name)
}

// asks returns the action and the experiment that a request is about.
func (d *dashboard) asks(r *http.Request, form url.Values) (*action, *subject, error) {
	a := actionOf(r.PathValue("action"))
	if a == nil {
		return nil, nil, errNotFound
	}
	s, err := d.subject(r, form)
	return a, s, err
}

// subject returns the experiment that a request is about.
func (d *dashboard) subject(r *http.Request, form url.Values) (*subject, error) {
	counts, err := d.engine.Counts(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return &subject{
		Record: counts.Record, report: analysis.Summary(counts, d.Now().In(d.Location)), algorithms: d.engine.Algorithms(), form: form,
		plainly: func(name string) string { return plainly(d.engine.Algorithm(name)) },
	}, nil
}

// renderConfirm writes the page that comes before an action, with the error of the
// attempt to carry it out, nil if there was none.
func (d *dashboard) renderConfirm(w http.ResponseWriter, r *http.Request, a *action, s *subject, failed error) error {
	title, status := a.Title+" "+s.Name, http.StatusOK
	p := confirmPage{action: a, Experiment: s.Name}
	if err := sixpack.Allowed(&s.Record, a.Name); err != nil {
		is := explain(err)
		p.Refused = is.Message
		return d.renderAs(w, r, is.Status, "confirm", title, p)
	}
	if p.Tells = a.tells(s); a.fields != nil {
		p.Fields = a.fields(s)
	}
	p.Clears = a.Name == store.ActionOverride && sixpack.Allowed(&s.Record, store.ActionClearOverride) == nil
	if failed != nil {
		wrong, is := formErrors(failed)
		if is.Status >= http.StatusInternalServerError {
			return failed
		}
		title, status, p.Problem = "Not done: "+title, is.Status, wrong[""]
		for i, f := range p.Fields {
			p.Fields[i].Problem = wrong[f.Name]
		}
	}
	return d.renderAs(w, r, status, "confirm", title, p)
}

// formErrors returns what a form says of an error, by field, and its status.
func formErrors(err error) (mistakes, refusals.Error) {
	is := explain(err)
	if is.Status == http.StatusBadRequest {
		is.Status = http.StatusUnprocessableEntity
	}
	if wrong, ok := errors.AsType[mistakes](err); ok {
		return wrong, is
	}
	if conflict, ok := errors.AsType[*sixpack.ConflictError](err); ok && conflict.Confirmable {
		return mistakes{anywayField: "Select this box to confirm."}, is
	}
	return mistakes{"": is.Message}, is
}

// undo undoes a change of the log.
func (d *dashboard) undo(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	id, err := strconv.ParseUint(r.PostForm.Get("change"), 10, 64)
	if err != nil {
		return refusal{http.StatusBadRequest, "The field change does not say which change to undo."}
	}
	if err := undoChange(r.Context(), d.engine, name, id); err != nil {
		return err
	}
	lead(w, r, d.experimentURL(name)+"?done="+string(store.ActionUndo), http.StatusSeeOther)
	return nil
}

// undoChange undoes a change of the log. A change that the log does not have is not found.
func undoChange(ctx context.Context, e *sixpack.Engine, experiment string, id uint64) error {
	err := e.Undo(ctx, experiment, id)
	if errors.Is(err, &sixpack.InvalidError{Argument: "change"}) {
		return refusal{http.StatusNotFound, "There is no such change in the log of this experiment."}
	}
	return err
}
