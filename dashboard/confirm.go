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
	http.Redirect(w, r, d.afterwards(a, s.Name), http.StatusSeeOther) //nolint:gosec // the path begins with the prefix
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
		return nil, nil, reply.ErrNotFound
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
		Record: counts.Record, report: analysis.Summary(counts, d.now()), algorithms: d.engine.Algorithms(), form: form,
		plainly: func(name string) string { return explainAlgorithm(d.engine.Algorithm(name)) },
	}, nil
}

// renderConfirm writes the page that comes before an action, with the error of the
// attempt to carry it out, nil if there was none.
func (d *dashboard) renderConfirm(w http.ResponseWriter, r *http.Request, a *action, s *subject, failed error) error {
	title, status := a.Title+" "+s.Name, http.StatusOK
	p := confirmPage{action: a, Experiment: s.Name}
	wrong, failure := formErrors(failed)
	if failure >= http.StatusInternalServerError {
		return failed
	}
	if err := sixpack.Allowed(&s.Record, a.Name); err != nil {
		is := reply.ErrorOf(err)
		p.Refused = is.Message
		return d.renderAs(w, r, is.Status, "confirm", title, p)
	}
	if p.Tells = a.tells(s); a.fields != nil {
		p.Fields = a.fields(s)
	}
	p.Clears = a.Name == store.ActionOverride && sixpack.Allowed(&s.Record, store.ActionClearOverride) == nil
	if failed != nil {
		title, status, p.Problem = "Not done: "+title, failure, wrong[""]
		for i, f := range p.Fields {
			p.Fields[i].Problem = wrong[f.Name]
		}
	}
	return d.renderAs(w, r, status, "confirm", title, p)
}

// formErrors returns the messages that a form shows for an error, by field, and the
// status; nothing for nil.
func formErrors(err error) (mistakes, int) {
	if err == nil {
		return nil, 0
	}
	if wrong, ok := errors.AsType[mistakes](err); ok {
		return wrong, http.StatusUnprocessableEntity
	}
	is := reply.ErrorOf(err)
	if conflict, ok := errors.AsType[*sixpack.ConflictError](err); ok && conflict.Confirmable {
		return mistakes{"": is.Message, anywayField: "Select this box to confirm."}, is.Status
	}
	if is.Status == http.StatusBadRequest {
		is.Status = http.StatusUnprocessableEntity
	}
	return mistakes{"": is.Message}, is.Status
}

// undo undoes a change of the log.
func (d *dashboard) undo(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	id, err := strconv.ParseUint(r.PostForm.Get("change"), 10, 64)
	if err != nil {
		return reply.Refuse(http.StatusBadRequest, "The field change does not say which change to undo.")
	}
	if err := d.engine.Undo(r.Context(), name, id); err != nil {
		return err
	}
	http.Redirect(w, r, d.experimentURL(name)+"?done="+string(store.ActionUndo), http.StatusSeeOther) //nolint:gosec // the path begins with the prefix
	return nil
}
