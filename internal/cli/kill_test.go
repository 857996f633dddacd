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
	killRounds = flag.Int("kill.rounds", 20, "how often TestKill kills; at most 5 times with -short")
)

// TestKill kills the server repeatedly in the middle of work. Everything it acknowledged
// must be in the store afterwards, and be counted once.
func TestKill(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-kill.seed=%d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	folder := t.TempDir()
	work := newLoad(seed)
	s := startServer(t, folder)
	var lost int
	var slowest time.Duration
	rounds := *killRounds
	if testing.Short() {
		rounds = min(rounds, 5)
	}
	for round := range rounds {
		before := work.acknowledged()
		moment := 50*time.Millisecond + time.Duration(dice.Int64N(int64(500*time.Millisecond)))
		work.untilKilled(t, s, moment)
		after := work.acknowledged()
		found := readStore(t, filepath.Join(folder, config.DataFileName))
		lost += work.mustKeep(t, found, after)
		s = startServer(t, folder)
		slowest = max(slowest, s.took)
		lost += work.confirm(t, s.url, before, after)
		work.totals(t, s.url, found)
		if t.Failed() {
			t.Fatalf("in round %d, killed after %v", round, moment)
		}
	}
	s.stop(t)
	all := work.acknowledged()
	found := readStore(t, filepath.Join(folder, config.DataFileName))
	work.mustKeep(t, found, all)
	recorded := len(found[shop].clients) + len(found[half].clients)
	t.Logf("%d kills: %d participations and %d conversions acknowledged, %d lost, 0 counted twice; "+
		"%d clients recorded, of %d tried; the slowest restart answered after %v",
		rounds, len(all), work.conversions, lost, recorded, len(work.tried), slowest.Round(time.Millisecond))
}

// untilKilled works with 32 clients and kills the server after a while.
func (l *load) untilKilled(t *testing.T, s *testServer, moment time.Duration) {
	t.Helper()
	wait := l.start(t.Context(), 32, s.url)
	kill := time.AfterFunc(moment, s.kill)
	defer kill.Stop()
	wait() // until all find that the server is gone
	<-s.exited
	if l.refused > 0 {
		t.Errorf("%d requests were refused", l.refused)
	}
}

// mustKeep verifies a store, in which no promise may be broken. It returns how many are.
func (l *load) mustKeep(t *testing.T, found contents, promises map[who]promise) int {
	t.Helper()
	all := l.verify(t, found, promises)
	for _, broken := range all {
		t.Error(broken)
	}
	return len(all)
}

// confirm asks the server for the clients that got a promise after before, and returns how
// many have something else than they were told.
func (l *load) confirm(t *testing.T, base string, before, after map[who]promise) (lost int) {
	t.Helper()
	var mu sync.Mutex // guards lost
	var wg sync.WaitGroup
	queue := make(chan who)
	for range 8 {
		wg.Go(func() {
			for w := range queue {
				got, err := l.participate(base, w, true)
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

// totals compares the totals that the server shows with the store.
func (l *load) totals(t *testing.T, base string, found contents) {
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
