package sixpack

import (
	"cmp"
	"crypto/sha1" //nolint:gosec // the choice is Sixpack 2's, and nothing secret
	"encoding/binary"
	"slices"

	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/store"
)

// Assignment is the answer to a client: its alternative, and why.
type Assignment struct {
	Experiment  string
	Alternative string // empty if a robot or an ignored visitor converts
	Reason      Reason
	// Participating reports whether the client is counted among the participants
	// of the experiment, so that its conversions count.
	Participating bool
}

// Reason says why a client got its alternative.
type Reason string

// The reasons, in the order in which they are considered.
const (
	ReasonRobot      Reason = "robot"      // the visitor is a robot: the winner, else the control
	ReasonIgnored    Reason = "ignored"    // the visitor's address is ignored: the winner, else the control
	ReasonForced     Reason = "forced"     // the caller forced the alternative
	ReasonDisabled   Reason = "disabled"   // the engine is disabled: the control
	ReasonWinner     Reason = "winner"     // the experiment has a winner
	ReasonArchived   Reason = "archived"   // the experiment is archived: the control
	ReasonPaused     Reason = "paused"     // the experiment is paused: the control
	ReasonExcluded   Reason = "excluded"   // the client is outside the traffic fraction: the control
	ReasonPrefetched Reason = "prefetched" // the client will get it when it takes part
	ReasonAssigned   Reason = "assigned"   // the client takes part from this call on
	ReasonExisting   Reason = "existing"   // the client took part before
)

// answer returns what a client gets, in the order of precedence. No other code decides
// this. The experiment has the record r. The client has the choice in facts or, if it has
// none, would get choice.
func (e *Engine) answer(c *call, r *store.Record, choice int, facts store.Facts) Assignment {
	control, participating := r.Alternatives[0], facts.Choice >= 0 && !facts.Reserved
	is := func(alternative string, reason Reason) Assignment {
		return Assignment{Experiment: r.Name, Alternative: alternative, Reason: reason, Participating: participating}
	}
	switch {
	case c.excluded != "":
		return is(cmp.Or(r.Winner, control), c.excluded)
	case c.force != "":
		return is(c.force, ReasonForced)
	case e.config.Disabled:
		return is(control, ReasonDisabled)
	case r.Winner != "":
		return is(r.Winner, ReasonWinner)
	case r.Archived:
		return is(control, ReasonArchived)
	case r.Paused:
		return is(control, ReasonPaused)
	case participating && facts.Wrote:
		return is(r.Alternatives[facts.Choice], ReasonAssigned)
	case participating:
		return is(r.Alternatives[facts.Choice], ReasonExisting)
	case facts.Reserved:
		return is(r.Alternatives[facts.Choice], ReasonPrefetched)
	case choice >= 0:
		return is(r.Alternatives[choice], ReasonPrefetched)
	default:
		return is(control, ReasonExcluded)
	}
}

// A proposal is what a call asks of the store, and its reasons.
type proposal struct {
	store.Participation
	record *store.Record // of the experiment once the proposal is carried out
	choice int           // what the client would get if it had no choice yet
	learns bool          // an algorithm that learns made the choice
}

// propose returns what a client should get in the experiment with the record r, nil
// for a new experiment. It proposes no choice if [Engine.answer] gives everyone the same.
func (e *Engine) propose(r *store.Record, x *Experiment, client string, c *call) proposal {
	p := proposal{record: r, choice: store.None}
	p.Experiment, p.Client, p.Choice, p.At = x.Name, client, store.None, c.at
	if r != nil {
		p.Version = r.Version
	}
	if p.Record = e.declare(r, x); p.Record != nil {
		p.record = p.Record
	}
	if e.config.Disabled || !p.record.Open() {
		return p
	}
	if named := cmp.Or(c.force, c.choose); named != "" {
		p.choice = slices.Index(p.record.Alternatives, named)
		if !c.prefetch && (c.force == "" || c.record) {
			p.Choice = p.choice
		}
		return p
	}
	algorithm := e.algorithm(p.record)
	p.choice, p.learns, p.Epoch = choose(p.record, algorithm, client), learns(algorithm), p.record.Epoch.Number
	// After a prefetch, the client gets the same later: by its hash, else by a reservation.
	_, pure := algorithm.(bandit.Hash)
	p.Reserve = c.prefetch && !pure && p.choice >= 0
	if !c.prefetch || p.Reserve {
		p.Choice = p.choice
	}
	return p
}

// choose returns the alternative for a client that has none, or Out if the traffic does
// not admit the client.
func choose(r *store.Record, algorithm bandit.Algorithm, client string) int {
	at := newPoint(r.Salt, client)
	if !at.admitted(r.TrafficInForce()) {
		return store.Out
	}
	n, weights := len(r.Alternatives), shares(r.Epoch.Weights)
	switch d, draws := algorithm.(bandit.Drawer); {
	case draws && weights == nil:
		return int(d.Draw() * float64(n))
	case draws:
		return weights.pick(d.Draw())
	case weights == nil:
		return int(at.hash()) % n
	default:
		return weights.pick(float64(at.hash()) / (1 << hashBits))
	}
}

// A point is the SHA-1 of salt and client. Its first 28 bits choose the alternative, as in
// Sixpack 2; 53 later bits decide whether the traffic fraction admits the client.
type point [sha1.Size]byte

// hashBits is the size of the hash that chooses the alternative.
const hashBits = 28

func newPoint(salt, client string) point {
	var buffer [128]byte
	text := append(buffer[:0], salt...)
	text = append(text, '.')
	text = append(text, client...)
	return sha1.Sum(text) //nolint:gosec // see above
}

// admitted reports whether the traffic fraction admits the client. A larger fraction admits
// the same clients, and more.
func (p point) admitted(traffic float64) bool {
	const bits = 53
	return float64(binary.BigEndian.Uint64(p[8:])>>(64-bits)) < traffic*(1<<bits)
}

// hash returns the first bits of p.
func (p point) hash() uint32 { return binary.BigEndian.Uint32(p[:]) >> (32 - hashBits) }
