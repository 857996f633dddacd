package stats_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

// anyCounts returns counts of every size, extremes included.
func anyCounts(dice *rand.Rand) stats.Counts {
	n := int64(math.Exp(dice.Float64() * math.Log(1e9)))
	switch dice.IntN(8) {
	case 0:
		n = int64(dice.IntN(4))
	case 1:
		return stats.Counts{Participants: n}
	case 2:
		return stats.Counts{Participants: n, Converted: n}
	}
	return stats.Counts{Participants: n, Converted: int64(dice.Float64() * float64(n+1))}
}

// TestPAgreesWithIntervals tries random pairs: P is at most alpha exactly when
// both intervals exclude 0, they contain the estimates, and nothing is a number
// that JSON has no word for, but for what is documented to be.
func TestPAgreesWithIntervals(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		a, b, alpha := anyCounts(dice), anyCounts(dice), []float64{0.05, 0.01, 0.001}[dice.IntN(3)]
		c, e := stats.AlwaysValid(a, b, alpha)
		if math.IsNaN(c.P) || c.P < 0 || c.P > 1 || math.IsNaN(e.LogE) || math.IsInf(e.LogE, 0) {
			t.Fatalf("%v against %v: %+v, %+v", b, a, c, e)
		}
		decided := c.P <= alpha
		if decided == c.DifferenceIn.Contains(0) || decided == c.LiftIn.Contains(0) {
			t.Errorf("%v against %v at %v: P is %v, the intervals are %v and %v", b, a, alpha, c.P, c.DifferenceIn, c.LiftIn)
		}
		if d := c.Difference; !math.IsNaN(d) && !c.DifferenceIn.Contains(d) || !math.IsNaN(c.Lift) && !c.LiftIn.Contains(c.Lift) {
			t.Errorf("%v against %v: %+v", b, a, c)
		}
	}
}

// TestSwapped compares both ways round.
func TestSwapped(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	near := func(x, y float64) bool { return x == y || math.Abs(x-y) <= 1e-9*(1+math.Abs(x)) }
	for range 1000 {
		a, b := anyCounts(dice), anyCounts(dice)
		c, _ := stats.AlwaysValid(a, b, 0.05)
		d, _ := stats.AlwaysValid(b, a, 0.05)
		if !near(c.P, d.P) || !near(c.DifferenceIn.Lo, -d.DifferenceIn.Hi) || !near(c.DifferenceIn.Hi, -d.DifferenceIn.Lo) {
			t.Errorf("%v and %v: %+v, but %+v the other way round", a, b, c, d)
		}
	}
}

func TestChancesSumToOne(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 6))
	for range 100 {
		arms := make([]stats.Counts, 2+dice.IntN(5))
		for i := range arms {
			arms[i] = anyCounts(dice)
		}
		chances, losses := stats.Best(arms, stats.Uniform)
		sum := 0.0
		for i, c := range chances {
			sum += c
			if !(losses[i] >= 0 && losses[i] <= 1) {
				t.Errorf("%v: losses are %v", arms, losses)
			}
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("%v: chances are %v, which sum to %v", arms, chances, sum)
		}
	}
}

// TestLegacyRecordings compares with what Sixpack's own functions said.
func TestLegacyRecordings(t *testing.T) {
	folder := os.Getenv("SIXPACK_SHARED")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared")
	}
	file, err := os.Open(filepath.Join(folder, "reference", "stats.jsonl"))
	if err != nil {
		if os.Getenv("SIXPACK_SHARED") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	defer file.Close()
	type side struct {
		Participants, Conversions int64
		Rate                      float64 `json:"conversion_rate_percent_2dp"`
		Interval                  any     `json:"confidence_interval"` // an object where that function failed
		Statistic                 any     `json:"g_stat"`
		Level                     string  `json:"g_confidence_level"`
	}
	counts := func(s side) stats.Counts { return stats.Counts{Participants: s.Participants, Converted: s.Conversions} }
	for lines := json.NewDecoder(file); lines.More(); {
		var pair struct{ Control, Alternative side }
		if err := lines.Decode(&pair); err != nil {
			t.Fatal(err)
		}
		for i, s := range []side{pair.Control, pair.Alternative} {
			got := stats.Legacy(counts(pair.Control), counts(s), i == 0)
			interval, _ := s.Interval.(float64)
			statistic := any(got.Statistic)
			if math.IsNaN(got.Statistic) {
				statistic = "N/A"
			}
			if got.Rate != s.Rate || math.Abs(got.Interval-interval) > 1e-12*interval || statistic != s.Statistic || got.Level != s.Level {
				t.Errorf("%+v: got %+v", s, got)
			}
		}
	}
}
