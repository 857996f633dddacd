package sixpack

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// chosen is an experiment whose bandit has learned: its record holds the shares, for any
// algorithm.
var chosen = store.Record{
	Name: "x", Salt: "x", Alternatives: []string{"a", "b", "c", "d", "e"}, Traffic: 1,
	Epoch: store.Epoch{Number: 7, Weights: []float64{0.1, 0.2, 0.3, 0.15, 0.25}},
}

var offered = []string{"hash", "random", "thompson", "whiplash", "whiplash-legacy", "epsilon-greedy"}

func BenchmarkChoose(b *testing.B) {
	for _, name := range offered {
		b.Run(name, func(b *testing.B) {
			algorithm := new(Engine).Algorithm(name)
			b.ReportAllocs()
			for b.Loop() {
				choose(&chosen, algorithm, "09a7407c-e371-492b-82e3-ef438d960ca3")
			}
		})
	}
}

func TestChoosingAllocatesNothing(t *testing.T) {
	for _, name := range offered {
		algorithm := new(Engine).Algorithm(name)
		if n := testing.AllocsPerRun(1000, func() { choose(&chosen, algorithm, "09a7407c-e371-492b-82e3-ef438d960ca3") }); n > 0 {
			t.Errorf("%s: %v allocations, want none", name, n)
		}
	}
}

// seeded is the algorithm random with a fixed seed.
type seeded struct {
	bandit.Random

	dice *rand.Rand
}

func (s seeded) Draw() float64 { return s.dice.Float64() }

// TestMillionClients compares a million clients with their shares by chi-square.
func TestMillionClients(t *testing.T) {
	if testing.Short() {
		t.Skip("draws a million times")
	}
	const clients = 1_000_000
	arms := []bandit.Arm{{Weight: 0.5, Proportion: stats.Proportion{Participants: 4020, Converted: 201}}, {Weight: 0.5, Proportion: stats.Proportion{Participants: 3980, Converted: 245}}}
	algorithms := map[string]bandit.Algorithm{"seeded": seeded{dice: rand.New(rand.NewPCG(3, 4))}}
	for _, x := range []struct {
		algorithm string
		n         int
		weights   []float64
	}{
		{"hash", 3, nil},
		{"hash", 3, []float64{1, 2, 7}},
		{"hash", 3, []float64{90, 9, 1}},
		{"hash", 10, nil},
		{"seeded", 3, nil},
		{"seeded", 3, []float64{1, 2, 7}},
		{"seeded", 3, []float64{90, 9, 1}},
		{"thompson", 2, bandit.Thompson{}.Weights(arms)},
		{"whiplash", 2, bandit.Whiplash{}.Weights(arms)},
		{"whiplash-legacy", 2, bandit.WhiplashLegacy{}.Weights(arms)},
		{"epsilon-greedy", 2, bandit.EpsilonGreedy{}.Weights(arms)},
	} {
		t.Run(fmt.Sprint(x.algorithm, x.n, x.weights), func(t *testing.T) {
			e := Engine{config: Config{Algorithms: algorithms}}
			r := store.Record{Salt: "x", Alternatives: make([]string, x.n), Traffic: 1, Epoch: store.Epoch{Weights: stored(x.weights)}}
			algorithm, got := e.Algorithm(x.algorithm), make([]int64, x.n)
			for i := range clients {
				got[choose(&r, algorithm, strconv.Itoa(i))]++
			}
			split := stats.Split{Participants: got, Weights: (&store.Epoch{Weights: x.weights}).Shares(x.n)}
			if p := stats.CheckSampleRatio([]stats.Split{split}, stats.Concentration).ChiSquaredP; !(p > 1e-3) {
				t.Errorf("%v of %v, which has the probability %v", got, x.weights, p)
			}
		})
	}
}

// BenchmarkEpoch computes the shares of an epoch of five arms after many epochs.
func BenchmarkEpoch(b *testing.B) {
	for _, epochs := range []uint32{1, 1000} {
		r := chosen
		r.KPIs, r.Epoch.Number = []string{""}, epochs
		counts := store.NewCounts(r, nil)
		for n := range epochs {
			counts.Epochs = append(counts.Epochs, store.Epoch{Number: n + 1, Start: time.Unix(int64(n)*3600, 0)})
			for i := range counts.Alternatives {
				a := &counts.Alternatives[i]
				a.AddCohort(n+1, store.UnknownDay, 1_000_000/int64(epochs))
				a.KPIs[0].AddCohort(store.CohortConversions{Epoch: n + 1, Day: store.UnknownDay, Sums: store.Sums{Converted: int64(50_000+1000*i) / int64(epochs)}})
			}
		}
		for _, name := range offered[2:] {
			b.Run(fmt.Sprint(name, "/", epochs), func(b *testing.B) {
				algorithm, when := new(Engine).Algorithm(name), BanditSchedule{Window: -1}.orDefault()
				for b.Loop() {
					if weigh(algorithm, when.arms(counts, time.Unix(1e9, 0))) == nil {
						b.Fatal("nothing is learned")
					}
				}
			})
		}
	}
}
