package stats

import (
	"encoding/json"
	"math"
)

// Number is a float64 that may be NaN where it is undefined, or infinite where it has no bound. In JSON both are null.
type Number float64

// Known reports whether n is neither NaN nor infinite.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON implements [json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON implements [json.Unmarshaler]. It reads null as NaN.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(n))
}

// Interval is a closed interval: all numbers from Lo to Hi, both included. An end is infinite where there is no bound,
// and NaN where there is no interval.
type Interval struct {
	Lo Number `json:"lo"`
	Hi Number `json:"hi"`
}

func interval(lo, hi float64) Interval { return Interval{Number(lo), Number(hi)} }

// Contains reports whether x is in the interval.
func (i Interval) Contains(x float64) bool { return float64(i.Lo) <= x && x <= float64(i.Hi) }
