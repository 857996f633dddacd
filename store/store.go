// Package store defines what a store of experiments, clients and counts must do for the
// engine in package sixpack.
//
// The engine proposes and the store commits. The engine reads a [Record], decides in Go
// which alternative a client should get, and passes that decision to the store together with
// the [Record.Version] that it read. The store writes only if it still holds that version,
// in one atomic step, and answers with [Facts]. A store therefore contains no rules, clock
// or random choice: the caller passes times and choices, and the store guarantees that the
// version is the same and that the first choice wins.
//
// Every store must pass the conformance suite in store/storetest. What implementations have
// in common is here: the checks of arguments, the states of a client ([ClientState]) and the
// arithmetic of counts ([Counts]).
package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// ErrClosed is returned by every method of a store after Close.
var ErrClosed = errors.New("store is closed")

// ErrInvalid is wrapped by the error of a call that can never succeed, such as an import
// that contradicts the stored data. Nothing was written.
var ErrInvalid = errors.New("invalid")

// A Store keeps experiments, the alternatives of their clients, and counts.
//
// Every method is one atomic step: all of it happens or nothing does, even if the method
// returns an error, the context ends or the process dies. All methods may be called
// concurrently. When a method of a durable store returns without an error, its writes
// survive a crash. An error means that the store failed, that ctx ended, [ErrClosed] or
// [ErrInvalid]. A missing experiment or client is not an error but part of the answer. A
// call whose context ends while it runs may or may not have been carried out.
//
// Stores do not modify or keep arguments. Callers own the returned values, except
// [Facts.Record], which is shared and must not be modified.
type Store interface {
	// Participate remembers p.Record and then p.Choice, only if p.Version is the version
	// of the remembered record.
	Participate(ctx context.Context, p Participation) (Facts, error)

	// Convert counts a conversion of a participating client, only if c.Version is the
	// version of the remembered record.
	Convert(ctx context.Context, c Conversion) (Facts, error)

	// Lookup returns the record and the client's choice. It writes nothing.
	Lookup(ctx context.Context, experiment, client string) (Facts, error)

	// Records returns all experiments, sorted by name.
	Records(ctx context.Context) ([]Record, error)

	// Counts returns the records and counts of the named experiments in the order of
	// names, without those that do not exist. Without names it returns all experiments,
	// sorted by name. The counts of one experiment are consistent: the sums over days,
	// cohorts and clients agree, also after imports and after Clear with keepCounts.
	Counts(ctx context.Context, names ...string) ([]Counts, error)

	// Save replaces the record named r.Name by r if the remembered record has the version
	// r.Version, and gives it the version r.Version+1. A new Epoch.Number begins an epoch;
	// Counts still has the earlier ones. Either Stale or Wrote is set in the answer. If
	// Wrote is set, the same step added the changes to the experiment's log; otherwise it
	// added none.
	Save(ctx context.Context, r Record, changes ...Change) (Facts, error)

	// Clear is Save that also deletes all clients of the experiment in the same step and,
	// unless keepCounts is set, all its counts, KPIs and epochs before r.Epoch.
	Clear(ctx context.Context, r Record, keepCounts bool, changes ...Change) (Facts, error)

	// Delete deletes the experiment with all its data except its log. It reports whether
	// the experiment existed. If so, the same step added the changes to the log; otherwise
	// it added none.
	Delete(ctx context.Context, experiment string, changes ...Change) (found bool, err error)

	// Changes returns at most limit changes of the experiment's log, or all if limit is
	// not positive. The newest comes first, in the reverse order of [Change.Compare]. A
	// log belongs to a name: it survives Clear, Delete, and the creation of another
	// experiment with that name.
	Changes(ctx context.Context, experiment string, limit int) ([]Change, error)

	// Clients iterates over the clients of an experiment, each once and in no particular
	// order, including clients that are Out or Reserved. Clients that are added or changed
	// meanwhile may or may not be seen. The iteration ends after the first error.
	Clients(ctx context.Context, experiment string) iter.Seq2[Client, error]

	// Import merges data from elsewhere, as described at [Import]. Repeating an import
	// counts nothing twice.
	Import(ctx context.Context, i Import) (Imported, error)

	// Ping returns an error if the store cannot serve calls.
	Ping(ctx context.Context) error

	// Close releases the resources that the store itself opened. Calls in progress
	// finish; later ones return ErrClosed. A second Close does nothing.
	Close() error
}

// An Identifier is a [Store] that can identify its data. Programs that move data between stores
// use it to recognize one store under two addresses.
type Identifier interface {
	// ID returns a text that is the same for all stores that are open on the same data, and
	// different for all other data. The first call draws it, also in data of earlier releases,
	// and keeps it in the store. A copy of the data in another place, such as a restored backup,
	// has another ID. If the store has no ID and cannot be written, ID returns "".
	ID(ctx context.Context) (string, error)
}

// A choice is the alternative that a client has or is proposed: its index in
// Record.Alternatives, or one of these.
const (
	Out  = -1 // the client was seen, but is outside the traffic fraction and does not participate
	None = -2 // the client was never seen, or there is nothing to remember
)

// Participation asks a store to remember a client's choice.
type Participation struct {
	Experiment string
	Client     string
	// Version is the version of the record from which the choice was made; 0 if there was
	// none.
	Version uint64
	// Record, if not nil, is to be remembered as well. If Version is 0 and there is no
	// record, it is created with the version that it has; otherwise it replaces the record,
	// as in Save.
	Record *Record
	// Choice is remembered if the client has none yet, or if the client is Out and Choice
	// is an alternative. None remembers no choice.
	Choice int
	Epoch  uint32 // the epoch that the client enters
	// Reserve keeps the choice, which must be an alternative, for a later participation of
	// the client without counting it. The next Participate that has an alternative and no
	// Reserve counts the reserved alternative in the epoch of the reservation, whatever
	// its own Choice and Epoch are.
	Reserve bool
	At      time.Time // its date in its own location is the day that is counted
}

// Check returns an error that wraps [ErrInvalid] if a store cannot carry out p. Stores call
// it before they write. The record remembered after p has n alternatives.
func (p Participation) Check(n int) error {
	switch r := p.Record; {
	case p.Choice < None || p.Choice >= n:
		return fmt.Errorf("%w: choice %d of %d alternatives", ErrInvalid, p.Choice, n)
	case p.Reserve && p.Choice < 0:
		return fmt.Errorf("%w: reservation without an alternative", ErrInvalid)
	case r != nil && r.Name != p.Experiment:
		return fmt.Errorf("%w: record of %q for experiment %q", ErrInvalid, r.Name, p.Experiment)
	case r != nil && p.Version == 0 && r.Version == 0:
		return fmt.Errorf("%w: new record of %q without a version", ErrInvalid, p.Experiment)
	}
	return nil
}

// Conversion asks a store to count a conversion.
type Conversion struct {
	Experiment string
	Client     string
	Version    uint64 // the version of the record that the caller knows
	KPI        string // "" is the default KPI
	Value      Amount // added to the client's running total
	HasValue   bool
	At         time.Time // its date in its own location is the day that is counted
}

// Measure returns the measure that c fixes if it is the first conversion for its KPI.
func (c Conversion) Measure() Measure {
	if c.HasValue {
		return MeasureMean
	}
	return MeasureRate
}

// Facts is a store's answer to a call.
type Facts struct {
	Version uint64 // of the remembered record after the call; 0 if there is no such experiment
	// Stale reports whether the call was not carried out because the store has no record
	// with the version that the caller named: the record has changed, or there is none. It
	// is never set by Lookup, which names no version.
	Stale bool
	// Record is the remembered record, nil if there is none, after Lookup and after calls
	// that were Stale. After other calls it is nil. It is shared: do not modify it.
	Record   *Record
	Choice   int    // the client's choice after the call: an index, Out or None
	Reserved bool   // Choice is reserved for the client, which does not participate yet
	Epoch    uint32 // the epoch that the client entered; meaningless if Choice is no alternative
	Wrote    bool   // the call changed the client or, in Save and Clear, the experiment
	Overflow bool   // the value would take the client's total beyond ±MaxTotal, so nothing was written
}
