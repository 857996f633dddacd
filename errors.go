package sixpack

import (
	"errors"
	"fmt"
)

// Errors that callers act on. Each is wrapped by an error that names the experiment.
// A call that returns one of these, an [*InvalidError] or a [*ConflictError] has
// changed nothing. Any other error means that the store failed or that the context
// ended: whether the call was carried out is then unknown, and it may be retried.
var (
	// ErrUnknown occurs when there is no experiment with the given name: no client
	// has taken part in it yet, or it was deleted.
	ErrUnknown = errors.New("experiment does not exist")
	// ErrChanged occurs when [Engine.Participate] declares other alternatives than
	// those with which the experiment was created.
	ErrChanged = errors.New("experiment alternatives have changed")
	// ErrNotParticipating occurs when [Engine.Convert] or [Engine.Lookup] names a
	// client that does not take part in the experiment.
	ErrNotParticipating = errors.New("this client was not participating")
	// ErrPaused occurs when [Engine.Convert] names a paused experiment.
	ErrPaused = errors.New("this experiment is paused")
	// ErrArchived occurs when [Engine.Convert] names an archived experiment.
	ErrArchived = errors.New("this experiment is archived")
	// ErrConflict is wrapped by every [*ConflictError].
	ErrConflict = errors.New("the state of the experiment does not allow this")
)

// An InvalidError reports an argument that breaks a rule.
type InvalidError struct {
	// Argument is "experiment name", "alternative name", "kpi name", "client id",
	// "alternatives", "weights", "traffic fraction", "algorithm", "value",
	// "datetime", "IP address", "plan", "ramp" or "change".
	Argument string
	Rule     string // the rule, and the given value
}

// Error implements error.
func (e *InvalidError) Error() string { return "invalid " + e.Argument + ": " + e.Rule }

// Is reports whether target is an InvalidError about the same argument, as in
// errors.Is(err, &InvalidError{Argument: "weights"}).
func (e *InvalidError) Is(target error) bool {
	t, ok := target.(*InvalidError)
	return ok && t.Argument == e.Argument
}

// invalid returns an [*InvalidError] with a formatted rule.
func invalid(argument, rule string, args ...any) error {
	return &InvalidError{argument, fmt.Sprintf(rule, args...)}
}

// A ConflictError reports an operation that the state of an experiment does not allow. It
// wraps [ErrConflict].
type ConflictError struct {
	Experiment string
	// Message is a sentence for an operator: why the operation is refused and what
	// to do first.
	Message string
	// Done is set if the operation would change nothing, because its effect is in place.
	Done bool
	// Confirmable is set if the operation is risky: it is carried out if the caller
	// confirms it.
	Confirmable bool
}

// Error implements error.
func (e *ConflictError) Error() string { return e.Experiment + ": " + e.Message }

// Unwrap returns [ErrConflict].
func (e *ConflictError) Unwrap() error { return ErrConflict }
