package httpapi

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/sixpack-go/sixpack"
)

// What a request can be refused for before the engine is asked.
var (
	errNotFound     = errors.New("not found")
	errNoExperiment = errors.New("experiment does not exist")
	errMethod       = errors.New("method not allowed")
	errTooLong      = errors.New("request too long")
	errPanic        = errors.New("internal error")
)

// wire says what errors come to. Clients' logs match on the messages. What is
// not listed is a failure of the store.
var wire = []struct {
	err     error
	status  int
	message string // that of err if empty
}{
	{sixpack.ErrMissing, http.StatusBadRequest, ""},
	{sixpack.ErrAlternatives, http.StatusBadRequest, ""},
	{sixpack.ErrTooMany, http.StatusBadRequest, ""},
	{sixpack.ErrDuplicate, http.StatusBadRequest, ""},
	{sixpack.ErrExperimentName, http.StatusBadRequest, ""},
	{sixpack.ErrAlternativeName, http.StatusBadRequest, ""},
	{sixpack.ErrKPI, http.StatusBadRequest, ""},
	{sixpack.ErrClientID, http.StatusBadRequest, ""},
	{sixpack.ErrTraffic, http.StatusBadRequest, ""},
	{sixpack.ErrWeights, http.StatusBadRequest, "invalid weights: give one for each alternative, in their order, none below 0 and not all 0"},
	{sixpack.ErrTime, http.StatusBadRequest, ""},
	{sixpack.ErrValue, http.StatusBadRequest, ""},
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

// refusal is the answer to what failed.
type refusal struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// refuse returns what err comes to.
func refuse(err error) (status int, answer refusal) {
	for _, w := range wire {
		if errors.Is(err, w.err) {
			return w.status, refusal{"failed", cmp.Or(w.message, w.err.Error())}
		}
	}
	return http.StatusServiceUnavailable, refusal{"failed", "redis is not available"}
}
