package sixpack_test

import (
	"errors"
	"regexp"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/store/memory"
)

// vector is a choice recorded from Sixpack 2.7.
type vector struct {
	Experiment   string   `json:"experiment"`
	ClientID     string   `json:"client_id"`
	Alternatives []string `json:"alternatives"`
	Chosen       string   `json:"chosen"`
}

// TestAssignment compares with the choices of Sixpack 2.7 for all recorded clients. Only an
// empty client ID is refused.
func TestAssignment(t *testing.T) {
	engine := sixpack.New(new(memory.Store), sixpack.Config{ExperimentName: regexp.MustCompile(`^.+$`)})
	for _, v := range reference.Lines[vector](t, "assignment.jsonl") {
		x := sixpack.Experiment{Name: v.Experiment, Alternatives: v.Alternatives}
		got, err := engine.Participate(t.Context(), x, v.ClientID)
		if v.ClientID == "" {
			if !errors.Is(err, invalid("client id")) {
				t.Errorf("no client in %q: %v, want %v", v.Experiment, err, invalid("client id"))
			}
			continue
		}
		if err != nil || got.Alternative != v.Chosen {
			t.Errorf("%q in %q of %q gets %q, %v, want %q", v.ClientID, v.Experiment, v.Alternatives, got.Alternative, err, v.Chosen)
		}
	}
}
