package api

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/dashboard/internal/selection"
	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/store"
)

// settings are the settings of an experiment.
type settings struct {
	Name         string          `json:"name"`
	State        selection.State `json:"state"`
	Created      *time.Time      `json:"created"` // null if unknown
	Description  string          `json:"description"`
	Alternatives []string        `json:"alternatives"` // the control first
	KPIs         []string        `json:"kpis"`         // seen so far; "" is the default KPI
	PrimaryKPI   string          `json:"primary_kpi"`
	Measure      store.Measure   `json:"measure"` // of the primary KPI; empty while it is not fixed
	Winner       *string         `json:"winner"`  // null without a winner
	Paused       bool            `json:"paused"`
	Archived     bool            `json:"archived"`
	Purged       bool            `json:"purged"`
	// Traffic, Weights and Algorithm are in effect: weights are the shares of the
	// alternatives among new participants, and "" is the engine's algorithm.
	Traffic   float64        `json:"traffic"`
	Weights   []float64      `json:"weights"`
	Algorithm string         `json:"algorithm"`
	Declared  store.Override `json:"declared"` // in code
	Override  store.Override `json:"override"` // by an operator
	Plan      store.Plan     `json:"plan"`     // without defaults
	Ramp      *ramp          `json:"ramp"`     // null if there never was one
}

func newSettings(r store.Record) settings {
	s := settings{
		Name: r.Name, State: selection.StateOf(r), Description: r.Description, Alternatives: r.Alternatives, KPIs: append([]string{}, r.KPIs...),
		PrimaryKPI: r.PrimaryKPI(), Measure: r.MeasureOf(r.PrimaryKPI()), Paused: r.Paused, Archived: r.Archived, Purged: r.Purged,
		Traffic: r.TrafficInForce(), Weights: r.Shares(), Algorithm: r.AlgorithmInForce(),
		Declared: store.Override{Traffic: r.Traffic, Weights: r.Weights, Algorithm: r.Algorithm}, Override: r.Override, Plan: r.Plan,
		Ramp: newRamp(r.Ramp),
	}
	if !r.Created.IsZero() {
		s.Created = new(r.Created.UTC())
	}
	if r.Winner != "" {
		s.Winner = &r.Winner
	}
	return s
}

// experiment is an experiment with its results.
type experiment struct {
	settings

	Report *analysis.Report `json:"results"`
}

// list serves experiments.
func (a routes) list(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	state, order := selection.State(query.Get("state")), selection.Order(cmp.Or(query.Get("sort"), string(selection.Newest)))
	if state != "" && state != selection.Active && state != selection.Paused && state != selection.Archived {
		return reply.Refuse(http.StatusBadRequest, fmt.Sprintf("The parameter state must be active, paused or archived, not %q.", state))
	}
	if !order.Known() {
		return reply.Refuse(http.StatusBadRequest, fmt.Sprintf("The parameter sort must be newest, participants or surest, not %q.", order))
	}
	all, err := a.engine.Reports(r.Context())
	if err != nil {
		return err
	}
	var found []*analysis.Report
	for _, s := range []selection.State{selection.Active, selection.Paused, selection.Archived} {
		if state == "" || state == s {
			found = append(found, selection.Filter(all, s, strings.TrimSpace(query.Get("q")))...)
		}
	}
	order.Sort(found)
	experiments := make([]experiment, len(found))
	for i, x := range found {
		experiments[i] = experiment{newSettings(x.Counts.Record), x}
	}
	return answer(w, map[string]any{"experiments": experiments})
}

// experiment serves one experiment, by one KPI.
func (a routes) experiment(w http.ResponseWriter, r *http.Request) error {
	v, err := selection.ViewOf(r, a.engine)
	if err != nil {
		return err
	}
	report := analysis.New(v.Counts, v.KPI, a.now())
	return answer(w, experiment{newSettings(v.Counts.Record), &report})
}

// series serves the counts and rates of an experiment over time.
func (a routes) series(w http.ResponseWriter, r *http.Request) error {
	v, err := selection.ViewOf(r, a.engine)
	if err != nil {
		return err
	}
	return answer(w, series.New(&v.Counts, v.KPI, v.Period))
}

// epochs serves the shares of an experiment's alternatives over time.
func (a routes) epochs(w http.ResponseWriter, r *http.Request) error {
	v, err := selection.ViewOf(r, a.engine)
	if err != nil {
		return err
	}
	s := series.NewEpochs(&v.Counts, v.KPI, a.now())
	limit, err := limitOf(r, 2, len(s.Epochs))
	if err != nil {
		return err
	}
	return answer(w, s.Thinned(limit))
}

// changes serves the change history of an experiment, which survives its deletion.
func (a routes) changes(w http.ResponseWriter, r *http.Request) error {
	const defaultLimit = 100
	limit, err := limitOf(r, 1, defaultLimit)
	if err != nil {
		return err
	}
	log, err := a.engine.Changes(r.Context(), r.PathValue("name"), limit)
	if err != nil {
		return err
	}
	for i, c := range log {
		log[i].At, log[i].Before, log[i].After = c.At.UTC(), withRamp(c.Before), withRamp(c.After)
	}
	return answer(w, map[string][]sixpack.LoggedChange{"changes": log})
}

// limitOf returns the parameter limit, which must be at least minimum. Its former name, most, is
// still understood.
func limitOf(r *http.Request, minimum, otherwise int) (int, error) {
	query, name := r.URL.Query(), "limit"
	if query.Has("most") {
		name = "most"
	}
	if !query.Has(name) {
		return otherwise, nil
	}
	limit, err := strconv.Atoi(query.Get(name))
	if err != nil || limit < minimum {
		return 0, reply.Refuse(http.StatusBadRequest, fmt.Sprintf("The parameter %s must be a whole number of at least %d, not %q.", name, minimum, query.Get(name)))
	}
	return limit, nil
}
