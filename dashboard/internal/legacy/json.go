package legacy

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/dashboard/internal/markdown"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/dashboard/internal/selection"
	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// experiment is an experiment in Sixpack's JSON.
type experiment struct {
	Alternatives      []alternative `json:"alternatives"`
	CreatedAt         *string       `json:"created_at"`
	Description       *string       `json:"description"`
	PrettyDescription string        `json:"pretty_description,omitempty"`
	ExcludedClients   int64         `json:"excluded_clients"`
	HasWinner         bool          `json:"has_winner"`
	IsArchived        bool          `json:"is_archived"`
	IsPaused          bool          `json:"is_paused"`
	KPI               *string       `json:"kpi"` // null is the default KPI
	KPIs              []string      `json:"kpis"`
	Name              string        `json:"name"`
	Period            series.Period `json:"period"`
	TotalConversions  int64         `json:"total_conversions"`
	TotalParticipants int64         `json:"total_participants"`
	TrafficFraction   float64       `json:"traffic_fraction"`
	Winner            string        `json:"winner"`
}

// alternative is an alternative of an experiment.
type alternative struct {
	Name             string  `json:"name"`
	Data             []datum `json:"data"` // by period; periods without any counts are omitted
	IsControl        bool    `json:"is_control"`
	IsWinner         *bool   `json:"is_winner"` // null without a winner
	ParticipantCount int64   `json:"participant_count"`
	CompletedCount   int64   `json:"completed_count"`
	ConversionRate   float64 `json:"conversion_rate"` // in percent
	Interval         float64 `json:"confidence_interval"`
	Level            string  `json:"confidence_level"`
	Statistic        any     `json:"test_statistic"` // a number, or "N/A"
}

// datum is the counts of an alternative in a period.
type datum struct {
	Date         string `json:"date"`
	Participants int64  `json:"participants"`
	Conversions  int64  `json:"conversions"`
}

// list serves the active experiments, by the default KPI.
func (l routes) list(w http.ResponseWriter, r *http.Request) error {
	by, err := period(r)
	if err != nil {
		return err
	}
	all, err := l.engine.AllCounts(r.Context())
	if err != nil {
		return err
	}
	active := []experiment{}
	for _, counts := range all {
		if selection.StateOf(counts.Record) == selection.Active {
			active = append(active, l.newExperiment(selection.View{Counts: counts, Period: by}))
		}
	}
	return reply.JSON(w, http.StatusOK, map[string]any{"experiments": active})
}

// experiment serves an experiment as JSON if the path ends in .json. Otherwise it
// redirects to the experiment's page.
func (l routes) experiment(w http.ResponseWriter, r *http.Request) error {
	name, wantsJSON := strings.CutSuffix(r.PathValue("name"), ".json")
	if !wantsJSON {
		return addSlash(w, r)
	}
	v, err := l.view(r, name)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, l.newExperiment(v))
}

func (l routes) newExperiment(v selection.View) experiment {
	r := &v.Counts.Record
	x := experiment{
		Alternatives: newAlternatives(v), ExcludedClients: v.Counts.Excluded,
		HasWinner: r.Winner != "", IsArchived: r.Archived, IsPaused: r.Paused,
		KPIs: slices.DeleteFunc(append([]string{}, r.KPIs...), func(kpi string) bool { return kpi == "" }),
		Name: r.Name, Period: v.Period, TrafficFraction: r.TrafficInForce(), Winner: r.Winner,
	}
	for _, a := range x.Alternatives {
		x.TotalParticipants += a.ParticipantCount
		x.TotalConversions += a.CompletedCount
	}
	if !r.Created.IsZero() {
		x.CreatedAt = new(r.Created.In(l.zone).Format("2006-01-02 15:04"))
	}
	if r.Description != "" {
		x.Description = &r.Description
		x.PrettyDescription = strings.TrimSpace(string(markdown.HTML(r.Description)))
	}
	if v.KPI != "" {
		x.KPI = &v.KPI
	}
	return x
}

func newAlternatives(v selection.View) []alternative {
	all := make([]alternative, len(v.Counts.Alternatives))
	data := newData(v)
	control := total(v.Counts.Alternatives[0], v.KPI)
	for i, counts := range v.Counts.Alternatives {
		n := total(counts, v.KPI)
		s := stats.LegacyOf(control, n, i == 0)
		a := &all[i]
		*a = alternative{
			Name: v.Counts.Record.Alternatives[i], Data: data[i], IsControl: i == 0,
			ParticipantCount: n.Participants, CompletedCount: n.Converted,
			ConversionRate: s.Rate, Interval: s.Interval, Level: s.Level, Statistic: "N/A",
		}
		if s.Statistic.Known() {
			a.Statistic = s.Statistic
		}
		if winner := v.Counts.Record.Winner; winner != "" {
			a.IsWinner = new(a.Name == winner)
		}
	}
	return all
}

func total(a store.AlternativeCounts, kpi string) stats.Proportion {
	return stats.Proportion{Participants: a.Participants(), Converted: a.KPI(kpi).Converted()}
}

// newData returns the data of each alternative.
func newData(v selection.View) [][]datum {
	s := series.New(&v.Counts, v.KPI, v.Period)
	all := make([][]datum, len(s.Alternatives))
	for j := range all {
		all[j] = []datum{}
	}
	for i, label := range s.Labels {
		if !slices.ContainsFunc(s.Alternatives, func(a series.Alternative) bool { return a.Participants[i] != 0 || a.Converted[i] != 0 }) {
			continue
		}
		for j, a := range s.Alternatives {
			all[j] = append(all[j], datum{label, a.Participants[i], a.Converted[i]})
		}
	}
	return all
}
