package series

import (
	"fmt"
	"net/http"
	"time"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/store"
)

// Period is a number of days that are counted together.
type Period string

// Periods. Weeks are ISO 8601 weeks.
const (
	Day   Period = "day"
	Week  Period = "week"
	Month Period = "month"
	Year  Period = "year"
)

// ParsePeriod returns the period with the given name, or [Day] for an empty name.
func ParsePeriod(name string) (Period, error) {
	switch p := Period(name); p {
	case "":
		return Day, nil
	case Day, Week, Month, Year:
		return p, nil
	default:
		return "", reply.Refuse(http.StatusBadRequest, fmt.Sprintf("The period must be day, week, month or year, not %q.", name))
	}
}

// Start returns the first day of the period that contains a day.
func (p Period) Start(day store.Day) store.Day {
	t := day.Time()
	switch p {
	case Week:
		const week = 7
		return day - store.Day((int(t.Weekday())+week-1)%week)
	case Month:
		return store.DayOf(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC))
	case Year:
		return store.DayOf(time.Date(t.Year(), time.January, 1, 0, 0, 0, 0, time.UTC))
	default:
		return day
	}
}

// maxDays is the number of days of the longest period.
var maxDays = map[Period]store.Day{Day: 1, Week: 7, Month: 31, Year: 366}

// next returns the start of the period after the one that starts with a day.
func (p Period) next(start store.Day) store.Day { return p.Start(start + maxDays[p]) }

// Label names the period that starts with a day.
func (p Period) Label(start store.Day) string {
	t := start.Time()
	switch p {
	case Week:
		year, week := t.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case Month:
		return t.Format("2006-01")
	case Year:
		return t.Format("2006")
	default:
		return start.String()
	}
}
