package dashboard_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// failing is a store that may be down.
type failing struct {
	saving
}

func (f *failing) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	if f.down.Load() {
		return nil, errDown
	}
	return f.Store.Counts(ctx, names...)
}

func (f *failing) Lookup(ctx context.Context, experiment, client string) (store.Facts, error) {
	if f.down.Load() {
		return store.Facts{}, errDown
	}
	return f.Store.Lookup(ctx, experiment, client)
}

func (f *failing) Changes(ctx context.Context, experiment string, most int) ([]store.Change, error) {
	if f.down.Load() {
		return nil, errDown
	}
	return f.Store.Changes(ctx, experiment, most)
}

var errDown = errors.New("the store is down: secret details")

// saving is a store that can be read, but not written.
type saving struct {
	store.Store

	down atomic.Bool
}

func (s *saving) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	if s.down.Load() {
		return store.Facts{}, errDown
	}
	return s.Store.Save(ctx, r, changes...)
}

func (s *saving) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (store.Facts, error) {
	if s.down.Load() {
		return store.Facts{}, errDown
	}
	return s.Store.Clear(ctx, r, keepCounts, changes...)
}

func (s *saving) Delete(ctx context.Context, experiment string, changes ...store.Change) (bool, error) {
	if s.down.Load() {
		return false, errDown
	}
	return s.Store.Delete(ctx, experiment, changes...)
}

// TestAPIDown asks for everything while the store does not answer.
func TestAPIDown(t *testing.T) {
	s := &failing{saving{Store: filled(t, sample("button", 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60}))}}
	p := newProgram(t, s)
	before := p.everything()
	for _, o := range operations(t) {
		if o.path == "/api/openapi.json" {
			continue
		}
		s.down.Store(true)
		a := p.call(o.method, o.at("button"), o.example)
		s.down.Store(false)
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Content-Type") != asJSON || strings.Contains(a.body, "secret") {
			t.Errorf("%s %s: %s %s", o.method, o.path, a.Status, a.body)
		}
		if p.everything() != before {
			t.Errorf("%s %s changed something", o.method, o.path)
		}
	}
}

// TestAPIUnwritten makes changes while the store cannot be written.
func TestAPIUnwritten(t *testing.T) {
	s := &saving{Store: filled(t, sample("button", 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60}))}
	p := newProgram(t, s)
	for _, e := range append(slices.Clone(edits), edit{"DELETE", "", "", func(store.Record) bool { return true }}) {
		before := p.everything()
		s.down.Store(true)
		a := p.call(e.method, apiPath("button")+e.path, e.body)
		s.down.Store(false)
		if a.StatusCode != http.StatusServiceUnavailable || p.everything() != before {
			t.Errorf("%s %s: %s %s", e.method, e.path, a.Status, a.body)
		}
		if a := p.call(e.method, apiPath("button")+e.path, e.body); a.StatusCode != http.StatusNoContent {
			t.Errorf("%s %s, again: %s %s", e.method, e.path, a.Status, a.body)
		}
	}
}
