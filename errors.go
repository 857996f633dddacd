package sixpack

import "errors"

// Errors that callers act on. Each is wrapped by an error that names the experiment.
// A call that returns one of these, an [*InvalidError] or a [*ConflictError] has
// changed nothing. Any other error means that the store failed or that the context
// ended: whether the call was carried out is then unknown, and it may be retried.

// ErrConflict is wrapped by every [*ConflictError].
var ErrConflict = errors.New("the state of the experiment does not allow this")

// An InvalidError reports an argument that breaks a rule, whatever is stored.
type InvalidError struct {
	Argument string // such as "weights" or "kpi"
	Rule     string // what holds for it, and what was given instead
}

// Error implements error.
func (e *InvalidError) Error() string { return "invalid " + e.Argument + ": " + e.Rule }

// A ConflictError reports an operation that makes no sense in the present state of
// an experiment. It wraps [ErrConflict].
type ConflictError struct {
	Experiment string
	// Message is a sentence for an operator: why the operation is refused and what
	// to do first.
	Message string
	// Done is set if the experiment already is as the operation would make it.
	Done bool
	// Confirmable is set if the operation is allowed but risky: it is carried out
	// if the caller confirms it.
	Confirmable bool
}

// Error implements error.
func (e *ConflictError) Error() string { return e.Experiment + ": " + e.Message }

// Unwrap returns [ErrConflict].
func (e *ConflictError) Unwrap() error { return ErrConflict }
