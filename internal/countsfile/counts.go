// Package countsfile reads the counts of a test that ran elsewhere: typed, such as
// A=500/10000, or from a CSV file, such as the export of Sixpack's dashboard. It
// returns them in the form in which a store returns counts, ready to be analyzed.
package countsfile

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// ErrSingle is the error for counts of a single alternative.
var ErrSingle = errors.New("an analysis compares two or more alternatives, control first")

// MaxCount is the largest count. It is so small that no sum of counts overflows.
const MaxCount = 1e15

// Counts are the counts of one test for one KPI.
type Counts struct {
	// Now is when the counts were taken: the end of the last whole day counted.
	Now time.Time
	// Source is the name of the file.
	Source string
	// Ignored are the columns of a CSV file that were not read.
	Ignored []string

	experiment string // empty if the counts have no name
	arms       []arm  // the control first
}

// An arm holds the counts of one alternative.
type arm struct {
	store.AlternativeCounts

	name   string
	weight float64 // intended share, of any scale; 0 if unknown
}

// noDay is the day of counts that have none.
const noDay store.Day = 0

// epoch is the epoch of all counts.
const epoch = 1

func newArm(name string) arm {
	return arm{AlternativeCounts: store.AlternativeCounts{KPIs: make([]store.KPICounts, 1)}, name: name}
}

// add adds participants of a day and how many of them converted.
func (a *arm) add(day store.Day, participants, converted int64) {
	a.AddDay(day, participants)
	a.AddCohort(epoch, day, participants)
	a.KPIs[0].AddDay(day, converted, converted)
	a.KPIs[0].AddCohort(store.CohortConversions{Epoch: epoch, Day: day, Sums: store.Sums{Converted: converted}})
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
			return c, fmt.Errorf("%q must look like A=500/10000: 500 conversions of 10000 participants", argument)
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
		if days == 0 {
			a.add(noDay, participants, converted)
		}
		for d := range int64(days) {
			a.add(today-store.Day(int64(days)-d), part(participants, d, int64(days)), part(converted, d, int64(days)))
		}
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

// parseCount parses a count, also in the form 500.0 of spreadsheets.
func parseCount(s string) (int64, error) {
	x, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || x != math.Trunc(x):
		return 0, fmt.Errorf("%q must be a whole number such as 10000", s)
	case x < 0:
		return 0, fmt.Errorf("%q must not be negative", s)
	case x > MaxCount:
		return 0, fmt.Errorf("%q must be at most 1e15", s)
	}
	return int64(x), nil
}

// part returns part i of n, which is split into parts as equal as possible.
func part(n, i, parts int64) int64 { return n/parts + n%parts*(i+1)/parts - n%parts*i/parts }

// checkNames returns an error unless there are two or more alternatives with
// different names.
func (c Counts) checkNames() error {
	if len(c.arms) < 2 {
		return fmt.Errorf("there is only %s: %w", c.arms[0].name, ErrSingle)
	}
	for i, a := range c.arms {
		if slices.ContainsFunc(c.arms[:i], func(b arm) bool { return b.name == a.name }) {
			return fmt.Errorf("%s is named twice: give each alternative its own name", a.name)
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
	r := store.Record{Name: c.experiment, Version: 1, Traffic: 1, KPIs: []string{""}, Epoch: store.Epoch{Number: epoch, Weights: c.shares()}}
	counts := store.Counts{}
	for _, a := range c.arms {
		r.Alternatives = append(r.Alternatives, a.name)
		counts.Alternatives = append(counts.Alternatives, a.AlternativeCounts)
	}
	if first, ok := counts.FirstDay(); ok && first != noDay {
		r.Created, r.Epoch.Start = first.Time(), first.Time()
	}
	counts.DropZeros()
	counts.Record, counts.Epochs = r, []store.Epoch{r.Epoch}
	return counts
}

// shares returns the intended shares, which sum to 1, or nil if none are known. Then they are taken as equal, except that an
// alternative without participants has none.
func (c Counts) shares() []float64 {
	sum, present := 0.0, 0
	for _, a := range c.arms {
		sum += a.weight
		if a.Participants() > 0 {
			present++
		}
	}
	if sum == 0 {
		return c.assumedShares(present)
	}
	all := make([]float64, len(c.arms))
	for i, a := range c.arms {
		all[i] = a.weight / sum
	}
	return all
}

// assumedShares returns equal shares of the alternatives with participants, or nil if those are all, or fewer than two.
func (c Counts) assumedShares(present int) []float64 {
	if present < 2 || present == len(c.arms) {
		return nil
	}
	all := make([]float64, len(c.arms))
	for i, a := range c.arms {
		if a.Participants() > 0 {
			all[i] = 1 / float64(present)
		}
	}
	return all
}
