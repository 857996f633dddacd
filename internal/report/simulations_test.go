package report_test

import (
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/simulation"
)

// TestInterrupted checks that a report on the tests that finished says so.
func TestInterrupted(t *testing.T) {
	var text strings.Builder
	r := simulation.AAReport{Rate: 0.5, Split: []float64{1, 1}, Visitors: 100, Days: 1, Alpha: 0.05, Runs: 3, Asked: 10, Seed: 1}
	if err := report.AA(&text, r); err != nil || !strings.Contains(text.String(), "Interrupted after 3 of 10 tests.") {
		t.Errorf("%v\n%s", err, &text)
	}
}
