package sixpack

import (
	"encoding/json"
	"math"

	"github.com/sixpack-go/sixpack/stats"
)

// Number is one that may be NaN, for what is not defined, or infinite, for what
// has no bound. JSON has null for both.
type Number float64

// Known tells whether n is neither NaN nor infinite.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON implements [json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON implements [json.Unmarshaler]: null is NaN.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(n))
}

// Interval is a closed one. Its ends may be unknown or unbounded.
type Interval struct {
	Lo Number `json:"lo"`
	Hi Number `json:"hi"`
}

func interval(i stats.Interval) Interval { return Interval{Number(i.Lo), Number(i.Hi)} }
