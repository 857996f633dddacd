package sixpack_test

import (
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestLearning tests that what is said of a bandit is what it does: it waits until
// each alternative that anybody gets has enough participants of an age.
func TestLearning(t *testing.T) {
	s := newCrowd(new(memory.Store), sixpack.BanditSchedule{MinParticipants: 150}, 1)
	learning := func() sixpack.Learning { return s.engines[0].Learning(s.counts(t)) }
	s.visit(t, 600)
	if l := learning(); l.Name != "thompson" || !l.Learns || !l.Waits() || l.Fewest != 0 || l.Needed != 150 || l.Window != 24*time.Hour {
		t.Errorf("on the first day: %+v", l)
	}
	s.clock.now = s.clock.now.Add(25 * time.Hour)
	l := learning()
	if l.Waits() || l.Fewest < 150 || l.Fewest > 300 {
		t.Errorf("a day later: %+v", l)
	}
	s.visit(t, 200)
	if w := s.weights(t); len(w) != 2 || w[1] < 0.6 {
		t.Errorf("it learned, but the weights are %v", w)
	}
	for _, c := range []struct {
		algorithm     string
		known, learns bool
	}{{"hash", true, false}, {"random", true, false}, {"whiplash", true, true}, {"of another server", false, false}} {
		counts := s.counts(t)
		counts.Record.Override = store.Override{Algorithm: c.algorithm}
		if l := s.engines[0].Learning(counts); l.Name != c.algorithm || (l.Algorithm != nil) != c.known || l.Learns != c.learns || l.Waits() {
			t.Errorf("%s: %+v", c.algorithm, l)
		}
	}
	counts := s.counts(t)
	counts.Record.Override.Weights = []float64{0, 1}
	counts.Alternatives[0].Epochs = nil
	if l := s.engines[0].Learning(counts); l.Waits() {
		t.Errorf("it waits for an alternative that nobody gets: %+v", l)
	}
}
