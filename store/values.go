package store

import (
	"math"
	"math/big"
	"strconv"
	"time"
)

// Day is a calendar day, in days since 1970-01-01.
type Day int32

// DayOf returns the date of t in t's own location.
func DayOf(t time.Time) Day {
	_, offset := t.Zone()
	return Day(math.Floor(float64(t.Unix()+int64(offset)) / 86400))
}

// Time returns the midnight, in UTC, at which d begins.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// In returns the midnight at which d begins in a zone.
func (d Day) In(zone *time.Location) time.Time {
	year, month, day := d.Time().Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone)
}

// String returns d as YYYY-MM-DD.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// Amount is a conversion's value in millionths, so that sums are exact.
type Amount int64

// MaxValue bounds one conversion's value, MaxTotal a client's running total of
// one KPI, both in either direction.
const (
	MaxValue Amount = 1e9 * 1e6
	MaxTotal Amount = math.MaxInt64
)

// AmountOf returns x to the nearest millionth, and whether x is a number
// within ±MaxValue.
func AmountOf(x float64) (Amount, bool) {
	if !(math.Abs(x) <= MaxValue.Float()) { // refuses NaN too
		return 0, false
	}
	return Amount(math.RoundToEven(x * 1e6)), true
}

// Float returns a in units.
func (a Amount) Float() float64 { return float64(a) / 1e6 }

// String returns a as a decimal number of units.
func (a Amount) String() string { return strconv.FormatFloat(a.Float(), 'f', -1, 64) }

// Add returns a+b and whether that lies within ±MaxTotal.
func (a Amount) Add(b Amount) (Amount, bool) {
	s := a + b
	return s, (s > a) == (b > 0) && s >= -MaxTotal
}

// Raise changes e as the total of one of its clients becomes another, exactly:
// the squares by to² − from² = (to−from)·(to+from).
func (e *EpochConversions) Raise(from, to Amount) {
	if from == 0 && to != 0 {
		e.NonZero++
	}
	if from != 0 && to == 0 {
		e.NonZero--
	}
	was, is := big.NewInt(int64(from)), big.NewInt(int64(to))
	by := new(big.Int).Sub(is, was)
	e.Sum.Add(e.Sum, by)
	e.Squares.Add(e.Squares, by.Mul(by, is.Add(is, was)))
}
