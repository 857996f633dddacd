package simulation_test

import (
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/simulation"
)

// reference is what somebody else's simulation of an algorithm came to.
type reference struct {
	ID, Set, Algorithm string
	Arms               []float64
	Horizon, Reps      int
	MeanRegret         float64 `json:"mean_regret"`
	SDRegret           float64 `json:"sd_regret"`
	SE                 float64 `json:"se"`
	BestShare          float64 `json:"best_share"`
	BestShareSE        float64 `json:"best_share_se"`
}

func references(t *testing.T) []reference {
	t.Helper()
	folder := cmp.Or(os.Getenv("SIXPACK_SHARED"), "../../../shared")
	text, err := os.ReadFile(filepath.Join(folder, "stats", "bandit_regret.json"))
	if err != nil {
		if os.Getenv("SIXPACK_SHARED") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	var file struct{ Vectors []reference }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

// rule is how the reference's algorithm is run here. It learns after every
// participant, which takes an hour: here it does after a few, which makes less
// difference than the references are precise to.
func rule(name string, batch int64) (t simulation.Trial, ok bool) {
	const delay = 500
	plain := sixpack.Thompson{Floor: -1}
	b := sixpack.Bandit{Window: -1, MinParticipants: -1, Interval: -1, Batch: batch, Growth: -1}
	algorithms := map[string]sixpack.Algorithm{
		"uniform":                          sixpack.Hash{},
		"whiplash_legacy":                  sixpack.WhiplashLegacy{},
		"whiplash_correct":                 sixpack.Whiplash{},
		"thompson":                         plain,
		"thompson_floor10":                 sixpack.Thompson{},
		"thompson_batch100":                plain,
		"thompson_batch1000":               plain,
		"thompson_delay500_pending_fail":   plain,
		"thompson_delay500_pending_ignored": plain,
	}
	switch name {
	case "thompson_batch100":
		b.Batch = 100
	case "thompson_batch1000":
		b.Batch = 1000
	case "thompson_delay500_pending_fail":
		t.Delay = delay
	case "thompson_delay500_pending_ignored":
		t.Delay = delay
		b.Window = time.Duration(delay-batch) * time.Second // half a batch later on average, for half a batch
	}
	_, ok = algorithms[name]
	t.Config = sixpack.Config{Algorithm: name, Algorithms: algorithms, Bandit: b}
	return t, ok
}

func trials(t *testing.T, x simulation.Trial, n int, salt uint64) []simulation.Gain {
	t.Helper()
	all := make([]simulation.Gain, n)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() (err error) {
			all[i], err = x.Run(t.Context(), rand.New(rand.NewPCG(seed+salt, uint64(i))))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRegret(t *testing.T) {
	batch, _ := strconv.ParseInt(cmp.Or(os.Getenv("SIXPACK_REGRET"), "100"), 10, 64)
	only := os.Getenv("SIXPACK_REGRET_ONLY")
	for k, r := range references(t) {
		x, ok := rule(r.Algorithm, batch)
		if !ok || (only != "" && !strings.HasPrefix(r.ID, "regret-"+only)) {
			continue
		}
		x.Rates, x.Participants = r.Arms, r.Horizon
		const runs = 500
		began := time.Now()
		all := trials(t, x, runs, uint64(k+1))
		mean, share := 0.0, 0.0
		for _, g := range all {
			mean += g.Regret / runs
			share += g.Best / runs
		}
		tol := 4 * math.Sqrt(r.SE*r.SE+r.SDRegret*r.SDRegret/runs)
		sd := r.BestShareSE * math.Sqrt(float64(r.Reps))
		tolShare := 4 * math.Sqrt(r.BestShareSE*r.BestShareSE+sd*sd/runs)
		t.Logf("%-50s regret %.2f, reference %.2f ± %.2f (z %.1f); best %.4f, %.4f ± %.4f; %v", r.ID, mean, r.MeanRegret, tol, 4*(mean-r.MeanRegret)/tol, share, r.BestShare, tolShare, time.Since(began).Round(time.Second))
		if math.Abs(mean-r.MeanRegret) > tol || math.Abs(share-r.BestShare) > tolShare {
			t.Errorf("%s off", r.ID)
		}
	}
}
