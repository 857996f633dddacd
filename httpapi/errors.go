package httpapi

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sixpack-go/sixpack"
)

// Errors of requests that do not reach the engine.
var (
	errMissing      = errors.New("missing arguments")
	errNotFound     = errors.New("not found")
	errNoExperiment = errors.New("experiment does not exist")
	errMethod       = errors.New("method not allowed")
	errTooLong      = errors.New("request too long")
	errPanic        = errors.New("internal error")
)

// wire holds the status and the message of errors. Users match the messages in the logs of
// clients. The first entry that an error wraps applies.
var wire = []struct {
	err     error
	status  int
	message string // the text of err if empty
}{
	{errMissing, http.StatusBadRequest, ""},
	{argument("traffic fraction"), http.StatusBadRequest, "invalid traffic fraction range"},
	{argument("weights"), http.StatusBadRequest, "invalid weights: give one for each alternative, in their order, none below 0 and not all 0"},
	{sixpack.ErrChanged, http.StatusBadRequest, "experiment alternatives have changed. please delete in the admin"},
	{sixpack.ErrUnknown, http.StatusBadRequest, ""},
	{sixpack.ErrNotParticipating, http.StatusBadRequest, ""},
	{sixpack.ErrPaused, http.StatusBadRequest, "this experiment is paused and can not receive updates."},
	{sixpack.ErrArchived, http.StatusBadRequest, "this experiment is archived and can no longer be updated"},
	{errNotFound, http.StatusNotFound, ""},
	{errNoExperiment, http.StatusNotFound, ""},
	{errMethod, http.StatusMethodNotAllowed, ""},
	{errTooLong, http.StatusRequestURITooLong, ""},
	{errPanic, http.StatusInternalServerError, ""},
}

// argument returns an error that matches all errors about an argument.
func argument(name string) error { return &sixpack.InvalidError{Argument: name} }

// invalid returns the error of an argument whose text cannot be parsed.
func invalid(argument, text, want string) error {
	return &sixpack.InvalidError{Argument: argument, Rule: fmt.Sprintf("%q is not %s", text, want)}
}

// missing returns the error of a request without a required argument.
func missing(argument string) error {
	return fmt.Errorf("%w: %w", errMissing, &sixpack.InvalidError{Argument: argument, Rule: "it is required"})
}

// refusal is the body of an answer with an error.
type refusal struct {
	Status  string  `json:"status"`
	Message string  `json:"message"`
	Detail  *detail `json:"detail,omitempty"`
}

// detail names the argument that is invalid and the rule that it breaks.
type detail struct {
	Argument string `json:"argument"`
	Rule     string `json:"rule"`
}

// refuse returns the status and the body for err.
func refuse(err error) (status int, body refusal) {
	body.Status = "failed"
	invalid, ok := errors.AsType[*sixpack.InvalidError](err)
	if ok {
		body.Detail = &detail{invalid.Argument, invalid.Rule}
	}
	for _, w := range wire {
		if errors.Is(err, w.err) {
			body.Message = cmp.Or(w.message, w.err.Error())
			return w.status, body
		}
	}
	if ok {
		body.Message = "invalid " + invalid.Argument
		if invalid.Argument == "alternatives" { // its rules begin with Sixpack's messages
			body.Message, _, _ = strings.Cut(invalid.Rule, ":")
		}
		return http.StatusBadRequest, body
	}
	// The store failed. Sixpack's clients know this text, so it stays for other stores.
	body.Message = "redis is not available"
	return http.StatusServiceUnavailable, body
}
