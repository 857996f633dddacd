// Package reply has the answers that pages, the JSON API and Sixpack's routes share:
// errors with the one table from errors to HTTP statuses, JSON and CSV files.
package reply

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

func (e Error) Error() string { return e.Message }

// Refuse returns an [Error].
func Refuse(status int, message string) error { return Error{status, message} }

// ErrNotFound is the error of a path that does not exist.
var ErrNotFound = Refuse(http.StatusNotFound, "There is no such page. Check the path.")

// ErrorOf returns the status and message for an error. Errors that are not in the table
// are failures of the store.
func ErrorOf(err error) Error {
	var (
		known    Error
		tooLong  *http.MaxBytesError
		invalid  *sixpack.InvalidError
		conflict *sixpack.ConflictError
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, sixpack.ErrUnknown):
		return Error{http.StatusNotFound, "There is no such experiment. Check its name."}
	case errors.Is(err, &sixpack.InvalidError{Argument: "change"}):
		return Error{http.StatusNotFound, "There is no such change in the history of this experiment. Reload the history and use the ID of one of its changes."}
	case errors.As(err, &invalid):
		text := invalid.Error()
		return Error{http.StatusBadRequest, strings.ToUpper(text[:1]) + text[1:] + "."}
	case errors.As(err, &conflict):
		return Error{http.StatusConflict, conflict.Message}
	case errors.As(err, &tooLong):
		return Error{http.StatusRequestEntityTooLarge, "The request is larger than 1 MiB, so nothing was changed. Shorten it."}
	default:
		return Error{http.StatusServiceUnavailable, "The store is not available. Nothing was changed; try again in a moment."}
	}
}

// Settle returns nil if err refuses an operation because it is already done, so that
// programs can repeat their requests. If the operation can be confirmed, it adds to the
// message how to confirm it.
func Settle(err error, confirmation string) error {
	conflict, ok := errors.AsType[*sixpack.ConflictError](err)
	switch {
	case ok && conflict.Done:
		return nil
	case ok && conflict.Confirmable:
		return Error{http.StatusConflict, conflict.Message + " " + confirmation}
	default:
		return err
	}
}
