package dashboard

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"mime"
	"net/http"
)

// formField is the field of forms that holds their token, and formHeader the
// header that scripts can send it in.
const (
	formField  = "_csrf_token"
	formHeader = "X-Csrf-Token"
)

var (
	errForm = refusal{http.StatusForbidden, "This form is not valid any more, so that nothing was changed. Go back, reload the page and try again. " +
		"Should that not help, allow this site to set cookies."}
	errProgram = refusal{http.StatusForbidden, "Nothing was changed, as this could come from anywhere: send a bearer token, or the token of a page in the header " +
		formHeader + "."}
	errUnreadable = refusal{http.StatusBadRequest, "This form cannot be read, so that nothing was changed."}
)

// token returns the one that a form must carry, which shows that it is from a
// page that the same person opened.
func (d *dashboard) token(r *http.Request) string {
	p := who(r)
	return d.gate.digest("form\x00" + p.visit + "\x00" + p.name)
}

// checkForm refuses a change that does not carry the token. A program has to send
// its own one by itself, so that nobody can make it do what it does not want.
func (d *dashboard) checkForm(r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	given := cmp.Or(r.Header.Get(formHeader), r.PostForm.Get(formField))
	if who(r).by == byToken || d.Access.NoFormTokens {
		return nil
	}
	if subtle.ConstantTimeCompare([]byte(given), []byte(d.token(r))) != 1 {
		if d.wantsJSON(r) {
			return errProgram
		}
		return errForm
	}
	return nil
}

// parseForm reads a form of either kind, and leaves other bodies alone.
func parseForm(r *http.Request) error {
	err := r.ParseForm()
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
		err = r.ParseMultipartForm(maxBody) //nolint:gosec // guard bounds the body
	}
	if long := (*http.MaxBytesError)(nil); err == nil || errors.As(err, &long) {
		return err
	}
	return errUnreadable
}
