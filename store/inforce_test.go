package store_test

import (
	"slices"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// What an operator set takes precedence over what callers declared.
func TestValuesInForce(t *testing.T) {
	t.Parallel()
	r := store.Record{Alternatives: []string{"a", "b"}, Traffic: 0.5, Weights: []float64{0.9, 0.1}, Algorithm: "thompson"}
	if r.TrafficInForce() != 0.5 || r.AlgorithmInForce() != "thompson" || !slices.Equal(r.WeightsInForce(), []float64{0.9, 0.1}) {
		t.Errorf("declared values in force: %v, %q, %v", r.TrafficInForce(), r.AlgorithmInForce(), r.WeightsInForce())
	}
	r.Override = store.Override{Traffic: 1, Weights: []float64{0.2, 0.8}, Algorithm: "hash"}
	if r.TrafficInForce() != 1 || r.AlgorithmInForce() != "hash" || !slices.Equal(r.WeightsInForce(), []float64{0.2, 0.8}) {
		t.Errorf("overridden values in force: %v, %q, %v", r.TrafficInForce(), r.AlgorithmInForce(), r.WeightsInForce())
	}
	if got, want := r.Shares(), []float64{0.5, 0.5}; !slices.Equal(got, want) {
		t.Errorf("shares of an epoch without weights: %v, want %v", got, want)
	}
	r.Epoch.Weights = []float64{0.3, 0.7}
	if got := r.Shares(); !slices.Equal(got, r.Epoch.Weights) {
		t.Errorf("shares: %v, want %v", got, r.Epoch.Weights)
	}
}

// An experiment takes new participants only while nothing closes it.
func TestOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		record store.Record
		want   bool
	}{
		{store.Record{}, true},
		{store.Record{Winner: "a"}, false},
		{store.Record{Paused: true}, false},
		{store.Record{Archived: true}, false},
		{store.Record{Purged: true}, true},
	} {
		if got := c.record.Open(); got != c.want {
			t.Errorf("%+v: open is %t, want %t", c.record, got, c.want)
		}
	}
}
