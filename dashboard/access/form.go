package access

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"mime"
	"net/http"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// formField is the field of forms that holds the form token. Scripts can send the
// token in formHeader instead.
const (
	formField  = "_csrf_token"
	formHeader = "X-Csrf-Token"
)

var (
	errForm = reply.Refuse(http.StatusForbidden, "This form has expired, so nothing was changed. Go back, reload the page and try again. "+
		"If that does not help, allow this site to set cookies.")
	errNoProof = reply.Refuse(http.StatusForbidden, "Nothing was changed, because another site could have sent this request. "+
		"Send a bearer token, or a page’s form token in the header "+formHeader+".")
	errUnreadable = reply.Refuse(http.StatusBadRequest, "The form cannot be parsed, so nothing was changed. Send it as application/x-www-form-urlencoded or multipart/form-data.")
)

// FormToken returns the token that a form must send back in _csrf_token. It proves
// that the caller opened the page with the form.
func (g *Guard) FormToken(r *http.Request) string {
	c := CallerOf(r)
	return g.sign("form\x00" + c.visit + "\x00" + c.Name)
}

// checkForm refuses a change without the form token. A bearer token needs none:
// browsers do not send it by themselves, so another site's page cannot use it.
func (g *Guard) checkForm(r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	given := cmp.Or(r.Header.Get(formHeader), r.PostForm.Get(formField))
	if CallerOf(r).by == byToken || g.options.NoFormTokens {
		return nil
	}
	if subtle.ConstantTimeCompare([]byte(given), []byte(g.FormToken(r))) != 1 {
		if g.site.WantsJSON(r) {
			return errNoProof
		}
		return errForm
	}
	return nil
}

// parseForm parses the body if it is a form of either type.
func parseForm(r *http.Request) error {
	err := r.ParseForm()
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
		err = r.ParseMultipartForm(maxBody) //nolint:gosec // Protect limits the body
	}
	if tooLong := (*http.MaxBytesError)(nil); err == nil || errors.As(err, &tooLong) {
		return err
	}
	return errUnreadable
}
