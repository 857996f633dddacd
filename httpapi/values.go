package httpapi

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// parseFloat parses a number as Python's float does: it ignores spaces around it and
// accepts full-width digits, but neither underscores nor hexadecimals.
func parseFloat(s string) (float64, bool) {
	s = strings.Map(func(r rune) rune {
		if '０' <= r && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, strings.TrimSpace(s))
	if strings.ContainsAny(s, "_xX") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// traffic returns the traffic fraction, 0 if none is given.
func (q *query) traffic() (float64, error) {
	if !q.has(trafficFraction) {
		return 0, nil
	}
	f, ok := parseFloat(q.get(trafficFraction))
	if !ok || f <= 0 || f > 1 {
		return 0, invalid("traffic fraction", q.get(trafficFraction), "a number in (0, 1]")
	}
	return f, nil
}

// shares returns the weights of the alternatives, nil if none are given.
func (q *query) shares() ([]float64, error) {
	if len(q.weights) == 0 {
		return nil, nil
	}
	weights := make([]float64, len(q.weights))
	for i, text := range q.weights {
		w, ok := parseFloat(text)
		if !ok || w < 0 {
			return nil, invalid("weights", text, "a number, 0 or more")
		}
		weights[i] = w
	}
	return weights, nil
}

// The forms of a datetime that is not only digits.
var layouts = []string{
	time.DateOnly,
	"2006-01-02 15:04",
	time.DateTime,
	"2006-01-02T15:04",
	"2006-01-02T15:04:05",
	time.RFC3339,
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04Z07:00",
}

// parseTime parses a datetime, in the given zone if it has none.
func parseTime(s string, zone *time.Location) (time.Time, error) {
	if strings.Trim(s, "0123456789") == "" {
		return parseDigits(s, zone)
	}
	// A '+' that was not escaped has become a space.
	if i := len(s) - len(" 08:00"); i >= len("2006-01-02T15:04") && s[i] == ' ' {
		s = s[:i] + "+" + s[i+1:]
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, invalid("datetime", s, "a date, a time or Unix seconds")
}

// parseDigits parses YYYYMMDD, and longer numbers as Unix seconds.
func parseDigits(s string, zone *time.Location) (time.Time, error) {
	const maxDigits = 12 // more would overflow a time.Time
	if len(s) == len("20060102") {
		if t, err := time.ParseInLocation("20060102", s, zone); err == nil {
			return t, nil
		}
	}
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil && 9 <= len(s) && len(s) <= maxDigits {
		return time.Unix(seconds, 0), nil
	}
	return time.Time{}, invalid("datetime", s, "a date, a time or Unix seconds")
}
