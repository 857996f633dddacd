package httpapi

import (
	"context"
	"errors"

	"github.com/sixpack-go/sixpack"
)

// details is the answer to /experiments/NAME.
type details struct {
	Status            string   `json:"status"`
	Name              string   `json:"name"`
	Alternatives      []string `json:"alternatives"`
	CreatedAt         string   `json:"created_at"`
	TrafficFraction   float64  `json:"traffic_fraction"`
	ExcludedClients   int64    `json:"excluded_clients"`
	TotalParticipants int64    `json:"total_participants"`
	TotalConversions  int64    `json:"total_conversions"`
	Description       *string  `json:"description"`
	Winner            string   `json:"winner"`
	IsArchived        bool     `json:"is_archived"`
	IsPaused          bool     `json:"is_paused"`
}

func (a *api) experiment(ctx context.Context, q *query) (any, error) {
	results, err := a.engine.Counts(ctx, q.path)
	if errors.Is(err, sixpack.ErrUnknown) {
		return nil, errNoExperiment
	}
	if err != nil {
		return nil, err
	}
	r := results.Record
	d := &details{
		Status:          "ok",
		Name:            r.Name,
		Alternatives:    r.Alternatives,
		CreatedAt:       r.Created.In(a.Location).Format("2006-01-02 15:04"),
		TrafficFraction: r.TrafficInForce(),
		ExcludedClients: results.Excluded,
		Winner:          r.Winner,
		IsArchived:      r.Archived,
		IsPaused:        r.Paused,
	}
	if r.Description != "" {
		d.Description = &r.Description
	}
	for _, counts := range results.Alternatives {
		d.TotalParticipants += counts.Participants()
		d.TotalConversions += counts.KPI("").Converted()
	}
	return d, nil
}
