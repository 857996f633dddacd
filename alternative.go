package sixpack

import (
	"crypto/sha1" //nolint:gosec // the choice is Sixpack 2's, and nothing secret
	"encoding/binary"
	"slices"
)

// Assignment is the answer to a client: its alternative, and why.
type Assignment struct {
	Experiment  string
	Alternative string
	Reason      Reason
	// Participating tells whether the client is counted among the participants
	// of the experiment, so that its conversions count.
	Participating bool
}

// Reason says why a client got its alternative.
type Reason string

// The reasons, in the order in which they are considered.
const (
	ReasonRobot      Reason = "robot"      // the visitor is a robot: the winner, else the control
	ReasonIgnored    Reason = "ignored"    // the visitor's address is ignored: the winner, else the control
	ReasonForced     Reason = "forced"     // the caller said so
	ReasonDisabled   Reason = "disabled"   // the engine is disabled: the control
	ReasonWinner     Reason = "winner"     // the experiment has a winner
	ReasonArchived   Reason = "archived"   // the experiment is archived: the control
	ReasonPaused     Reason = "paused"     // the experiment is paused: the control
	ReasonExcluded   Reason = "excluded"   // the client is outside the traffic fraction: the control
	ReasonPrefetched Reason = "prefetched" // what the client will get when it takes part
	ReasonAssigned   Reason = "assigned"   // the client takes part from this call on
	ReasonExisting   Reason = "existing"   // the client took part before
)

// point is where a client stands in an experiment: the SHA-1 of salt and
// client. Its first 28 bits choose the alternative, as in Sixpack 2; 53 later
// bits draw whether the traffic fraction admits the client.
type point [sha1.Size]byte

func newPoint(salt, client string) point {
	var buffer [128]byte
	text := append(buffer[:0], salt...)
	text = append(text, '.')
	text = append(text, client...)
	return sha1.Sum(text) //nolint:gosec // see above
}

// admitted tells whether a client is inside the traffic fraction. Those inside
// a smaller fraction are inside every larger one.
func (p point) admitted(traffic float64) bool {
	const bits = 53
	return float64(binary.BigEndian.Uint64(p[8:])>>(64-bits)) < traffic*(1<<bits)
}

// choose returns the index of one of n alternatives with the given shares, nil
// for equal ones.
func (p point) choose(n int, shares []float64) int {
	const bits = 28
	hash := binary.BigEndian.Uint32(p[:]) >> (32 - bits)
	if shares == nil {
		return int(hash) % n
	}
	return share(float64(hash)/(1<<bits), shares)
}

// share returns the index of the share that x, in [0,1), falls into when the
// shares are laid side by side.
func share(x float64, shares []float64) int {
	last := 0
	for i, s := range shares {
		if s > 0 {
			if x < s {
				return i
			}
			x -= s
			last = i
		}
	}
	return last // x is within a rounding error of 1
}

// scaled returns weights scaled to sum to 1.
func scaled(weights []float64) []float64 {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	shares := make([]float64, len(weights))
	for i, w := range weights {
		shares[i] = w / sum
	}
	return shares
}

// shares is scaled, but nil for equal weights.
func shares(weights []float64) []float64 {
	if len(weights) == 0 || slices.Max(weights) == slices.Min(weights) {
		return nil
	}
	return scaled(weights)
}

// draw returns the index of one of n alternatives with the given shares, nil
// for equal ones.
func draw(d Drawer, n int, shares []float64) int {
	if shares == nil {
		return int(d.Draw() * float64(n))
	}
	return share(d.Draw(), shares)
}
