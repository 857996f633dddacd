package dashboard

import (
	"cmp"
	"hash/fnv"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/internal/chart"
	"github.com/sixpack-go/sixpack/dashboard/internal/snippet"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// state is which experiments a list shows.
type state string

// The states. An experiment that is both paused and archived is archived.
const (
	active   state = "active"
	paused   state = "paused"
	archived state = "archived"
)

func stateOf(r store.Record) state {
	switch {
	case r.Archived:
		return archived
	case r.Paused:
		return paused
	default:
		return active
	}
}

// listPage is the page that lists experiments.
type listPage struct {
	State       state
	Query       string // what is searched for
	Tabs        []listTab
	Sorts       []choice
	Experiments []listed
	Any         bool   // there are experiments, of whatever state
	First       string // what brings the first participation
	Deleted     string // the experiment that was deleted just now
}

// listTab leads to the experiments of a state.
type listTab struct {
	Name, Path string
	Count      int64
	Here       bool
}

// choice is one of a select box.
type choice struct {
	Value, Name string
	Chosen      bool
}

// listed is an experiment of the list.
type listed struct {
	*analysis.Report

	ID           string // in the page
	Path         string
	State        state
	Verdict      verdict
	Trend        chart.Trend
	Alternatives []alternative
}

// Winner returns the alternative that everybody gets, if any.
func (l listed) Winner() string { return l.Counts.Record.Winner }

// Values tells whether its alternatives are compared by the mean of values.
func (l listed) Values() bool { return l.Measure == analysis.MeasureMean }

// list serves the experiments of a state.
func (d *dashboard) list(of state) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		all, err := d.engine.Reports(r.Context())
		if err != nil {
			return err
		}
		query := r.URL.Query()
		by := order(query.Get("sort"))
		shown := listPage{
			State: of, Query: strings.TrimSpace(query.Get("q")), Any: len(all) > 0, Sorts: sorts(by),
			Tabs: d.tabs(of, all, query), First: snippet.Call{API: d.api(r), Experiment: "my-first-test", Alternatives: []string{"control", "variant"}}.Participate(),
		}
		if shown.Deleted, err = d.deleted(r); err != nil {
			return err
		}
		shown.Experiments = d.listed(filter(all, of, shown.Query), by)
		return d.render(w, r, "list", "Experiments", shown)
	}
}

// filter returns the experiments of a state whose names or descriptions hold a
// text, whatever its case.
func filter(all []analysis.Report, of state, text string) []*analysis.Report {
	text = strings.ToLower(text)
	var some []*analysis.Report
	for i := range all {
		r := &all[i].Counts.Record
		if stateOf(*r) == of && (strings.Contains(strings.ToLower(r.Name), text) || strings.Contains(strings.ToLower(r.Description), text)) {
			some = append(some, &all[i])
		}
	}
	return some
}

// listed returns experiments in order, as they are shown.
func (d *dashboard) listed(some []*analysis.Report, by string) []listed {
	slices.SortStableFunc(some, orders[by])
	today := store.DayOf(d.Now().In(d.Location))
	all := make([]listed, len(some))
	for i, r := range some {
		rows, _ := alternatives(r)
		all[i] = listed{
			Report: r, ID: elementID(r.Experiment), Path: d.experimentURL(r.Experiment), State: stateOf(r.Counts.Record), Verdict: newVerdict(r),
			Trend: chart.NewTrend(&r.Counts, today), Alternatives: rows,
		}
	}
	return all
}

// elementID returns what tells an experiment's element in a page from others.
func elementID(name string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return "x" + strconv.FormatUint(h.Sum64(), 36)
}

// tabs returns the links to all states. They keep what is searched for.
func (d *dashboard) tabs(here state, all []analysis.Report, query url.Values) []listTab {
	n := make(map[state]int64)
	for i := range all {
		n[stateOf(all[i].Counts.Record)]++
	}
	kept := make(url.Values)
	for _, key := range []string{"q", "sort"} {
		if query.Get(key) != "" {
			kept.Set(key, query.Get(key))
		}
	}
	suffix := ""
	if len(kept) > 0 {
		suffix = "?" + kept.Encode()
	}
	return []listTab{
		{"Active", d.Prefix + "/" + suffix, n[active], here == active},
		{"Paused", d.Prefix + "/paused" + suffix, n[paused], here == paused},
		{"Archived", d.Prefix + "/archived" + suffix, n[archived], here == archived},
	}
}

// What a list may be sorted by.
const (
	newest         = "newest"
	byParticipants = "participants"
	surest         = "surest"
)

var orders = map[string]func(a, b *analysis.Report) int{
	newest: func(a, b *analysis.Report) int { return b.Counts.Record.Created.Compare(a.Counts.Record.Created) },
	byParticipants: func(a, b *analysis.Report) int {
		return cmp.Compare(b.Participants, a.Participants)
	},
	surest: func(a, b *analysis.Report) int {
		return cmp.Or(cmp.Compare(settled(a), settled(b)), cmp.Compare(least(a), least(b)))
	},
}

// order returns what to sort by: the newest first, unless something else is known.
func order(asked string) string {
	if _, known := orders[asked]; known {
		return asked
	}
	return newest
}

func sorts(by string) []choice {
	return []choice{
		{newest, "newest", by == newest},
		{byParticipants, "participants", by == byParticipants},
		{surest, "surest result", by == surest},
	}
}

// settled ranks states: results first, then what may become one.
func settled(r *analysis.Report) int {
	switch r.Verdict.State {
	case stats.StateWinner, stats.StateControlBest, stats.StateNoPracticalDifference:
		return 0
	case stats.StateInconclusive, stats.StateKeepRunning:
		return 1
	default:
		return 2
	}
}

// least returns the smallest p of an experiment's alternatives.
func least(r *analysis.Report) float64 {
	p := math.Inf(1)
	for _, a := range r.Alternatives {
		if a.P.Known() {
			p = min(p, float64(a.P))
		}
	}
	return p
}
