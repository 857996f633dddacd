package dashboard

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/store"
)

// apiSettings is an experiment as it is set.
type apiSettings struct {
	Name         string     `json:"name"`
	State        state      `json:"state"`
	Created      *time.Time `json:"created"` // null if unknown
	Description  string     `json:"description"`
	Alternatives []string   `json:"alternatives"` // the control first
	KPIs         []string   `json:"kpis"`         // seen so far; "" is the default one
	PrimaryKPI   string     `json:"primary_kpi"`
	Winner       *string    `json:"winner"` // null while there is none
	Paused       bool       `json:"paused"`
	Archived     bool       `json:"archived"`
	Purged       bool       `json:"purged"`
	// Traffic, Weights and Algorithm are in force: weights are the shares of the
	// alternatives among new participants, and "" is the engine's algorithm.
	Traffic   float64        `json:"traffic"`
	Weights   []float64      `json:"weights"`
	Algorithm string         `json:"algorithm"`
	Declared  store.Override `json:"declared"` // by programs
	Override  store.Override `json:"override"` // by an operator
	Plan      store.Plan     `json:"plan"`     // as it was set; results have it with its defaults
	Ramp      *apiRamp       `json:"ramp"`     // null if there never was one
}

func newAPISettings(r store.Record) apiSettings {
	s := apiSettings{
		Name: r.Name, State: stateOf(r), Description: r.Description, Alternatives: r.Alternatives, KPIs: append([]string{}, r.KPIs...),
		PrimaryKPI: r.PrimaryKPI(), Paused: r.Paused, Archived: r.Archived, Purged: r.Purged,
		Traffic: r.TrafficInForce(), Weights: r.Shares(), Algorithm: r.AlgorithmInForce(),
		Declared: store.Override{Traffic: r.Traffic, Weights: r.Weights, Algorithm: r.Algorithm}, Override: r.Override, Plan: r.Plan,
		Ramp: newAPIRamp(r.Ramp),
	}
	if !r.Created.IsZero() {
		s.Created = new(r.Created.UTC())
	}
	if r.Winner != "" {
		s.Winner = &r.Winner
	}
	return s
}

// apiExperiment is an experiment with its results.
type apiExperiment struct {
	apiSettings

	Report *analysis.Report `json:"results"`
}

// apiList serves the experiments that are asked for.
func (d *dashboard) apiList(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	of, by := state(query.Get("state")), cmp.Or(query.Get("sort"), newest)
	if of != "" && of != active && of != paused && of != archived {
		return refusal{http.StatusBadRequest, fmt.Sprintf("There is no state %q: take active, paused or archived.", of)}
	}
	if orders[by] == nil {
		return refusal{http.StatusBadRequest, fmt.Sprintf("There is no order %q: take newest, participants or surest.", by)}
	}
	all, err := d.engine.Reports(r.Context())
	if err != nil {
		return err
	}
	var some []*analysis.Report
	for _, s := range []state{active, paused, archived} {
		if of == "" || of == s {
			some = append(some, filter(all, s, strings.TrimSpace(query.Get("q")))...)
		}
	}
	slices.SortStableFunc(some, orders[by])
	answer := struct {
		Experiments []apiExperiment `json:"experiments"`
	}{make([]apiExperiment, len(some))}
	for i, x := range some {
		answer.Experiments[i] = apiExperiment{newAPISettings(x.Counts.Record), x}
	}
	return answerJSON(w, answer)
}

// apiExperiment serves one experiment, by one KPI.
func (d *dashboard) apiExperiment(w http.ResponseWriter, r *http.Request) error {
	counts, kpi, _, err := d.asked(r)
	if err != nil {
		return err
	}
	report := analysis.New(counts, kpi, d.Now().In(d.Location))
	return answerJSON(w, apiExperiment{newAPISettings(counts.Record), &report})
}

// apiSeries serves what the charts of an experiment show.
func (d *dashboard) apiSeries(w http.ResponseWriter, r *http.Request) error {
	counts, kpi, by, err := d.asked(r)
	if err != nil {
		return err
	}
	return answerJSON(w, series.New(&counts, kpi, by))
}

// apiChanges serves the log of an experiment, which is there even after the
// experiment was deleted.
func (d *dashboard) apiChanges(w http.ResponseWriter, r *http.Request) error {
	name, most := r.PathValue("name"), mostChanges
	if query := r.URL.Query(); query.Has("most") {
		var err error
		if most, err = strconv.Atoi(query.Get("most")); err != nil || most < 1 {
			return refusal{http.StatusBadRequest, fmt.Sprintf("%q is not how many changes to answer with at most: take 1 or more.", query.Get("most"))}
		}
	}
	log, err := d.engine.Changes(r.Context(), name, most)
	if err != nil {
		return err
	}
	answer := struct {
		Changes []sixpack.LoggedChange `json:"changes"`
	}{log}
	for i, c := range log {
		log[i].At, log[i].Before, log[i].After = c.At.UTC(), retold(c.Before), retold(c.After)
	}
	return answerJSON(w, answer)
}

func answerJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return writeJSON(w, v)
}
