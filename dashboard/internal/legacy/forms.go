package legacy

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/store"
)

// form serves a form of Sixpack's pages, and redirects to a path. It also redirects if the
// operation is already done, because programs repeat their requests.
func (l routes) form(to string, submit func(r *http.Request, x store.Record) error) access.Serve {
	return func(w http.ResponseWriter, r *http.Request) error {
		counts, err := l.counts(r, r.PathValue("name"))
		if err != nil {
			return err
		}
		if err := reply.Settle(submit(r, counts.Record), "To confirm, add the field anyway=yes."); err != nil {
			return err
		}
		http.Redirect(w, r, l.prefix+strings.ReplaceAll(to, "{name}", url.PathEscape(counts.Record.Name)), http.StatusFound)
		return nil
	}
}

// setWinner sets the winner. The field anyway, which Sixpack's form does not have,
// confirms a [sixpack.WinnerRisk].
func (l routes) setWinner(r *http.Request, x store.Record) error {
	if !r.PostForm.Has("alternative_name") {
		return missing("alternative_name")
	}
	var options []sixpack.WinnerOption
	if r.PostForm.Get("anyway") != "" {
		options = append(options, sixpack.Confirmed())
	}
	return l.engine.SetWinner(r.Context(), x.Name, r.PostForm.Get("alternative_name"), options...)
}

// operation returns the submit function of a form without fields.
func operation(do func(ctx context.Context, experiment string) error) func(*http.Request, store.Record) error {
	return func(r *http.Request, x store.Record) error { return do(r.Context(), x.Name) }
}

// pause pauses an experiment, or resumes it.
func (l routes) pause(r *http.Request, x store.Record) error {
	if x.Paused {
		return l.engine.Resume(r.Context(), x.Name)
	}
	return l.engine.Pause(r.Context(), x.Name)
}

// archive archives an experiment, or unarchives it.
func (l routes) archive(r *http.Request, x store.Record) error {
	if x.Archived {
		return l.engine.Unarchive(r.Context(), x.Name)
	}
	return l.engine.Archive(r.Context(), x.Name)
}

func (l routes) describe(r *http.Request, x store.Record) error {
	if !r.PostForm.Has("description") {
		return missing("description")
	}
	return l.engine.Describe(r.Context(), x.Name, r.PostForm.Get("description"))
}

func missing(field string) error {
	return reply.Refuse(http.StatusBadRequest, "The field "+field+" is required.")
}
