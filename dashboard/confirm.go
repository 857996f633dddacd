package dashboard

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/access"
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

// act does an action.
func (d *dashboard) act(w http.ResponseWriter, r *http.Request) error {
	a, s, err := d.asks(r, r.PostForm)
	if err != nil {
		return err
	}
	s.typed = true
	if a.refuses != nil && a.refuses(s) != "" {
		return d.renderConfirm(w, r, a, s, nil)
	}
	err = blame(a.do(r.Context(), d.engine, s))
	if wrong := mistakes(nil); errors.As(err, &wrong) {
		return d.renderConfirm(w, r, a, s, wrong)
	}
	if err != nil {
		return err
	}
	lead(w, r, d.afterwards(a, s.Name), http.StatusSeeOther)
	return nil
}

// afterwards returns the path of the page that says what was done.
func (d *dashboard) afterwards(a *action, experiment string) string {
	if a.Name == sixpack.ActionDelete {
		return d.Prefix + "/?" + url.Values{"deleted": {experiment}}.Encode()
	}
	return d.experimentURL(experiment) + "?done=" + a.Name
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
		Record: counts.Record, results: analysis.Summary(counts, d.Now().In(d.Location)), algorithms: d.engine.Algorithms(), form: form,
		plainly: func(name string) string { return plainly(d.engine.Algorithm(name)) },
	}, nil
}

// renderConfirm writes the page that comes before an action, with what is wrong.
func (d *dashboard) renderConfirm(w http.ResponseWriter, r *http.Request, a *action, s *subject, wrong mistakes) error {
	p := confirmPage{action: a, Experiment: s.Name, Problem: wrong[""]}
	title, status := a.Title+" "+s.Name, http.StatusOK
	if a.refuses != nil {
		p.Refused = a.refuses(s)
	}
	if p.Refused != "" {
		return d.renderAs(w, r, http.StatusConflict, "confirm", title, p)
	}
	if p.Tells = a.tells(s); a.fields != nil {
		p.Fields = a.fields(s)
	}
	p.Clears = a.Name == sixpack.ActionOverride && refuseClear(s) == ""
	for i, f := range p.Fields {
		p.Fields[i].Problem = wrong[f.Name]
	}
	if p.Wrong() {
		title, status = "Not done: "+title, http.StatusUnprocessableEntity
	}
	return d.renderAs(w, r, status, "confirm", title, p)
}
