package simulation_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// repeated returns in how many of n runs once is true. A run depends only on the seed and its number.
func repeated(n int, seed uint64, once func(dice *rand.Rand) bool) int {
	var seen, next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				far := rand.NewPCG(seed, uint64(i))
				if once(rand.New(rand.NewPCG(far.Uint64(), far.Uint64()))) {
					seen.Add(1)
				}
			}
		})
	}
	workers.Wait()
	return int(seen.Load())
}

// TestForcedParticipants has equal alternatives, and 1% of forced participants on each, of whom those on one convert at 80%, or
// 20% who chose one, at three times the rate.
func TestForcedParticipants(t *testing.T) {
	for i, row := range []struct {
		name        string
		share, rate float64 // of the participants who are not drawn
	}{{"1% and 1% forced, at 80%", 0.02, 0.8}, {"20% chosen, at 15%", 0.2, 0.15}} {
		runs := 60 * times(t, 8)
		alarms := repeated(runs, seed+uint64(i), func(dice *rand.Rand) bool {
			counts := store.NewCounts(store.Record{
				Alternatives: []string{"a", "b"}, KPIs: []string{""}, Epoch: store.Epoch{Number: 1},
			}, []store.Epoch{{Number: 1}})
			for v := range 20_000 {
				arm, epoch, rate := dice.IntN(2), uint32(1), 0.05
				if dice.Float64() < row.share {
					epoch = 0
					if arm == 1 {
						rate = row.rate
					}
				}
				came := store.ClientState{Choice: arm, Epoch: epoch}
				counts.Move(store.ClientState{Choice: store.None}, came)
				if dice.Float64() < rate {
					counts.Credit(came, 0, 0, store.ClientConversion{}, store.ClientConversion{Events: 1})
				}
				if v%250 == 249 && decided(analysis.Summary(counts, time.Unix(0, 0))) {
					return true
				}
			}
			return false
		})
		atMostAlpha(t, row.name, alarms, runs)
	}
}

// decided reports whether any alternative stands better or worse.
func decided(r analysis.Report) bool {
	return slices.ContainsFunc(r.Alternatives, func(a analysis.Alternative) bool {
		return a.Standing == stats.StandingBetter || a.Standing == stats.StandingWorse
	})
}

// TestLeaderOfChangedShares has one alternative 60% and one 30% above the control. The second gets most of the visitors when all
// rates are three times as high. The first must lead.
func TestLeaderOfChangedShares(t *testing.T) {
	runs := 100 * times(t, 8)
	wrong := repeated(runs, seed, func(dice *rand.Rand) bool {
		q := stats.Question{Alpha: 0.05, MinEffect: 0.05}
		for _, p := range []struct {
			weights []float64
			rate    float64
		}{{[]float64{1, 2, 1}, 0.05}, {[]float64{1, 0.3, 2}, 0.15}} {
			s := stats.Stratum{Arms: make([]stats.Proportion, 3), Weights: p.weights}
			shares := stats.Shares(p.weights)
			for range 20_000 {
				arm, x := 0, dice.Float64()
				for arm < 2 && x >= shares[arm] {
					x -= shares[arm]
					arm++
				}
				s.Arms[arm].Participants++
				if dice.Float64() < p.rate*[]float64{1, 1.6, 1.3}[arm] {
					s.Arms[arm].Converted++
				}
			}
			q.Strata = append(q.Strata, s)
		}
		d := stats.Decide(q)
		rates := stats.Standardized(q.Strata)
		return d.Leader != 1 || !(rates[1] > rates[2] && rates[2] > rates[0])
	})
	t.Logf("another alternative leads in %d of %d runs", wrong, runs)
	if 100*wrong > 2*runs {
		t.Errorf("another alternative leads in %d of %d runs", wrong, runs)
	}
}

// TestFalseAlarmsWithAnEmptyAlternative has a third alternative that nobody gets.
func TestFalseAlarmsWithAnEmptyAlternative(t *testing.T) {
	runs := 200 * times(t, 8)
	alarms := repeated(runs, seed, func(dice *rand.Rand) bool {
		s := stats.Stratum{Arms: make([]stats.Proportion, 3), Weights: []float64{1, 1, 0}}
		for v := range 20_000 {
			c := &s.Arms[dice.IntN(2)]
			c.Participants++
			if dice.Float64() < 0.05 {
				c.Converted++
			}
			if v%250 == 249 && differs(stats.Question{Strata: []stats.Stratum{s}, Alpha: 0.05, MinEffect: 0.05}) {
				return true
			}
		}
		return false
	})
	atMostAlpha(t, "weights 1:1:0", alarms, runs)
}
