// Package selection parses what a request asks for: experiments and their order, or
// the KPI and the period of one experiment. The pages and the JSON API share it.
package selection

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// State is the state by which experiments are listed.
type State string

// The states. An experiment that is both paused and archived is archived.
const (
	Active   State = "active"
	Paused   State = "paused"
	Archived State = "archived"
)

// StateOf returns the state of an experiment.
func StateOf(r store.Record) State {
	switch {
	case r.Archived:
		return Archived
	case r.Paused:
		return Paused
	default:
		return Active
	}
}

// Filter returns the experiments in a state whose names or descriptions contain
// text, in any case.
func Filter(all []analysis.Report, s State, text string) []*analysis.Report {
	text = strings.ToLower(text)
	var found []*analysis.Report
	for i := range all {
		r := &all[i].Counts.Record
		if StateOf(*r) == s && (strings.Contains(strings.ToLower(r.Name), text) || strings.Contains(strings.ToLower(r.Description), text)) {
			found = append(found, &all[i])
		}
	}
	return found
}

// Order is how a list is sorted.
type Order string

// The orders.
const (
	Newest       Order = "newest"
	Participants Order = "participants" // most first
	Surest       Order = "surest"       // most conclusive first: results, then the smallest p-value
)

var compare = map[Order]func(a, b *analysis.Report) int{
	Newest:       func(a, b *analysis.Report) int { return b.Counts.Record.Created.Compare(a.Counts.Record.Created) },
	Participants: func(a, b *analysis.Report) int { return cmp.Compare(b.Participants, a.Participants) },
	Surest: func(a, b *analysis.Report) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(smallestP(a), smallestP(b)))
	},
}

// Known reports whether the order exists.
func (o Order) Known() bool { return compare[o] != nil }

// Sort sorts experiments. The order must be known.
func (o Order) Sort(all []*analysis.Report) { slices.SortStableFunc(all, compare[o]) }

// rank ranks verdicts: results first, then experiments that may get one.
func rank(r *analysis.Report) int {
	switch r.Verdict.State {
	case stats.StateWinner, stats.StateControlBest, stats.StateNoPracticalDifference:
		return 0
	case stats.StateInconclusive, stats.StateKeepRunning:
		return 1
	default:
		return 2
	}
}

// smallestP returns the smallest p-value of an experiment's alternatives.
func smallestP(r *analysis.Report) float64 {
	p := math.Inf(1)
	for _, a := range r.Alternatives {
		if a.P.Known() {
			p = min(p, float64(a.P))
		}
	}
	return p
}
