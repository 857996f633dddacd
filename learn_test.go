package sixpack_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/internal/teststore"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A crowd is the visitors of an experiment, some of whom convert.
type crowd struct {
	sixpack.Experiment

	store   store.Store
	engines []*sixpack.Engine // they come to in turn
	clock   *clock
	step    time.Duration // between visitors
	rates   map[string]float64
	dice    *rand.Rand
	visits  int
	got     map[string]string
}

func newCrowd(st store.Store, b sixpack.BanditSchedule, engines int) *crowd {
	s := &crowd{
		Experiment: button, store: st, clock: &clock{start}, step: 10 * time.Second, got: make(map[string]string),
		rates: map[string]float64{"red": 0.1, "blue": 0.3}, dice: rand.New(rand.NewPCG(1, 2)),
	}
	for range engines {
		s.serve(st, b)
	}
	return s
}

// serve adds an engine.
func (s *crowd) serve(st store.Store, b sixpack.BanditSchedule) {
	s.engines = append(s.engines, sixpack.New(st, sixpack.Config{Now: s.clock.Now, Algorithm: "thompson", Bandit: b}))
}

func (s *crowd) engine() *sixpack.Engine { return s.engines[s.visits%len(s.engines)] }

// visit makes new clients take part.
func (s *crowd) visit(tb testing.TB, n int, o ...sixpack.ParticipateOption) {
	tb.Helper()
	for range n {
		s.clock.now = s.clock.now.Add(s.step)
		s.visits++
		client := fmt.Sprint("client-", s.visits)
		a := participate(tb, s.engine(), s.Experiment, client, o...)
		s.got[client] = a.Alternative
		if s.dice.Float64() < s.rates[a.Alternative] {
			_, err := s.engine().Convert(tb.Context(), s.Name, client)
			check(tb, err)
		}
	}
}

func (s *crowd) counts(tb testing.TB) store.Counts {
	tb.Helper()
	return countsOf(tb, s.engines[0], s.Name)
}

func (s *crowd) weights(tb testing.TB) []float64 {
	tb.Helper()
	return s.counts(tb).Record.Epoch.Weights
}

// openStores opens an empty store of each kind for two engines. Stores in Redis have their own
// connections.
var openStores = map[string]func(testing.TB) (one, another store.Store){
	"memory": func(tb testing.TB) (one, another store.Store) { tb.Helper(); return twice(teststore.Memory(tb)) },
	"bolt":   func(tb testing.TB) (one, another store.Store) { tb.Helper(); return twice(teststore.Bolt(tb)) },
	"miniredis": func(tb testing.TB) (one, another store.Store) {
		tb.Helper()
		return dialTwice(tb, miniredis.RunT(tb).Addr())
	},
	"redis": func(tb testing.TB) (one, another store.Store) {
		tb.Helper()
		return dialTwice(tb, redistest.Test(tb).Addr)
	},
}

func twice(s store.Store) (one, another store.Store) { return s, s }

func dialTwice(tb testing.TB, addr string) (one, another store.Store) {
	tb.Helper()
	return teststore.Redis(tb, addr), teststore.Redis(tb, addr)
}

// TestEnginesShareEpochs sends visitors to two engines over one store, which are like two
// processes, in turn. The alternative of a client must depend only on the weights: a third
// engine with the same weights must agree.
func TestEnginesShareEpochs(t *testing.T) {
	for name, open := range openStores {
		t.Run(name, func(t *testing.T) {
			one, another := open(t)
			s := newCrowd(one, sixpack.BanditSchedule{}, 1)
			s.serve(another, sixpack.BanditSchedule{})
			s.visit(t, 600)
			if r := s.counts(t); r.Record.Epoch.Number < 3 || r.Record.Epoch.Weights != nil {
				t.Errorf("on the first day: %+v, want a few epochs of equal weights", r.Record.Epoch)
			}
			s.clock.now = s.clock.now.Add(24 * time.Hour)
			s.visit(t, 120)
			learned := s.counts(t).Record.Epoch
			if len(learned.Weights) == 0 || learned.Weights[1] < 0.8 || learned.Weights[0] < 0.05 {
				t.Fatalf("on the second day: %+v", learned)
			}
			s.Weights, s.Algorithm = learned.Weights, "hash"
			same, _ := newEngine(t)
			for i := range 60 {
				client := fmt.Sprint("late-", i)
				got := participate(t, s.engines[i%2], sixpack.Experiment{Name: s.Name, Alternatives: s.Alternatives}, client)
				if want := participate(t, same, s.Experiment, client); got != want {
					t.Errorf("%s got %+v, want %+v", client, got, want)
				}
			}
			if r := s.counts(t).Record; r.Epoch.Number != learned.Number {
				t.Fatalf("epoch %d began, too soon after %d", r.Epoch.Number, learned.Number)
			}
			for client, alternative := range s.got {
				for _, e := range s.engines {
					if a, err := e.Lookup(t.Context(), s.Name, client); err != nil || a.Alternative != alternative {
						t.Fatalf("%s moved from %s to %+v, %v", client, alternative, a, err)
					}
				}
			}
		})
	}
}

// TestBanditWaits checks when a bandit starts to learn, and from which participants.
func TestBanditWaits(t *testing.T) {
	s := newCrowd(new(memory.Store), sixpack.BanditSchedule{}, 1)
	s.visit(t, 150) // in 25 minutes
	s.clock.now = s.clock.now.Add(48 * time.Hour)
	s.visit(t, 150) // the first epoch is mature, with less than 100 of each
	if w := s.weights(t); w != nil {
		t.Errorf("weights %v after 100 mature participants", w)
	}
	s.clock.now = s.clock.now.Add(48 * time.Hour)
	s.visit(t, 150)
	if w := s.weights(t); len(w) == 0 || w[1] < 0.6 {
		t.Errorf("weights %v after 300 mature participants", w)
	}

	forced := newCrowd(new(memory.Store), sixpack.BanditSchedule{Window: -1}, 1)
	forced.visit(t, 200, sixpack.Choose("red"))
	forced.visit(t, 200, sixpack.RecordForce("blue"))
	forced.visit(t, 120)
	r := forced.counts(t)
	if r.Record.Epoch.Number != 2 || r.Record.Epoch.Weights != nil {
		t.Errorf("%+v, want a second epoch of equal weights: forced and chosen participants do not count", r.Record.Epoch)
	}
}

// TestMemory swaps the rates of the alternatives: a bandit with unlimited memory stays with the
// alternative that was best.
func TestMemory(t *testing.T) {
	blue := func(remembered int64) float64 {
		s := newCrowd(new(memory.Store), sixpack.BanditSchedule{Window: -1, Memory: remembered}, 1)
		s.visit(t, 3000)
		if w := s.weights(t); w[1] < 0.94 {
			t.Errorf("with a memory of %d the weights are %v, want the largest for blue", remembered, w)
		}
		s.rates = map[string]float64{"red": 0.3, "blue": 0.1}
		s.visit(t, 2000)
		return s.weights(t)[1]
	}
	if w := blue(1000); w > 0.1 {
		t.Errorf("blue has %v of the weight, want little, because it was worse for the last 1000", w)
	}
	if w := blue(0); w < 0.3 {
		t.Errorf("blue has %v of the weight, want the share for all 5000", w)
	}
}

// TestInversePropensities raises the rates of both alternatives after a bandit has come to
// prefer one. The probability with which each client got its alternative must be available, to
// estimate the rates over all participants.
func TestInversePropensities(t *testing.T) {
	const half, red, blue = 3000, 0.3, 0.4 // the rates on average
	s := newCrowd(new(memory.Store), sixpack.BanditSchedule{Window: -1}, 1)
	s.rates = map[string]float64{"red": 0.1, "blue": 0.2}
	s.visit(t, half)
	s.rates = map[string]float64{"red": 0.5, "blue": 0.6}
	s.visit(t, half)
	s.visit(t, 500, sixpack.RecordForce("red")) // not drawn

	counts := s.counts(t)
	var estimated [2]float64
	for c, err := range s.store.Clients(t.Context(), s.Name) {
		check(t, err)
		if c.Epoch == 0 {
			continue
		}
		chance := 0.5
		if w := counts.Epochs[c.Epoch-1].Weights; w != nil {
			chance = w[c.Choice]
		}
		estimated[c.Choice] += float64(len(c.Conversions)) / chance / (2 * half)
	}
	r, err := s.engines[0].Report(t.Context(), s.Name, "")
	check(t, err)
	standardized := stats.Standardized(r.Strata())
	for i, want := range []float64{red, blue} {
		if math.Abs(estimated[i]-want) > 0.05 || math.Abs(standardized[i]-want) > 0.05 {
			t.Errorf("%s: %v by clients, %v by epochs, want about %v", s.Alternatives[i], estimated[i], standardized[i], want)
		}
	}
	pooled := stats.Proportion{}
	for _, e := range r.Strata() {
		if e.Weights != nil {
			pooled.Participants += e.Arms[0].Participants
			pooled.Converted += e.Arms[0].Converted
		}
	}
	if pooled.Rate() > red-0.05 {
		t.Errorf("the pooled rate of red is %v: this test shows nothing", pooled.Rate())
	}
}

// TestEpochsAreFew checks how often epochs begin.
func TestEpochsAreFew(t *testing.T) {
	fast := newCrowd(new(memory.Store), sixpack.BanditSchedule{}, 3)
	fast.step = 10 * time.Millisecond
	fast.visit(t, 18_000) // in three minutes
	if n := fast.counts(t).Record.Epoch.Number; n < 3 || n > 4 {
		t.Errorf("epoch %d after three minutes, want one a minute", n)
	}
	slow := newCrowd(new(memory.Store), sixpack.BanditSchedule{}, 3)
	slow.step = time.Minute
	slow.visit(t, 20_000)
	// One of 100 each up to 10,000, then of a hundredth of all: 100 + 70.
	n := slow.counts(t).Record.Epoch.Number
	if n < 140 || n > 172 {
		t.Errorf("epoch %d of 20,000 participants, want about 170", n)
	}
	if r, err := slow.engines[0].Report(t.Context(), slow.Name, ""); err != nil || r.SampleRatio.Mismatch || !r.SampleRatio.Checked {
		t.Errorf("the sample ratio of %d epochs: %+v, %v", n, r.SampleRatio, err)
	}
}

// faulty is a store that counts its calls, some of which fail.
type faulty struct {
	memory.Store

	fails                              bool
	participations, countsRead, others int
}

func (f *faulty) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	f.participations++
	return f.Store.Participate(ctx, p)
}

func (f *faulty) Lookup(ctx context.Context, experiment, client string) (store.Facts, error) {
	f.others++
	return f.Store.Lookup(ctx, experiment, client)
}

func (f *faulty) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	f.countsRead++
	if f.fails {
		return nil, errors.New("no counts today")
	}
	return f.Store.Counts(ctx, names...)
}

func (f *faulty) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	if f.fails {
		return store.Facts{}, errors.New("no saving today")
	}
	return f.Store.Save(ctx, r, changes...)
}

// TestRoundTrips counts calls of the store: one for each participant, and two for each epoch,
// or three if the first attempt was too early.
func TestRoundTrips(t *testing.T) {
	f := new(faulty)
	s := newCrowd(f, sixpack.BanditSchedule{}, 1)
	s.visit(t, 5000)
	reads, epochs := f.countsRead, int(s.weightsEpoch(t))
	if f.participations != 5000 || f.others != 0 || reads > 2*epochs || epochs < 40 {
		t.Errorf("%d participations, %d others, counts read %d times for %d epochs", f.participations, f.others, reads, epochs)
	}
	f.fails = true
	s.visit(t, 300) // which fails none of them
	f.fails = false
	before := s.weightsEpoch(t)
	s.visit(t, 10)
	if after := s.weightsEpoch(t); after != before+1 {
		t.Errorf("epoch %d after %d, once the store works again", after, before)
	}
}

func (s *crowd) weightsEpoch(tb testing.TB) uint32 {
	tb.Helper()
	return s.counts(tb).Record.Epoch.Number
}

// learned is a crowd from which a bandit has learned.
func learned(t *testing.T) *crowd {
	t.Helper()
	s := newCrowd(new(memory.Store), sixpack.BanditSchedule{Window: -1}, 1)
	s.visit(t, 500)
	if w := s.weights(t); len(w) == 0 || w[1] < 0.8 {
		t.Fatalf("weights %v", w)
	}
	return s
}

func TestBackToHash(t *testing.T) {
	for name, change := range map[string]func(s *crowd){
		"by an operator": func(s *crowd) {
			check(t, s.engines[0].Override(t.Context(), s.Name, store.Override{Algorithm: "hash"}))
		},
		"by the caller": func(s *crowd) { s.Algorithm = "hash" },
		"by the configuration": func(s *crowd) {
			s.engines[0] = sixpack.New(s.store, sixpack.Config{Now: s.clock.Now})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := learned(t)
			before := s.counts(t).Record.Epoch
			change(s)
			s.visit(t, 7)
			after := s.counts(t).Record.Epoch
			if after.Weights != nil || after.Number != before.Number+1 {
				t.Errorf("%+v after %+v", after, before)
			}
		})
	}
}

// TestWeightsOfABandit checks how a bandit treats overridden shares.
func TestWeightsOfABandit(t *testing.T) {
	ctx, s := t.Context(), learned(t)
	e := s.engines[0]
	before := s.counts(t).Record.Epoch
	check(t, e.Override(ctx, s.Name, store.Override{Traffic: 0.9}))
	if after := s.counts(t).Record.Epoch; !slices.Equal(after.Weights, before.Weights) || after.Number != before.Number {
		t.Errorf("other traffic: %+v after %+v", after, before)
	}
	check(t, e.Override(ctx, s.Name, store.Override{Algorithm: "whiplash"}))
	if after := s.counts(t).Record.Epoch; after.Number != before.Number {
		t.Errorf("another bandit: %+v after %+v", after, before)
	}
	check(t, e.Override(ctx, s.Name, store.Override{Weights: []float64{1, 3}}))
	if after := s.weights(t); !slices.Equal(after, []float64{0.25, 0.75}) {
		t.Errorf("weights %v, want the overridden ones until the next epoch", after)
	}
	s.visit(t, 120)
	if after := s.weights(t); after[1] < 0.8 {
		t.Errorf("weights %v, want the learned ones", after)
	}
	check(t, e.Override(ctx, s.Name, store.Override{Weights: []float64{1, 0}}))
	s.visit(t, 250)
	if after := s.weights(t); !slices.Equal(after, []float64{1, 0}) {
		t.Errorf("weights %v, want 0 for the alternative that is set to 0", after)
	}
}

// TestBanditLearnsFromThePrimaryKPI checks that a bandit learns from the KPI of the plan, and from
// its values.
func TestBanditLearnsFromThePrimaryKPI(t *testing.T) {
	s := newCrowd(new(memory.Store), sixpack.BanditSchedule{Window: -1}, 1)
	s.Plan = store.Plan{KPI: "purchase"}
	for i := range 600 {
		s.clock.now = s.clock.now.Add(s.step)
		client := strconv.Itoa(i)
		a := participate(t, s.engine(), s.Experiment, client)
		if a.Alternative == "blue" { // which has twice the conversions of the default KPI, and of a third of the value
			_, err := s.engine().Convert(t.Context(), s.Name, client)
			check(t, err)
		}
		if s.dice.Float64() < 0.2 {
			value := map[string]float64{"red": 30, "blue": 10}[a.Alternative]
			_, err := s.engine().Convert(t.Context(), s.Name, client, sixpack.KPI("purchase"), sixpack.Value(value))
			check(t, err)
		}
	}
	if w := s.weights(t); len(w) == 0 || w[0] < 0.8 {
		t.Errorf("weights %v, want more for red", w)
	}
}

// TestReplacedAlgorithm gives a built-in algorithm other settings.
func TestReplacedAlgorithm(t *testing.T) {
	s := newCrowd(new(memory.Store), sixpack.BanditSchedule{}, 0)
	s.engines = append(s.engines, sixpack.New(s.store, sixpack.Config{
		Now: s.clock.Now, Algorithm: "thompson", Bandit: sixpack.BanditSchedule{Window: -1},
		Algorithms: map[string]bandit.Algorithm{"thompson": bandit.Thompson{Floor: 0.5}},
	}))
	s.visit(t, 500)
	if w := s.weights(t); len(w) == 0 || w[0] < 0.25 || w[0] > 0.26 {
		t.Errorf("weights %v, want half of them shared evenly", w)
	}
}

// broken is an algorithm with invalid weights.
type broken struct{}

func (broken) Weights([]bandit.Arm) []float64 { return []float64{math.NaN(), 1} }

func TestWeightsThatAreNone(t *testing.T) {
	c := &clock{start}
	e := sixpack.New(new(memory.Store), sixpack.Config{
		Now: c.Now, Algorithm: "broken", Algorithms: map[string]bandit.Algorithm{"broken": broken{}}, Bandit: sixpack.BanditSchedule{Window: -1},
	})
	x := button
	x.Weights = []float64{1, 4}
	for i := range 300 {
		c.now = c.now.Add(time.Second)
		participate(t, e, x, strconv.Itoa(i))
	}
	if r := countsOf(t, e, "button").Record; r.Epoch.Number < 2 || !slices.Equal(r.Epoch.Weights, []float64{0.2, 0.8}) {
		t.Errorf("%+v, want the declared shares", r.Epoch)
	}
}

// TestEpochsAtOnce sends many clients at once to two engines that begin epochs as often as
// they can.
func TestEpochsAtOnce(t *testing.T) {
	const goroutines, clients = 16, 300
	b := sixpack.BanditSchedule{Window: -1, MinParticipants: -1, Interval: -1, Batch: 20, Growth: -1}
	st, answers := new(memory.Store), make([]map[string]string, goroutines)
	engines := []*sixpack.Engine{sixpack.New(st, sixpack.Config{Bandit: b}), sixpack.New(st, sixpack.Config{Bandit: b})}
	x := button
	x.Algorithm = "thompson"
	var group sync.WaitGroup
	for g := range goroutines {
		answers[g] = make(map[string]string)
		group.Go(func() {
			for i := range clients {
				client := fmt.Sprint(g, "-", i)
				a, err := engines[g%2].Participate(context.Background(), x, client)
				if err != nil || a.Reason != sixpack.ReasonAssigned {
					t.Errorf("%s got %+v, %v", client, a, err)
				}
				answers[g][client] = a.Alternative
			}
		})
	}
	group.Wait()
	r := countsOf(t, engines[0], x.Name)
	if n := participants(t, engines[0], x.Name); n != goroutines*clients || len(r.Epochs) != int(r.Record.Epoch.Number) || len(r.Epochs) < 10 {
		t.Errorf("%d participants of %d in %d epochs, the last of which is %d", n, goroutines*clients, len(r.Epochs), r.Record.Epoch.Number)
	}
	for _, clients := range answers {
		for client, was := range clients {
			if a := participate(t, engines[0], x, client); a.Alternative != was || a.Reason != sixpack.ReasonExisting {
				t.Fatalf("%s moved from %s to %+v", client, was, a)
			}
		}
	}
}

// TestLearning checks that Learning reports what a bandit does: it waits until each alternative
// with a share has enough mature participants.
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
	counts.Alternatives[0].Cohorts = nil
	if l := s.engines[0].Learning(counts); l.Waits() {
		t.Errorf("it waits for an alternative without a share: %+v", l)
	}
}
