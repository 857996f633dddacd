package httpapi

import (
	"context"
	"strings"
)

// status is the answer to /_status.
type status struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

func (a *api) status(ctx context.Context, _ *query) (any, error) {
	if a.Ping != nil {
		if err := a.Ping(ctx); err != nil {
			return nil, err
		}
	}
	return &status{"ok", a.Version}, nil
}

var plainType = []string{"text/plain; charset=utf-8"}

func (a *api) home(context.Context, *query) (any, error) {
	greeting := strings.TrimSpace("sixpack "+a.Version) + "\n\n" +
		"/participate  tells a client its alternative of an experiment\n" +
		"/convert      counts a conversion of a client\n"
	return text{plainType, []byte(greeting)}, nil
}

func favicon(context.Context, *query) (any, error) { return text{plainType, nil}, nil }
