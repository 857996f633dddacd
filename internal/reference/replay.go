package reference

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// Difference is a recorded case that sixpack answers differently by design.
type Difference struct {
	Case  string
	Steps []int // that differ, counted from 1; all others must not
	Drawn []int // steps that depend on a random draw: any alternative is right
	Why   string
}

// Differences returns the differences that testdata/differences.json of the tested
// package lists.
func Differences(tb testing.TB) (all []Difference) {
	tb.Helper()
	data, err := os.ReadFile("testdata/differences.json")
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// Replay runs play in a subtest for each case, with the listed difference of the case, if
// any. It fails if a difference belongs to no case.
func Replay[Case any](t *testing.T, cases []Case, name func(Case) string, listed []Difference, play func(*testing.T, Case, Difference)) {
	t.Helper()
	rest := slices.Clone(listed)
	for _, c := range cases {
		var expected Difference
		if i := slices.IndexFunc(rest, func(d Difference) bool { return d.Case == name(c) }); i >= 0 {
			expected = rest[i]
			rest = slices.Delete(rest, i, i+1)
		}
		t.Run(name(c), func(t *testing.T) { play(t, c, expected) })
	}
	for _, d := range rest {
		t.Errorf("differences.json lists %q, which is not a case, or is listed twice", d.Case)
	}
}

// Expect fails unless exactly the steps of d deviate from the recording. deviations
// has an entry for each step, which is empty if the step does not deviate.
func (d Difference) Expect(t *testing.T, deviations []string) {
	t.Helper()
	for i, deviation := range deviations {
		listed := slices.Contains(d.Steps, i+1)
		switch {
		case deviation != "" && !listed:
			t.Errorf("step %d: %s", i+1, deviation)
		case deviation == "" && listed:
			t.Errorf("step %d is listed in differences.json, but does not differ", i+1)
		}
	}
}
