package store

import (
	"math"
	"strconv"
	"time"
)

// Day is a calendar day, in days since 1970-01-01.
type Day int32

// UnknownDay is in place of a day that was not recorded. It comes before all other days.
const UnknownDay Day = math.MinInt32

// DayOf returns the date of t in t's own location.
func DayOf(t time.Time) Day {
	_, offset := t.Zone()
	return Day(math.Floor(float64(t.Unix()+int64(offset)) / 86400))
}

// Time returns the start of d in UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// In returns the start of d in a time zone.
func (d Day) In(zone *time.Location) time.Time {
	year, month, day := d.Time().Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone)
}

// String returns d as YYYY-MM-DD.
func (d Day) String() string {
	if d == UnknownDay {
		return "an unknown day"
	}
	return d.Time().Format(time.DateOnly)
}

// Amount is the value of conversions in millionths, so that sums are exact.
type Amount int64

// MaxValue limits the value of one conversion, and MaxTotal a client's running total for one
// KPI. Both limits hold for negative amounts as well.
const (
	MaxValue Amount = 1e9 * 1e6
	MaxTotal Amount = math.MaxInt64
)

// AmountOf returns x rounded to millionths, and false if x is not within ±MaxValue.
func AmountOf(x float64) (Amount, bool) {
	if !(math.Abs(x) <= MaxValue.Float()) { // also rejects NaN
		return 0, false
	}
	return Amount(math.RoundToEven(x * 1e6)), true
}

// Float returns a in units.
func (a Amount) Float() float64 { return float64(a) / 1e6 }

// String returns a as a decimal number of units.
func (a Amount) String() string { return strconv.FormatFloat(a.Float(), 'f', -1, 64) }

// Add returns a+b, and false if it is not within ±MaxTotal.
func (a Amount) Add(b Amount) (Amount, bool) {
	s := a + b
	return s, (s > a) == (b > 0) && s >= -MaxTotal
}
