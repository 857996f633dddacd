package cli

import (
	"flag"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/config"
)

var (
	killSeed   = flag.Uint64("kill.seed", 0, "repeat TestKill with this seed")
	killRounds = flag.Int("kill.rounds", 20, "how often TestKill kills")
)

// TestKill kills the server again and again in the middle of work. What it
// acknowledged must be there afterwards, and be counted once.
func TestKill(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-kill.seed=%d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	folder := t.TempDir()
	work := newWorkload("", seed)
	s := startServer(t, folder)
	var lost, conversions int
	var slowest time.Duration
	for round := range *killRounds {
		before := work.acknowledged()
		moment := 50*time.Millisecond + time.Duration(dice.Int64N(int64(500*time.Millisecond)))
		work.until(t, s, moment)
		after := work.acknowledged()
		found := readStore(t, filepath.Join(folder, config.DataFileName))
		lost += work.compare(t, found, after)
		s = startServer(t, folder)
		slowest = max(slowest, s.took)
		lost += work.ask(t, s.url, before, after)
		work.totals(t, s.url, found)
		if t.Failed() {
			t.Fatalf("in round %d, killed after %v", round, moment)
		}
	}
	s.stop(t)
	all := work.acknowledged()
	for _, p := range all {
		conversions += len(p.conversions)
	}
	found := readStore(t, filepath.Join(folder, config.DataFileName))
	work.compare(t, found, all)
	recorded := len(found[shop].clients) + len(found[half].clients)
	t.Logf("%d kills: %d participations and %d conversions acknowledged, %d lost, 0 counted twice; "+
		"%d clients recorded, of %d tried; the slowest restart answered after %v",
		*killRounds, len(all), conversions, lost, recorded, len(work.tried), slowest.Round(time.Millisecond))
}

// until works with 32 clients and kills the server after a while.
func (l *workload) until(t *testing.T, s *testServer, moment time.Duration) {
	t.Helper()
	l.mu.Lock()
	l.url = s.url
	l.mu.Unlock()
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() { l.client(t.Context()) })
	}
	kill := time.AfterFunc(moment, s.kill)
	defer kill.Stop()
	wg.Wait() // for all to find that the server is gone
	<-s.exited
	for _, f := range l.failures {
		t.Error(f)
	}
}

// ask asks the server for all clients that are in after but not, or not so, in
// before, and returns how many have something else than they were told.
func (l *workload) ask(t *testing.T, base string, before, after map[who]promise) (lost int) {
	t.Helper()
	var mu sync.Mutex // guards lost
	var wg sync.WaitGroup
	queue := make(chan who)
	for range 8 {
		wg.Go(func() {
			for w := range queue {
				got, err := l.participate(t.Context(), base, w, true)
				name, reason := after[w].alternative, "existing"
				if name == "" {
					name, reason = alternatives[w.experiment][0], "excluded"
				}
				if err != nil || got.Alternative.Name != name || got.Reason != reason {
					t.Errorf("%v is told %+v (%v), was told %q", w, got, err, after[w].alternative)
					mu.Lock()
					lost++
					mu.Unlock()
				}
			}
		})
	}
	for w := range after {
		if _, ok := before[w]; !ok {
			queue <- w
		}
	}
	close(queue)
	wg.Wait()
	return lost
}

// totals compares what the server says of an experiment with what is recorded.
func (l *workload) totals(t *testing.T, base string, found contents) {
	t.Helper()
	for experiment, c := range found {
		var participants, out, converted float64
		for _, client := range c.clients {
			if client.Choice < 0 {
				out++
				continue
			}
			participants++
			for _, conversion := range client.Conversions {
				if conversion.KPI == "" {
					converted++
				}
			}
		}
		status, answer := jsonOf(t, base+"/experiments/"+experiment)
		if status != http.StatusOK || answer["total_participants"] != participants || answer["excluded_clients"] != out ||
			answer["total_conversions"] != converted {
			t.Errorf("%s is %d %v; recorded are %v participants, %v out, %v converted", experiment, status, answer, participants, out, converted)
		}
	}
}
