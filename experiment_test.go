package sixpack_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestConfiguredWeights checks that calls without weights get the configured ones, in any order
// of the alternatives.
func TestConfiguredWeights(t *testing.T) {
	c := &clock{start}
	e := sixpack.New(new(memory.Store), sixpack.Config{
		Now: c.Now, Weights: map[string]map[string]float64{"button": {"blue": 9, "red": 1}, "Button": {"blue": 0, "red": 0}},
	})
	weights := func() []float64 { return countsOf(t, e, "button").Record.Epoch.Weights }
	participate(t, e, button, "anna")
	if got := weights(); !slices.Equal(got, []float64{0.1, 0.9}) {
		t.Errorf("the shares are %v", got)
	}
	c.now = c.now.Add(time.Hour)
	other := button
	other.Alternatives = []string{"blue", "red"}
	participate(t, e, other, "bert")
	if r := countsOf(t, e, "button").Record; r.Epoch.Number != 1 {
		t.Errorf("another order is a change: %+v", r.Epoch)
	}
	other.Weights = []float64{3, 1}
	participate(t, e, other, "carl")
	if got := weights(); !slices.Equal(got, []float64{0.25, 0.75}) {
		t.Errorf("the shares are %v where the call declares them", got)
	}
	unnamed := sixpack.Experiment{Name: "link", Alternatives: []string{"here", "there"}}
	participate(t, e, unnamed, "anna")
	if got := countsOf(t, e, "link").Record.Epoch.Weights; got != nil {
		t.Errorf("the shares are %v where nothing is configured", got)
	}
}

func TestConfiguredWeightsOfOthers(t *testing.T) {
	for name, weights := range map[string]map[string]float64{
		"one is missing":  {"red": 1},
		"one is another":  {"red": 1, "green": 1},
		"one is too many": {"red": 1, "blue": 1, "green": 1},
		"all are 0":       {"red": 0, "blue": 0},
		"one is negative": {"red": 2, "blue": -1},
	} {
		e := sixpack.New(new(memory.Store), sixpack.Config{Weights: map[string]map[string]float64{"button": weights}})
		if _, err := e.Participate(t.Context(), button, "anna"); !errors.Is(err, invalid("weights")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
