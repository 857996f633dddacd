// Package countsfile reads the counts of a test that ran elsewhere: typed, such as
// A=500/10000, or from a CSV file, such as the export of Sixpack's dashboard. It
// returns them in the form in which a store returns counts, ready to be analyzed.
package countsfile

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// MaxCount is the largest count. It is so small that no sum of counts overflows.
const MaxCount = 1e15

// Counts are the counts of one test for one KPI.
type Counts struct {
	// Now is when the counts were taken: the end of the last whole day counted.
	Now time.Time
	// Source names the file that the counts were read from.
	Source string
	// Ignored are the columns of a CSV file that were not read.
	Ignored []string

	experiment string // empty if the counts have no name
	arms       []arm  // the control first
}

// An arm holds the counts of one alternative.
type arm struct {
	name         string
	weight       float64 // intended share, of any scale; 0 if unknown
	participants map[store.Day]int64
	converted    map[store.Day]int64
	sum, squares float64 // of the participants' values
	nonZero      int64   // participants whose value is not 0
}

// noDay is the day of counts that have none.
const noDay store.Day = 0

func newArm(name string) arm {
	return arm{name: name, participants: make(map[store.Day]int64), converted: make(map[store.Day]int64)}
}

var typedForm = regexp.MustCompile(`^(?:(.*)=)?(\d+)/(\d+)$`)

// IsTyped reports whether an argument has the form of counts: A=500/10000, or
// 500/10000 without a name.
func IsTyped(argument string) bool { return typedForm.MatchString(argument) }

// Typed parses arguments such as A=500/10000, one per alternative. The counts are
// spread evenly over the given number of whole days; with 0 days they have no days.
func Typed(arguments []string, days int) (Counts, error) {
	today := store.DayOf(time.Now().UTC())
	c := Counts{Now: today.Time()}
	for i, argument := range arguments {
		m := typedForm.FindStringSubmatch(argument)
		if m == nil {
			return c, fmt.Errorf("%q is not like A=500/10000, of 10000 participants 500 that converted, as the others are", argument)
		}
		a := newArm(m[1])
		if m[1] == "" {
			a.name = Letters(i)
		}
		converted, err := parseCount(m[2])
		if err != nil {
			return c, fmt.Errorf("%s: %w", argument, err)
		}
		participants, err := parseCount(m[3])
		if err != nil {
			return c, fmt.Errorf("%s: %w", argument, err)
		}
		spread(a.participants, participants, today, days)
		spread(a.converted, converted, today, days)
		c.arms = append(c.arms, a)
	}
	return c, c.checkNames()
}

// Letters returns the name of alternative i, counted from 0, if it has no other:
// A to Z, then AA, AB and so on.
func Letters(i int) string {
	const alphabet = 26
	s := string(rune('A' + i%alphabet))
	if i >= alphabet {
		return Letters(i/alphabet-1) + s
	}
	return s
}

// parseCount parses a count, also one that a spreadsheet wrote as 500.0.
func parseCount(s string) (int64, error) {
	x, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || x != math.Trunc(x):
		return 0, fmt.Errorf("%q is not a whole number such as 10000", s)
	case x < 0:
		return 0, fmt.Errorf("%q is less than 0", s)
	case x > MaxCount:
		return 0, fmt.Errorf("%q is more than can be counted", s)
	}
	return int64(x), nil
}

// spread adds n to counts, evenly over the days that end before the day end, or to
// noDay if there are no days.
func spread(counts map[store.Day]int64, n int64, end store.Day, days int) {
	if days == 0 {
		counts[noDay] += n
		return
	}
	all := int64(days)
	for d := range all {
		counts[end-store.Day(all-d)] += n/all + n%all*(d+1)/all - n%all*d/all
	}
}

// checkNames returns an error unless there are two or more alternatives with
// different names.
func (c Counts) checkNames() error {
	if len(c.arms) < 2 {
		return fmt.Errorf("there is only %s: an analysis compares two or more, the control first", c.arms[0].name)
	}
	for i, a := range c.arms {
		if slices.ContainsFunc(c.arms[:i], func(b arm) bool { return b.name == a.name }) {
			return fmt.Errorf("%s is there twice", a.name)
		}
	}
	return nil
}

// SetWeights sets the intended shares, of any scale, one per alternative.
func (c Counts) SetWeights(weights []float64) error {
	if len(weights) != len(c.arms) {
		return fmt.Errorf("has %d shares for %d alternatives", len(weights), len(c.arms))
	}
	for i, w := range weights {
		c.arms[i].weight = w
	}
	return nil
}

// Store returns the counts as a store returns the counts of an experiment with one
// epoch and the default KPI.
func (c Counts) Store() store.Counts {
	r := store.Record{Name: c.experiment, Version: 1, Traffic: 1, KPIs: []string{""}, Epoch: store.Epoch{Number: 1, Weights: c.shares()}}
	for _, a := range c.arms {
		r.Alternatives = append(r.Alternatives, a.name)
	}
	if first := c.firstDay(); first != noDay {
		r.Created = first.Time()
		r.Epoch.Start = r.Created
	}
	counts := store.NewCounts(r, []store.Epoch{r.Epoch})
	for i, a := range c.arms {
		a.addTo(&counts.Alternatives[i])
	}
	counts.DropZeros()
	return counts
}

// shares returns the intended shares, which sum to 1, or nil if none are known.
func (c Counts) shares() []float64 {
	weights := make([]float64, len(c.arms))
	for i, a := range c.arms {
		weights[i] = a.weight
	}
	if slices.Max(weights) == 0 {
		return nil
	}
	return stats.Shares(weights)
}

// firstDay returns the first day with counts, noDay if there is none.
func (c Counts) firstDay() (first store.Day) {
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
	for d, n := range a.converted {
		k.AddDay(d, n, n)
	}
	const million = 1e6
	k.AddEpoch(store.EpochConversions{
		Epoch: 1, Converted: total(a.converted), NonZero: a.nonZero,
		Sum: round(a.sum * million), Squares: round(a.squares * million * million),
	})
}

func round(x float64) *big.Int {
	i, _ := big.NewFloat(math.Round(x)).Int(nil)
	return i
}

// total returns the sum over all days.
func total(counts map[store.Day]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}
