package dashboard

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/dashboard/internal/markdown"
	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// legacyExperiment is an experiment as Sixpack's JSON has it.
type legacyExperiment struct {
	Alternatives      []legacyAlternative `json:"alternatives"`
	CreatedAt         *string             `json:"created_at"`
	Description       *string             `json:"description"`
	PrettyDescription string              `json:"pretty_description,omitempty"`
	ExcludedClients   int64               `json:"excluded_clients"`
	HasWinner         bool                `json:"has_winner"`
	IsArchived        bool                `json:"is_archived"`
	IsPaused          bool                `json:"is_paused"`
	KPI               *string             `json:"kpi"` // null is the default KPI
	KPIs              []string            `json:"kpis"`
	Name              string              `json:"name"`
	Period            series.Period       `json:"period"`
	TotalConversions  int64               `json:"total_conversions"`
	TotalParticipants int64               `json:"total_participants"`
	TrafficFraction   float64             `json:"traffic_fraction"`
	Winner            string              `json:"winner"`
}

// legacyAlternative is one of its alternatives.
type legacyAlternative struct {
	Name             string        `json:"name"`
	Data             []legacyDatum `json:"data"`
	IsControl        bool          `json:"is_control"`
	IsWinner         *bool         `json:"is_winner"` // null while there is none
	ParticipantCount int64         `json:"participant_count"`
	CompletedCount   int64         `json:"completed_count"`
	ConversionRate   float64       `json:"conversion_rate"` // in percent
	Interval         float64       `json:"confidence_interval"`
	Level            string        `json:"confidence_level"`
	Statistic        any           `json:"test_statistic"` // a number, or "N/A"
}

// legacyDatum is what was counted in a period.
type legacyDatum struct {
	Date         string `json:"date"`
	Participants int64  `json:"participants"`
	Conversions  int64  `json:"conversions"`
}

// serveLegacyList serves the active experiments, each by the default KPI.
func (d *dashboard) serveLegacyList(w http.ResponseWriter, r *http.Request) error {
	by, err := legacyPeriod(r)
	if err != nil {
		return err
	}
	all, err := d.engine.AllCounts(r.Context())
	if err != nil {
		return err
	}
	shown := []legacyExperiment{}
	for i := range all {
		if counts := &all[i]; stateOf(counts.Record) == active {
			shown = append(shown, d.newLegacyExperiment(counts, "", by))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	return writeJSON(w, map[string]any{"experiments": shown})
}

// serveLegacyExperiment serves an experiment as JSON, if its name is followed by
// .json, and leads to its page if not.
func (d *dashboard) serveLegacyExperiment(w http.ResponseWriter, r *http.Request) error {
	name, asJSON := strings.CutSuffix(r.PathValue("name"), ".json")
	if !asJSON {
		return addSlash(w, r)
	}
	by, err := legacyPeriod(r)
	if err != nil {
		return err
	}
	counts, err := d.legacyCounts(r.Context(), name)
	if err != nil {
		return err
	}
	kpi, err := legacyKPI(r, counts.Record)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return writeJSON(w, d.newLegacyExperiment(&counts, kpi, by))
}

func (d *dashboard) newLegacyExperiment(of *store.Counts, kpi string, by series.Period) legacyExperiment {
	r := &of.Record
	x := legacyExperiment{
		Alternatives: newLegacyAlternatives(of, kpi, by), ExcludedClients: of.Excluded,
		HasWinner: r.Winner != "", IsArchived: r.Archived, IsPaused: r.Paused,
		KPIs: slices.DeleteFunc(append([]string{}, r.KPIs...), func(kpi string) bool { return kpi == "" }),
		Name: r.Name, Period: by, TrafficFraction: r.TrafficInForce(), Winner: r.Winner,
	}
	for _, a := range x.Alternatives {
		x.TotalParticipants += a.ParticipantCount
		x.TotalConversions += a.CompletedCount
	}
	if !r.Created.IsZero() {
		x.CreatedAt = new(r.Created.In(d.Location).Format("2006-01-02 15:04"))
	}
	if r.Description != "" {
		x.Description = &r.Description
		x.PrettyDescription = strings.TrimSpace(string(markdown.HTML(r.Description)))
	}
	if kpi != "" {
		x.KPI = &kpi
	}
	return x
}

func newLegacyAlternatives(of *store.Counts, kpi string, by series.Period) []legacyAlternative {
	all := make([]legacyAlternative, len(of.Alternatives))
	data := newLegacyData(of, kpi, by)
	control := tally(of.Alternatives[0], kpi)
	for i, counts := range of.Alternatives {
		n := tally(counts, kpi)
		s := stats.LegacyOf(control, n, i == 0)
		a := &all[i]
		*a = legacyAlternative{
			Name: of.Record.Alternatives[i], Data: data[i], IsControl: i == 0,
			ParticipantCount: n.Participants, CompletedCount: n.Converted,
			ConversionRate: s.Rate, Interval: s.Interval, Level: s.Level, Statistic: "N/A",
		}
		if s.Statistic.Known() {
			a.Statistic = s.Statistic
		}
		if of.Record.Winner != "" {
			a.IsWinner = new(a.Name == of.Record.Winner)
		}
	}
	return all
}

// tally returns how many took part, and how many of them converted.
func tally(a store.AlternativeCounts, kpi string) stats.Proportion {
	return stats.Proportion{Participants: a.Participants(), Converted: a.KPI(kpi).Converted()}
}

// newLegacyData returns, for each alternative, what was counted in every period in
// which anything was counted of any of them.
func newLegacyData(of *store.Counts, kpi string, by series.Period) [][]legacyDatum {
	index := make(map[store.Day]int)
	for _, start := range legacyPeriods(of, kpi, by) {
		index[start] = len(index)
	}
	all := make([][]legacyDatum, len(of.Alternatives))
	for i, a := range of.Alternatives {
		all[i] = make([]legacyDatum, len(index))
		for start, j := range index {
			all[i][j].Date = by.Label(start)
		}
		for _, d := range a.Days {
			all[i][index[by.Start(d.Day)]].Participants += d.Participants
		}
		for _, d := range a.KPI(kpi).Days {
			if d.Converted != 0 {
				all[i][index[by.Start(d.Day)]].Conversions += d.Converted
			}
		}
	}
	return all
}

// legacyPeriods returns the first days, in order, of the periods in which anything
// was counted.
func legacyPeriods(of *store.Counts, kpi string, by series.Period) []store.Day {
	var starts []store.Day
	for _, a := range of.Alternatives {
		for _, d := range a.Days {
			starts = append(starts, by.Start(d.Day))
		}
		for _, d := range a.KPI(kpi).Days {
			if d.Converted != 0 {
				starts = append(starts, by.Start(d.Day))
			}
		}
	}
	slices.Sort(starts)
	return slices.Compact(starts)
}
