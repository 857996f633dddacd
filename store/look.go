package store

import (
	"math/big"
	"slices"
	"time"
)

// Look is the only look of a fixed analysis: its verdict by the primary KPI and the counts on
// which it is based. It is final until a restart or another plan.
type Look struct {
	At     time.Time `json:"at"`
	State  string    `json:"state"` // of the verdict, as in package stats
	Leader string    `json:"leader,omitempty"`
	// Epochs are sorted by number.
	Epochs []LookedEpoch `json:"epochs,omitempty"`
}

// LookedEpoch has the counts of an epoch at a look.
type LookedEpoch struct {
	Epoch        uint32      `json:"epoch"`
	Alternatives []LookedSum `json:"alternatives"` // in the order of Record.Alternatives
}

// LookedSum has the counts of an alternative at a look, as [Counts] has them.
type LookedSum struct {
	Participants int64    `json:"participants"`
	Converted    int64    `json:"converted"`
	NonZero      int64    `json:"nonzero,omitempty"`
	Sum          *big.Int `json:"sum,omitempty"`
	Squares      *big.Int `json:"squares,omitempty"`
}

// IsZero reports whether there was no look yet.
func (l Look) IsZero() bool { return l.At.IsZero() }

// Clone returns a copy of l that shares nothing with it.
func (l Look) Clone() Look {
	l.Epochs = slices.Clone(l.Epochs)
	for i, e := range l.Epochs {
		all := slices.Clone(e.Alternatives)
		for j, a := range all {
			all[j].Sum, all[j].Squares = cloneInt(a.Sum), cloneInt(a.Squares)
		}
		l.Epochs[i].Alternatives = all
	}
	return l
}

func cloneInt(n *big.Int) *big.Int {
	if n == nil {
		return nil
	}
	return new(big.Int).Set(n)
}

// Mismatch is a sample-ratio mismatch. It makes the results unreliable until an operator
// acknowledges it or restarts the experiment, even if later participants hide it.
type Mismatch struct {
	At       time.Time `json:"at"`       // when it was noticed
	P        float64   `json:"p"`        // probability of such shares by chance, valid at any time
	Shares   []float64 `json:"shares"`   // of the alternatives among participants
	Expected []float64 `json:"expected"` // shares that were set
	// Acknowledged is when an operator acknowledged the mismatch. The shares of later
	// participants are checked again: of those in later epochs than Epoch, and in Epoch itself
	// without Participants.
	Acknowledged time.Time `json:"acknowledged,omitzero"`
	Epoch        uint32    `json:"epoch,omitempty"`
	Participants []int64   `json:"participants,omitempty"`
}

// IsZero reports whether there was no mismatch.
func (m Mismatch) IsZero() bool { return m.At.IsZero() }

// Open reports whether there is a mismatch that nobody acknowledged.
func (m Mismatch) Open() bool { return !m.At.IsZero() && m.Acknowledged.IsZero() }

// Clone returns a copy of m that shares nothing with it.
func (m Mismatch) Clone() Mismatch {
	m.Shares, m.Expected, m.Participants = slices.Clone(m.Shares), slices.Clone(m.Expected), slices.Clone(m.Participants)
	return m
}
