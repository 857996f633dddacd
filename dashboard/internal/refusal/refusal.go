// Package refusal has the errors that callers of the dashboard see, and the one
// table from errors to HTTP statuses.
package refusal

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sixpack-go/sixpack"
)

// Error is an error with a message for the caller.
type Error struct {
	Status  int // of the answer
	Message string
}

// New returns an [Error].
func New(status int, message string) error { return Error{status, message} }

func (e Error) Error() string { return e.Message }

// Of returns what the caller is told about an error. An error that is not in the table
// is a failure of the store.
func Of(err error) Error {
	var (
		known    Error
		tooLong  *http.MaxBytesError
		invalid  *sixpack.InvalidError
		conflict *sixpack.ConflictError
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &invalid):
		text := invalid.Error()
		return Error{http.StatusBadRequest, strings.ToUpper(text[:1]) + text[1:] + "."}
	case errors.As(err, &conflict):
		return Error{http.StatusConflict, conflict.Message}
	case errors.As(err, &tooLong):
		return Error{http.StatusRequestEntityTooLarge, "The request is too long, so nothing was changed. Shorten it to less than 1 MB."}
	case errors.Is(err, sixpack.ErrUnknown):
		return Error{http.StatusNotFound, "There is no such experiment."}
	default:
		return Error{http.StatusServiceUnavailable, "The store does not answer. Nothing was changed; try again in a moment."}
	}
}
