package sixpack

import (
	"math"
	"slices"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// shares are the probabilities with which a new participant gets each alternative, in the
// order of the alternatives. They sum to 1. Records hold nil for equal shares.
type shares []float64

// declaredShares returns the shares that callers declared or an operator set.
func declaredShares(r *store.Record) shares {
	declared := store.Epoch{Weights: r.WeightsInForce()}
	return declared.Shares(len(r.Alternatives))
}

// stored returns the shares for weights of any scale, nil if they are equal.
func stored(weights []float64) []float64 {
	if len(weights) == 0 || slices.Max(weights) == slices.Min(weights) {
		return nil
	}
	return stats.Shares(weights)
}

// pick returns the index of the share that contains x, in [0, 1), if each share begins where
// the one before it ends.
func (s shares) pick(x float64) int {
	last := 0
	for i, share := range s {
		if share > 0 {
			if x < share {
				return i
			}
			x -= share
			last = i
		}
	}
	return last // x is within a rounding error of 1
}

// near reports whether s and t, of equal length, differ only by rounding errors.
func (s shares) near(t shares) bool {
	const near = 1e-9
	for i := range s {
		if math.Abs(s[i]-t[i]) > near {
			return false
		}
	}
	return true
}
