package store

import (
	"fmt"
	"slices"
)

// Import is data from elsewhere that is merged into one experiment. The same import can be
// repeated, and live traffic may go on meanwhile:
//
//	field           what is merged                               what wins
//	Record          the record, if the experiment is unknown     the known record; its Alternatives
//	                                                             must be the same (else ErrInvalid)
//	Record.KPIs     unknown KPIs, in this order                  -
//	Epochs          the epochs before Record.Epoch, by number,   the known experiment
//	                if the experiment is unknown
//	Clients         the state of each client                     the later of None, Out, Reserved and
//	                                                             participating; the known one if equal
//	… Conversions   conversions of a client that participates    more Events win, with their Total; the
//	                in both with the same choice                 Day of a known first conversion stays
//	Counts          counts that no client accounts for           the import: they replace the Counts
//	                                                             of an earlier import
//	Changes         changes, in any order                        the known change of the same time and ID
//
// Merged clients are counted like live ones: a new participant on Client.Day in
// Client.Epoch, and all conversions that a client lacked on the Day of its first conversion.
type Import struct {
	Record  Record
	Epochs  []Epoch
	Clients []Client
	// Counts, if not nil, are added to what [Store.Counts] returns, for example for an
	// archived experiment whose clients were deleted. They may be negative, to correct the
	// counts of imported clients, whose events and values are all on one day. Their KPIs
	// become known; the rest of their Record is ignored. While they are in the store, the
	// cohorts before their KnownFrom are unknown.
	Counts  *Counts
	Changes []Change
}

// Check returns an error that wraps [ErrInvalid] if i contradicts itself. Stores call it
// before they write.
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
	_, err := EncodeChanges(i.Changes)
	return err
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

// Imported holds the numbers of additions of an import.
type Imported struct {
	Created     bool // the experiment was unknown
	Clients     int  // clients added, admitted, or counted after a reservation
	Conversions int  // first conversions of a client for a KPI
	Raised      int  // known conversions that had fewer events
	Changes     int
}
