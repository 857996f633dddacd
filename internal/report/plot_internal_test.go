package report

import (
	"math"
	"testing"
)

func TestAxis(t *testing.T) {
	for _, c := range []struct {
		most, end, step float64
	}{{50, 50, 10}, {51, 60, 20}, {1, 1, 0.2}, {10_000, 10_000, 2000}, {0.3, 0.3, 0.1}, {230, 250, 50}, {0, 1, 0.2}, {100, 100, 20}, {6, 6, 2}} {
		if a := newAxis(c.most, 5); !near(a.end, c.end) || !near(a.step, c.step) {
			t.Errorf("up to %v the axis ends at %v in steps of %v, want %v and %v", c.most, a.end, a.step, c.end, c.step)
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
