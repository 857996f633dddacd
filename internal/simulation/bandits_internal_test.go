package simulation

import "testing"

func TestNamedRightly(t *testing.T) {
	for _, c := range []struct {
		named int
		rates []float64
		want  bool
	}{
		{0, []float64{0.2, 0.1}, true},
		{0, []float64{0.2, 0.2}, false},
		{0, []float64{0.2, 0.1, 0.2}, false},
		{1, []float64{0.2, 0.1}, false},
		{1, []float64{0.2, 0.2}, false},
		{1, []float64{0.1, 0.2}, true},
		{1, []float64{0.1, 0.2, 0.2}, true},
		{1, []float64{0.1, 0.2, 0.3}, false},
	} {
		if got := namedRightly(c.named, c.rates); got != c.want {
			t.Errorf("%d is rightly named of %v: %v", c.named, c.rates, got)
		}
	}
}
