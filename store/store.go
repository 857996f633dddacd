// Package store says what a store of experiments, clients and counts must do
// for the engine in package sixpack, and nothing of how.
//
// The engine proposes, a store keeps: the engine reads a [Record], decides in
// Go what a client should get, and hands the store that decision together with
// the [Record.Version] it was made from. The store writes only if that version
// is still the one it holds, in one atomic step, and answers with [Facts]. A
// store therefore holds no rules, no clock and no dice: time and choices come
// in from above, and "the same version, and first wins" is all it guards.
//
// Every store, ours or a stranger's, must pass the suite in store/storetest.
package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// ErrClosed is returned by every method of a store after Close.
var ErrClosed = errors.New("store is closed")

// ErrInvalid is wrapped by the error of a call that can never succeed, such as
// an import that contradicts what the store holds. Nothing was written.
var ErrInvalid = errors.New("invalid")

// A Store keeps experiments, the alternatives their clients got, and counts.
//
// Every method is one atomic step: it happens wholly or not at all, also when
// it returns an error, the context ends or the process dies. All methods may
// be called concurrently. When a durable store returns without an error, what
// was written survives a crash. An error means that the store failed (or that
// ctx ended, or [ErrClosed], or [ErrInvalid]); what is not there is not an
// error but a fact. A call whose context ends while it runs may or may not have
// been carried out.
//
// Arguments are never modified or kept. Values returned are the caller's,
// except [Facts.Record], which is shared and must not be modified.
type Store interface {
	// Participate remembers, in this order and only if p.Version is the version
	// of the remembered record, p.Record and p.Choice.
	Participate(ctx context.Context, p Participation) (Facts, error)

	// Convert counts a conversion of a client that participates, only if
	// c.Version is the version of the remembered record.
	Convert(ctx context.Context, c Conversion) (Facts, error)

	// Lookup answers with the record and the client's choice and writes nothing.
	Lookup(ctx context.Context, experiment, client string) (Facts, error)

	// Records answers with all experiments, sorted by name.
	Records(ctx context.Context) ([]Record, error)

	// Counts answers with the records and counts of the named experiments, in
	// the order of names, leaving out those that do not exist; with no name,
	// of all experiments, sorted by name. Counts of one experiment are
	// consistent: sums over days, epochs and clients agree.
	Counts(ctx context.Context, names ...string) ([]Counts, error)

	// Save replaces the record named r.Name by r if the remembered one has the
	// version r.Version, and remembers it under the version r.Version+1. A new
	// Epoch.Number begins an epoch; the earlier ones stay in Counts. Facts tell
	// the outcome; Stale is the opposite of Wrote. If Wrote is true, the changes
	// are in the experiment's log, by the same step; else none is.
	Save(ctx context.Context, r Record, changes ...Change) (Facts, error)

	// Clear is Save, and in the same step forgets all clients of the
	// experiment and, unless keepCounts, all its counts, KPIs and epochs before
	// r.Epoch.
	Clear(ctx context.Context, r Record, keepCounts bool, changes ...Change) (Facts, error)

	// Delete forgets the experiment and everything about it but its log, and
	// nothing else. It reports whether there was one. If so, the changes are in
	// the log, by the same step; else none is.
	Delete(ctx context.Context, experiment string, changes ...Change) (found bool, err error)

	// Changes answers with the log of the experiment: the newest change first,
	// in the order of [Change.Compare] reversed, and no more than most, unless
	// that is 0 or less. A log belongs to a name: it outlives Clear, Delete, and
	// the creation of another experiment of that name.
	Changes(ctx context.Context, experiment string, most int) ([]Change, error)

	// Clients iterates over the clients of an experiment in no particular
	// order, each once, reserved and left-out ones included. Clients that come
	// or change while it runs may be seen or not. It ends after the first error.
	Clients(ctx context.Context, experiment string) iter.Seq2[Client, error]

	// Import merges data from elsewhere. It may be repeated: what is known
	// already is not counted again.
	Import(ctx context.Context, i Import) (Imported, error)

	// Ping tells whether the store can serve.
	Ping(ctx context.Context) error

	// Close releases what the store itself opened. Calls under way finish;
	// later ones return ErrClosed. A second Close does nothing.
	Close() error
}

// What a client has in an experiment, or is proposed: the index of its
// alternative in Record.Alternatives, or one of these.
const (
	Out  = -1 // seen, but outside the traffic fraction: takes no part
	None = -2 // nothing: never seen, or nothing to remember
)

// Record is what a store remembers of an experiment beside clients and counts.
type Record struct {
	Name string `json:"name"`
	// Version changes with every change of the record, and is never the same
	// for two experiments of the same name, one deleted before the other came.
	// Whoever creates a record draws the first one, in 1..1<<52; stores add 1.
	Version      uint64    `json:"version"`
	Alternatives []string  `json:"alternatives"` // the first is the control
	Salt         string    `json:"salt"`         // what choices are hashed with; the name, until a reset
	Created      time.Time `json:"created"`
	Traffic      float64   `json:"traffic"`             // fraction of clients let in, in (0,1], as callers declared it last
	Weights      []float64 `json:"weights,omitempty"`   // as callers declared them last; nil: equal
	Algorithm    string    `json:"algorithm,omitempty"` // as callers declared it last; empty: the engine's
	Override     Override  `json:"override,omitzero"`   // what an operator set; it goes before what callers declare
	Plan         Plan      `json:"plan,omitzero"`       // what is to be found out
	Ramp         Ramp      `json:"ramp,omitzero"`       // raises the traffic that Override has
	Epoch        Epoch     `json:"epoch"`               // the present one
	Winner       string    `json:"winner,omitempty"`    // everyone gets it; empty: none
	Paused       bool      `json:"paused,omitempty"`
	Archived     bool      `json:"archived,omitempty"`
	Purged       bool      `json:"purged,omitempty"` // its clients were forgotten, its counts kept
	Description  string    `json:"description,omitempty"`
	// KPIs are those seen so far, in order of appearance; "" is the default one.
	// Only Convert, Import and Clear change them, and that without a new Version;
	// in a record given to a store they are ignored, but for that of an Import.
	KPIs []string `json:"kpis,omitempty"`
}

// Clone returns a copy of r that shares nothing with it.
func (r Record) Clone() Record {
	r.Alternatives = slices.Clone(r.Alternatives)
	r.Weights = slices.Clone(r.Weights)
	r.Override.Weights = slices.Clone(r.Override.Weights)
	r.Ramp = r.Ramp.Clone()
	r.Epoch.Weights = slices.Clone(r.Epoch.Weights)
	r.KPIs = slices.Clone(r.KPIs)
	return r
}

// PrimaryKPI returns the KPI by which the experiment is judged: that of its plan.
// Without one it is the default KPI, unless there have been conversions, but only
// for others: then it is the first of these.
func (r Record) PrimaryKPI() string {
	if r.Plan.KPI == "" && len(r.KPIs) > 0 && !slices.Contains(r.KPIs, "") {
		return r.KPIs[0]
	}
	return r.Plan.KPI
}

// TrafficInForce returns the fraction of clients that may take part, in (0,1]: the
// one that an operator or a ramp set, else the one that callers declared.
func (r *Record) TrafficInForce() float64 { return cmp.Or(r.Override.Traffic, r.Traffic) }

// AlgorithmInForce returns the name of the algorithm that an operator set, else of
// the one that callers declared. Empty is the engine's default.
func (r *Record) AlgorithmInForce() string { return cmp.Or(r.Override.Algorithm, r.Algorithm) }

// WeightsInForce returns the weights that an operator set, else those that callers
// declared, nil for equal ones. An algorithm that learns begins with them; [Record.Shares]
// returns what it has made of them.
func (r *Record) WeightsInForce() []float64 {
	if r.Override.Weights != nil {
		return r.Override.Weights
	}
	return r.Weights
}

// Shares returns the fraction of new participants that each alternative gets at
// present, as [Epoch.Shares] does. The result must not be modified.
func (r *Record) Shares() []float64 { return r.Epoch.Shares(len(r.Alternatives)) }

// Open reports whether the experiment takes new participants: it has no winner and is
// neither paused nor archived. While there is a winner, participants still convert.
func (r *Record) Open() bool { return r.Winner == "" && !r.Paused && !r.Archived }

// Override holds what an operator set against the callers' declarations. Zero
// fields override nothing.
type Override struct {
	Traffic   float64   `json:"traffic,omitempty"`
	Weights   []float64 `json:"weights,omitempty"`
	Algorithm string    `json:"algorithm,omitempty"`
}

// Plan says what an experiment is to find out. Zero fields leave it to the engine.
type Plan struct {
	// KPI is the primary one, by which the experiment is judged; "" is the default
	// KPI.
	KPI string `json:"kpi,omitempty"`
	// Effect is the smallest lift worth finding, as a fraction of control's rate:
	// 0.1 is 10 %.
	Effect   float64  `json:"effect,omitempty"`
	Baseline float64  `json:"baseline,omitempty"` // control's rate as expected, in (0,1)
	Power    float64  `json:"power,omitempty"`    // the chance that Effect is found, in (0,1)
	Alpha    float64  `json:"alpha,omitempty"`    // the chance of a false alarm, in (0,1)
	Size     int64    `json:"size,omitempty"`     // participants of all alternatives together
	Analysis Analysis `json:"analysis,omitempty"`
}

// Analysis is when an experiment may be looked at.
type Analysis string

// The analyses. Empty is AlwaysValid.
const (
	AnalysisAlwaysValid Analysis = "always-valid" // at any time, as often as one likes
	AnalysisFixed       Analysis = "fixed"        // once, when Plan.Size participants are there
)

// Epoch is a stretch of constant expected shares: the chance that each alternative
// had to be chosen for whoever entered in it, as [Client] says.
type Epoch struct {
	Number  uint32    `json:"number"` // 1, 2, …; 0 collects clients nobody drew an alternative for: forced or chosen ones
	Start   time.Time `json:"start"`
	Weights []float64 `json:"weights,omitempty"` // expected shares, summing to 1; nil: equal
}

// Shares returns e.Weights, or n equal shares if it is nil. The result sums to 1 and
// must not be modified.
func (e *Epoch) Shares(n int) []float64 {
	if e.Weights != nil {
		return e.Weights
	}
	return slices.Repeat([]float64{1 / float64(n)}, n)
}

// Participation asks a store to remember what a client got.
type Participation struct {
	Experiment string
	Client     string
	// Version is that of the record the choice was made from, 0 if there was
	// none.
	Version uint64
	// Record, if not nil, is to be remembered as well: created, when Version is
	// 0 and there is none, with the Version it carries; else replaced, as by
	// Save.
	Record *Record
	// Choice is remembered if the client has nothing yet, or is Out and Choice
	// is an alternative. None remembers no choice.
	Choice int
	Epoch  uint32 // the one the client enters in
	// Reserve keeps the choice, which must be an alternative, for the client's
	// later participation without counting it. A later Participate that is not
	// itself a reservation and whose Choice is an alternative counts the reserved
	// alternative in the epoch it was reserved in, whatever its Choice and Epoch.
	Reserve bool
	At      time.Time // its date in its own location is the day counted
}

// Conversion asks a store to count a conversion.
type Conversion struct {
	Experiment string
	Client     string
	Version    uint64 // of the record the caller knows; it must be the present one
	KPI        string // "" is the default KPI
	Value      Amount // added to the client's running total
	HasValue   bool
	At         time.Time // its date in its own location is the day counted
}

// Facts is what a store knows after a call.
type Facts struct {
	Version uint64 // of the remembered record, after the call; 0: there is no such experiment
	// Stale reports whether the call was not carried out because no record of the
	// version that the caller named is remembered: the record has changed, or there
	// is none. Lookup, which names no version, is never stale.
	Stale bool
	// Record is the remembered record, or nil if there is none, in answer to
	// Lookup and to calls that were Stale. Otherwise it is nil. It is shared: do
	// not modify it.
	Record   *Record
	Choice   int  // what the client has now: an index, Out or None
	Reserved bool // Choice is kept for the client, which does not participate yet
	Epoch    uint32
	Wrote    bool // this call changed what is remembered of the client or, in Save and Clear, of the experiment
	Overflow bool // this conversion's value would take the client's total beyond ±MaxTotal: nothing was written
}

// Client is one client of an experiment, as Clients gives and Import takes it.
type Client struct {
	ID          string
	Choice      int // an index or Out
	Epoch       uint32
	Reserved    bool
	Day         Day                // it took part first, or was left out
	Conversions []ClientConversion // one for each KPI it converted
}

// ClientConversion is what a client did for one KPI.
type ClientConversion struct {
	KPI    string
	Day    Day   // of the first conversion
	Events int64 // conversions, the first included
	Total  Amount
}

// Import is data from elsewhere to be merged into one experiment.
type Import struct {
	// Record is kept if the experiment is unknown. If it is known, its
	// alternatives must be the same in the same order (else ErrInvalid), and
	// the rest is ignored, but for its KPIs: in both cases those that are not
	// known become known, in this order.
	Record Record
	// Epochs are those before Record.Epoch, by number. They are kept together
	// with the record, in one step, and ignored if that is.
	Epochs []Epoch
	// Clients are merged one by one. An unknown client is taken and counted. So
	// is one that is known as Out if the imported one has an alternative, and
	// one that is known as Reserved if the imported one takes part.
	//
	// Of a known one that takes part, as the imported one does, with the same
	// choice, conversions for KPIs it has not converted yet are taken, and counted
	// on their Day. A known conversion that has fewer Events than the imported
	// one gets the Events and the Total of that: the sums change with the total,
	// and the events that it lacked are counted on the Day of the known one,
	// which stays. Anything else is left.
	Clients []Client
	// Counts, if not nil, are those that no client accounts for, such as those
	// of an archived experiment whose clients are gone. They are added to what
	// Counts reports, in place of those an earlier Import gave. They may be
	// negative, to correct what clients account for: an imported one has all of
	// its events on the day of the first. Their KPIs become known; their Record
	// is ignored otherwise.
	Counts *Counts
	// Changes, in any order, are merged into the log: those are added that it
	// does not have.
	Changes []Change
}

// Check returns an error that wraps [ErrInvalid] if i contradicts itself: for a
// store to ask before it writes anything of it.
func (i Import) Check() error {
	if err := i.checkEpochs(); err != nil {
		return err
	}
	n := len(i.Record.Alternatives)
	for _, c := range i.Clients {
		if c.Choice < Out || c.Choice >= n || c.Reserved && c.Choice < 0 {
			return fmt.Errorf("%w: client %q: choice %d of %d alternatives (reserved: %t)", ErrInvalid, c.ID, c.Choice, n, c.Reserved)
		}
		for _, v := range c.Conversions {
			if v.Events < 1 || v.Total < -MaxTotal {
				return fmt.Errorf("%w: client %q: %d conversions, total %v", ErrInvalid, c.ID, v.Events, v.Total)
			}
		}
	}
	if i.Counts != nil && len(i.Counts.Alternatives) > n {
		return fmt.Errorf("%w: counts of %d alternatives for %d", ErrInvalid, len(i.Counts.Alternatives), n)
	}
	for _, c := range i.Changes {
		if _, err := c.Encode(); err != nil {
			return err
		}
	}
	return nil
}

func (i Import) checkEpochs() error {
	next := i.Record.Epoch.Number
	for _, e := range slices.Backward(i.Epochs) {
		if e.Number >= next {
			return fmt.Errorf("%w: epoch %d comes before epoch %d", ErrInvalid, e.Number, next)
		}
		next = e.Number
	}
	return nil
}

// Imported says what an import brought that was not there.
type Imported struct {
	Created     bool // the experiment
	Clients     int
	Conversions int // first conversions, of a client and KPI
	Raised      int // known conversions that had fewer events
	Changes     int // of the log
}
