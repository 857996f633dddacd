package stats

import (
	"math"
	"math/big"
)

// Legacy holds the numbers and the label that Sixpack's own JSON gives for an alternative. They are for programs that
// read that JSON: the label is wrong if you look at a test more than once.
type Legacy struct {
	// Rate is the percentage of participants that converted, rounded to 2 decimals, halves away from zero; 0 without
	// participants.
	Rate float64 `json:"conversion_rate"`
	// Interval is half the width of the 80% interval of Rate, in percentage points, 100·1.28·√(p̂(1−p̂)/n). It is 0 without
	// participants, and if more converted than took part, where Sixpack fails.
	Interval float64 `json:"confidence_interval"`
	// Statistic is G against the control, rounded to 2 decimals. It is NaN, which Sixpack writes as "N/A", for the control
	// itself and with fewer than 20 conversions of both together; it is 0 if any of the four counts, converted and not, is 0.
	Statistic Number `json:"test_statistic"`
	// Level says how far Statistic is from chance: "N/A", "No Change" at 0, "No Confidence" below 3.841, "95% Confidence"
	// below 6.635, "99% Confidence" below 10.83, else "99.9% Confidence".
	Level string `json:"confidence_level"`
}

// LegacyOf returns Sixpack's numbers for an alternative compared with the control, as sixpack/models.py computes them.
// For the control itself pass the control twice and isControl.
func LegacyOf(control, alternative Proportion, isControl bool) Legacy {
	s, n := alternative.floats()
	r := Legacy{Statistic: Number(math.NaN()), Level: "N/A"}
	if n > 0 {
		r.Rate = round2(100 * s / n)
		if s <= n {
			r.Interval = 100 * 1.28 * math.Sqrt(s/n*(1-s/n)/n)
		}
	}
	const fewest = 20
	if isControl || control.Converted+alternative.Converted < fewest {
		return r
	}
	r.Statistic = 0
	p := newPair(control, alternative)
	if p.sA > 0 && p.sB > 0 && p.nA > p.sA && p.nB > p.sB {
		r.Statistic = Number(round2(p.g()))
	}
	r.Level = legacyLevel(r.Statistic)
	return r
}

func legacyLevel(statistic Number) string {
	switch {
	case statistic == 0:
		return "No Change"
	case statistic < 3.841:
		return "No Confidence"
	case statistic < 6.635:
		return "95% Confidence"
	case statistic < 10.83:
		return "99% Confidence"
	default:
		return "99.9% Confidence"
	}
}

// round2 rounds to 2 decimals, halves away from zero, as Python 2 does: by what x
// is exactly.
func round2(x float64) float64 {
	const exact = 200 // bits
	scaled := new(big.Float).SetPrec(exact).SetFloat64(math.Abs(x))
	scaled.Mul(scaled, big.NewFloat(100)).Add(scaled, big.NewFloat(0.5))
	whole, _ := scaled.Int(nil)
	rounded, _ := new(big.Rat).SetFrac(whole, big.NewInt(100)).Float64()
	return math.Copysign(rounded, x)
}
