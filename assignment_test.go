package sixpack_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/memory"
)

// vector is a choice recorded from Sixpack 2.7.
type vector struct {
	Experiment   string   `json:"experiment"`
	ClientID     string   `json:"client_id"`
	Alternatives []string `json:"alternatives"`
	Chosen       string   `json:"chosen"`
}

// TestAssignment asks for what Sixpack 2.7 chose, for every client recorded. An
// empty client is the only one that we refuse.
func TestAssignment(t *testing.T) {
	engine := sixpack.New(new(memory.Store), sixpack.Config{ExperimentName: regexp.MustCompile(`^.+$`)})
	for _, v := range vectors(t) {
		x := sixpack.Experiment{Name: v.Experiment, Alternatives: v.Alternatives}
		got, err := engine.Participate(t.Context(), x, v.ClientID)
		if v.ClientID == "" {
			if !errors.Is(err, sixpack.ErrMissing) {
				t.Errorf("no client in %q: %v, want %v", v.Experiment, err, sixpack.ErrMissing)
			}
			continue
		}
		if err != nil || got.Alternative != v.Chosen {
			t.Errorf("%q in %q of %q gets %q, %v, want %q", v.ClientID, v.Experiment, v.Alternatives, got.Alternative, err, v.Chosen)
		}
	}
}

// vectors reads the reference recordings, which are not part of this
// repository: without them the test is skipped, but fails where SIXPACK_SHARED
// names their folder.
func vectors(t *testing.T) (all []vector) {
	t.Helper()
	folder := cmp.Or(os.Getenv("SIXPACK_SHARED"), "../shared")
	lines, err := os.ReadFile(filepath.Join(folder, "reference", "assignment.jsonl"))
	switch {
	case err == nil:
	case os.Getenv("SIXPACK_SHARED") != "":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
	for line := range bytes.Lines(lines) {
		var v vector
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}
