package cli

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// counted is what was counted elsewhere.
type counted struct {
	experiment string // "" if it has no name
	arms       []arm  // the control first
	now        time.Time
}

// arm is what one alternative got.
type arm struct {
	name         string
	weight       float64 // the share that was set; 0 if it was not said
	participants map[store.Day]int64
	converted    map[store.Day]int64
	sum, squares float64 // of values
	nonZero      int64
}

// noDay is the day of what has none.
const noDay store.Day = 0

func newArm(name string) arm {
	return arm{name: name, participants: make(map[store.Day]int64), converted: make(map[store.Day]int64)}
}

// mostCounted bounds a count, so that no sum overflows.
const mostCounted = 1e15

var countsForm = regexp.MustCompile(`^(?:(.*)=)?(\d+)/(\d+)$`)

// isTyped tells whether an argument is counts, such as A=500/10000.
func isTyped(argument string) bool { return countsForm.MatchString(argument) }

// typedCounts returns the counts that arguments say, gathered during so many days, 0 if
// that is not known.
func typedCounts(arguments []string, days int) (counted, error) {
	now := store.DayOf(time.Now().UTC())
	c := counted{now: now.Time()}
	for i, argument := range arguments {
		m := countsForm.FindStringSubmatch(argument)
		if m == nil {
			return c, usageError("%q is not like A=500/10000, of 10000 participants 500 that converted, as the others are", argument)
		}
		a := newArm(m[1])
		if m[1] == "" {
			a.name = letters(i)
		}
		converted, err := parseCount(m[2])
		if err != nil {
			return c, usageError("%s: %w", argument, err)
		}
		participants, err := parseCount(m[3])
		if err != nil {
			return c, usageError("%s: %w", argument, err)
		}
		spread(a.participants, participants, now, days)
		spread(a.converted, converted, now, days)
		c.arms = append(c.arms, a)
	}
	return c, c.check()
}

// letters returns A, B and so on; AA follows Z.
func letters(i int) string {
	const alphabet = 26
	s := string(rune('A' + i%alphabet))
	if i >= alphabet {
		return letters(i/alphabet-1) + s
	}
	return s
}

// parseCount reads a count. Spreadsheets, and Sixpack, write some of them as 500.0.
func parseCount(s string) (int64, error) {
	x, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || x != math.Trunc(x):
		return 0, fmt.Errorf("%q is not a whole number such as 10000", s)
	case x < 0:
		return 0, fmt.Errorf("%q is less than 0", s)
	case x > mostCounted:
		return 0, fmt.Errorf("%q is more than can be counted", s)
	}
	return int64(x), nil
}

// spread counts n evenly on so many days before one, on none in particular for 0.
func spread(counts map[store.Day]int64, n int64, before store.Day, days int) {
	if days == 0 {
		counts[noDay] += n
		return
	}
	all := int64(days)
	for d := range all {
		day := before - store.Day(all-d)
		counts[day] += n/all + n%all*(d+1)/all - n%all*d/all
	}
}

// check finds what is wrong with the names.
func (c counted) check() error {
	if len(c.arms) < 2 {
		return usageError("there is only %s: an analysis compares two or more, the control first", c.arms[0].name)
	}
	for i, a := range c.arms {
		if slices.ContainsFunc(c.arms[:i], func(b arm) bool { return b.name == a.name }) {
			return usageError("%s is there twice", a.name)
		}
	}
	return nil
}

// setWeights sets the shares, such as 90:10.
func (c counted) setWeights(weights []float64) error {
	if len(weights) != len(c.arms) {
		return usageError("--weights has %d shares for %d alternatives", len(weights), len(c.arms))
	}
	for i, w := range weights {
		c.arms[i].weight = w
	}
	return nil
}

// results returns the counts as a store does.
func (c counted) results() store.Counts {
	r := store.Record{Name: c.experiment, Version: 1, Traffic: 1, KPIs: []string{""}, Epoch: store.Epoch{Number: 1, Weights: c.weights()}}
	for _, a := range c.arms {
		r.Alternatives = append(r.Alternatives, a.name)
	}
	if first := c.firstDay(); first != noDay {
		r.Created = first.Time()
		r.Epoch.Start = r.Created
	}
	results := store.NewCounts(r, []store.Epoch{r.Epoch})
	for i, a := range c.arms {
		a.addTo(&results.Alternatives[i])
	}
	results.DropZeros()
	return results
}

// weights returns the shares that were set, nil for equal ones.
func (c counted) weights() []float64 {
	sum := 0.0
	for _, a := range c.arms {
		sum += a.weight
	}
	if sum == 0 {
		return nil
	}
	all := make([]float64, len(c.arms))
	for i, a := range c.arms {
		all[i] = a.weight / sum
	}
	return all
}

// firstDay returns the first day of which anything was counted, noDay if there
// is none.
func (c counted) firstDay() (first store.Day) {
	for _, a := range c.arms {
		for d := range a.participants {
			if first == noDay || d != noDay && d < first {
				first = d
			}
		}
	}
	return first
}

func (a arm) addTo(counts *store.AlternativeCounts) {
	k := &counts.KPIs[0]
	for d, n := range a.participants {
		counts.AddDay(d, n)
		counts.AddEpoch(1, n)
	}
	var converted int64
	for d, n := range a.converted {
		k.AddDay(d, n, n)
		converted += n
	}
	const million = 1e6
	k.AddEpoch(store.EpochConversions{
		Epoch: 1, Converted: converted, NonZero: a.nonZero,
		Sum: whole(a.sum * million), Squares: whole(a.squares * million * million),
	})
}

func whole(x float64) *big.Int {
	i, _ := big.NewFloat(math.Round(x)).Int(nil)
	return i
}

// total returns the sum of all days.
func total(counts map[store.Day]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}
