package dashboard

import (
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/internal/chart"
	"github.com/sixpack-go/sixpack/dashboard/internal/selection"
	"github.com/sixpack-go/sixpack/dashboard/internal/snippet"
	"github.com/sixpack-go/sixpack/store"
)

// listPage is the page that lists experiments.
type listPage struct {
	State       selection.State
	Query       string // search text
	Tabs        []listTab
	Sort        selection.Order
	Sorts       []choice
	Experiments []listed
	Any         bool   // there is an experiment in any state
	First       string // command that adds the first participant
	Deleted     string // experiment that was just deleted
}

// listTab is a link to the experiments in a state.
type listTab struct {
	Name, Path string
	Count      int64
	Here       bool
}

// choice is an option of a select box.
type choice struct {
	Value, Name string
}

// listed is an experiment in the list.
type listed struct {
	*analysis.Report

	ID           string // in the page
	Path         string
	State        selection.State
	Verdict      verdict
	Trend        chart.Trend
	Alternatives []alternative
}

// Winner returns the winner, if there is one.
func (l listed) Winner() string { return l.Counts.Record.Winner }

// Values reports whether alternatives are compared by the mean of values.
func (l listed) Values() bool { return l.Measure == analysis.MeasureMean }

// list serves the experiments in a state.
func (d *dashboard) list(of selection.State) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		all, err := d.engine.Reports(r.Context())
		if err != nil {
			return err
		}
		query := r.URL.Query()
		by := selection.Order(query.Get("sort"))
		if !by.Known() {
			by = selection.Newest
		}
		shown := listPage{
			State: of, Query: strings.TrimSpace(query.Get("q")), Any: len(all) > 0, Sort: by, Sorts: sorts,
			Tabs: d.tabs(of, all, query), First: snippet.Call{API: d.api(r), Experiment: "my-first-test", Alternatives: []string{"control", "variant"}}.Participate(),
		}
		if shown.Deleted, err = d.deleted(r); err != nil {
			return err
		}
		shown.Experiments = d.listed(selection.Filter(all, of, shown.Query), by)
		return d.render(w, r, "list", "Experiments", shown)
	}
}

// listed returns experiments in order, as the list shows them.
func (d *dashboard) listed(some []*analysis.Report, by selection.Order) []listed {
	by.Sort(some)
	today := store.DayOf(d.now())
	all := make([]listed, len(some))
	for i, r := range some {
		rows, _ := alternatives(r)
		all[i] = listed{
			Report: r, ID: elementID(r.Experiment), Path: d.experimentURL(r.Experiment), State: selection.StateOf(r.Counts.Record), Verdict: newVerdict(r),
			Trend: chart.NewTrend(&r.Counts, today), Alternatives: rows,
		}
	}
	return all
}

// elementID returns the ID of an experiment's element in a page.
func elementID(name string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return "x" + strconv.FormatUint(h.Sum64(), 36)
}

// tabs returns the links to all states. They keep the search and the order.
func (d *dashboard) tabs(here selection.State, all []analysis.Report, query url.Values) []listTab {
	n := make(map[selection.State]int64)
	for i := range all {
		n[selection.StateOf(all[i].Counts.Record)]++
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
		{"Active", d.Prefix + "/" + suffix, n[selection.Active], here == selection.Active},
		{"Paused", d.Prefix + "/paused" + suffix, n[selection.Paused], here == selection.Paused},
		{"Archived", d.Prefix + "/archived" + suffix, n[selection.Archived], here == selection.Archived},
	}
}

var sorts = []choice{
	{string(selection.Newest), "newest"},
	{string(selection.Participants), "participants"},
	{string(selection.Surest), "most conclusive"},
}
