package dashboard_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// split spreads the participants of a sample's only epoch over many, whose shares
// differ, evenly over its time.
func split(i store.Import, n int) store.Import {
	dice := rand.New(rand.NewPCG(3, 4)) // the same each time
	created := i.Record.Created
	for e := range n {
		weights, sum := make([]float64, len(i.Record.Alternatives)), 0.0
		for j := range weights {
			weights[j] = 0.1 + dice.Float64()
			sum += weights[j]
		}
		for j := range weights {
			weights[j] /= sum
		}
		i.Epochs = append(i.Epochs, store.Epoch{
			Number: uint32(e + 1), Start: created.Add(present.Sub(created) / time.Duration(n) * time.Duration(e)), Weights: weights,
		})
	}
	for j := range i.Counts.Alternatives {
		c := &i.Counts.Alternatives[j]
		came, whole := c.Participants(), c.KPIs[0].Cohorts[0]
		c.Cohorts, c.KPIs[0].Cohorts = nil, nil
		for e := range n {
			part := func(all int64) int64 { return all*int64(e+1)/int64(n) - all*int64(e)/int64(n) }
			c.AddCohort(uint32(e+1), store.UnknownDay, part(came))
			converted := whole
			converted.Epoch, converted.Converted = uint32(e+1), part(whole.Converted)
			c.KPIs[0].AddCohort(converted)
		}
	}
	i.Counts.Epochs = i.Epochs
	i.Record.Epoch, i.Epochs = i.Epochs[n-1], i.Epochs[:n-1]
	return i
}

// epochsOf is the API's answer about epochs.
type epochsOf struct {
	Epochs []struct {
		Number, Last            uint32
		Start                   time.Time
		Weights                 []float64
		Participants, Converted []int64
	}
	Given struct{ Participants, Converted []int64 }
	End   time.Time
}

func readEpochs(t *testing.T, url string) (e epochsOf) {
	t.Helper()
	status, text := get(t, url)
	if err := json.Unmarshal([]byte(text), &e); err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %v", url, status, err)
	}
	return e
}

// TestEpochs tests that the answer has what weighting by assignment probabilities needs,
// and that merging keeps all participants and the present shares.
func TestEpochs(t *testing.T) {
	t.Parallel()
	i := split(sample("buttons", 20, arm{"a", 1000, 100}, arm{"b", 1000, 130}), 1000)
	url := serve(t, filled(t, i)) + "/api/v1/experiments/buttons/epochs"
	all := readEpochs(t, url)
	if len(all.Epochs) != 1000 || !all.End.Equal(present) {
		t.Fatalf("%d epochs until %v", len(all.Epochs), all.End)
	}
	for k, want := range slices.Concat(i.Epochs, []store.Epoch{i.Record.Epoch}) {
		if e := all.Epochs[k]; e.Number != want.Number || e.Last != want.Number || !e.Start.Equal(want.Start) || !slices.Equal(e.Weights, want.Weights) {
			t.Fatalf("epoch %d is %+v, want %+v", k, e, want)
		}
	}
	thin := readEpochs(t, url+"?most=50")
	if len(thin.Epochs) < 40 || len(thin.Epochs) > 50 {
		t.Errorf("%d epochs of at most 50", len(thin.Epochs))
	}
	if last := thin.Epochs[len(thin.Epochs)-1]; !slices.Equal(last.Weights, i.Record.Epoch.Weights) || last.Number != 1000 {
		t.Errorf("the present one is %+v", last)
	}
	next := uint32(1)
	var came, converted int64
	for _, e := range thin.Epochs {
		if e.Number != next {
			t.Errorf("epoch %d follows %d", e.Number, next-1)
		}
		next = e.Last + 1
		came += e.Participants[0] + e.Participants[1]
		converted += e.Converted[0] + e.Converted[1]
		var mean float64
		var sum int64
		for _, one := range all.Epochs[e.Number-1 : e.Last] {
			n := one.Participants[0] + one.Participants[1]
			mean, sum = mean+float64(n)*one.Weights[0], sum+n
		}
		if got := e.Weights[0]; math.Abs(got-mean/float64(sum)) > 1e-6 {
			t.Errorf("epochs %d to %d: share %v, want %v", e.Number, e.Last, got, mean/float64(sum))
		}
	}
	if came != 40_000 || converted != 4600 {
		t.Errorf("%d came and %d converted", came, converted)
	}
	for _, wrong := range []string{"1", "0", "-1", "x", ""} {
		if status, text := get(t, url+"?limit="+wrong); status != http.StatusBadRequest || !strings.Contains(text, "at least 2") {
			t.Errorf("limit=%s: %d %s", wrong, status, text)
		}
	}
}

// TestGiven tests that participants whose alternative was forced or chosen are in no epoch.
func TestGiven(t *testing.T) {
	t.Parallel()
	e := readEpochs(t, serve(t, filled(t, changed()))+"/api/v1/experiments/changed/epochs?kpi=signup")
	if len(e.Epochs) != 2 || !slices.Equal(e.Given.Participants, []int64{7, 7}) || !slices.Equal(e.Epochs[0].Weights, []float64{0.5, 0.5}) ||
		!slices.Equal(e.Epochs[1].Participants, []int64{750, 250}) || !slices.Equal(e.Epochs[1].Converted, []int64{75, 25}) {
		t.Errorf("%+v", e)
	}
}

// learner is an experiment to whose visitors an algorithm gives alternatives.
type learner struct {
	store  *memory.Store
	engine *sixpack.Engine
	now    time.Time
	dice   *rand.Rand
	rates  map[string]float64
	came   int
}

func newLearner(algorithm string) *learner {
	b := &learner{
		store: new(memory.Store), now: present.AddDate(0, 0, -20), dice: rand.New(rand.NewPCG(5, 6)),
		rates: map[string]float64{"red": 0.1, "blue": 0.2},
	}
	b.engine = sixpack.New(b.store, sixpack.Config{Algorithm: algorithm, Now: func() time.Time { return b.now }})
	return b
}

// come simulates visitors, some of whom buy.
func (b *learner) come(t *testing.T, n int, every time.Duration) {
	t.Helper()
	for range n {
		b.now = b.now.Add(every)
		b.came++
		client := fmt.Sprint("client-", b.came)
		a, err := b.engine.Participate(t.Context(), sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}}, client)
		if err == nil && b.dice.Float64() < b.rates[a.Alternative] {
			_, err = b.engine.Convert(t.Context(), "button", client, sixpack.KPI("purchase"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// page returns the present page.
func (b *learner) page(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(dashboard.New(b.engine, dashboard.Options{Now: func() time.Time { return b.now }}))
	defer server.Close()
	return page(t, server.URL+"/experiments/button/")
}

// TestBanditPages follows a bandit from its first day.
func TestBanditPages(t *testing.T) {
	t.Parallel()
	const claim, leftOut, plot = "A bandit gets more conversions while it runs; an A/B test gives more precise results.", "Probabilities and expected losses are hidden because the split changed", `data-plot="shares"`
	b := newLearner("thompson")
	b.come(t, 50, time.Minute)
	waiting := b.page(t)
	wants(t, waiting, "Algorithm: thompson", "Thompson sampling: sends more visitors to better alternatives; 10% of visitors are always split evenly.",
		"The algorithm learns from the primary KPI, “purchase”", "until each alternative has 100 participants who came at least 24 hours ago. The alternative with the fewest has 0.",
		"Current traffic split: red 50.0%, blue 50.0%.", claim)
	wantsNone(t, waiting, leftOut, plot, "data-epochs", `class="alarm"`)

	b.come(t, 150, time.Minute)
	b.now = b.now.Add(25 * time.Hour)
	b.come(t, 1, time.Minute)
	wants(t, b.page(t), "The alternative with the fewest has ", plot) // of the first epochs, which are a day old
	for range 30 {
		b.come(t, 200, 5*time.Minute)
		wantsNone(t, b.page(t), `class="alarm"`, "Sample-ratio mismatch")
	}
	learning := b.page(t)
	wants(t, learning, "“blue” is better than “red”.", leftOut, plot, `data-epochs="/api/v1/experiments/button/epochs?kpi=purchase&amp;limit=100"`,
		", of participants who came at least 24 hours ago.", "Show table of shares", claim)
	wantsNone(t, learning, "has not started yet", "Probability of being best:")

	for name, do := range map[string]func() error{
		"paused": func() error { return b.engine.Pause(t.Context(), "button") },
		"winner": func() error { return b.engine.SetWinner(t.Context(), "button", "blue") },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
		text := b.page(t)
		wants(t, text, "There are no new participants at present, so the traffic split does not change.", "“blue” is better than “red”.")
		wantsNone(t, text, `class="alarm"`, "has not started yet")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// TestAlgorithmExplanations tests that operators can read what each algorithm does.
func TestAlgorithmExplanations(t *testing.T) {
	t.Parallel()
	i := sample("button", 10, arm{"a", 100, 10}, arm{"b", 100, 11})
	own := map[string]bandit.Algorithm{"own": never{}, "thompson": bandit.Thompson{Floor: 0.05}, "bare": bandit.Thompson{Floor: -1}}
	now := func() time.Time { return present }
	engine := sixpack.New(filled(t, i), sixpack.Config{Now: now, Algorithms: own})
	server := httptest.NewServer(dashboard.New(engine, dashboard.Options{Now: now}))
	t.Cleanup(server.Close)
	text := page(t, server.URL+"/experiments/button/do/override")
	for name, words := range map[string]string{
		"hash": "an A/B test: the traffic split stays as set", "random": "an A/B test with random assignment",
		"thompson": "Thompson sampling: sends more visitors to better alternatives; 5% of visitors are always split evenly<", "bare": "sends more visitors to better alternatives<",
		"epsilon-greedy": "chance results mislead it easily; 10% of visitors are", "whiplash": "as intended: Thompson sampling that learns more slowly; 20% of visitors are",
		"whiplash-legacy": "including its bug: shares stay nearly equal at low conversion rates; 20% of visitors are", "own": "a custom algorithm",
	} {
		_, option, _ := strings.Cut(text, `<option value="`+name+`"`)
		if option, _, _ = strings.Cut(option, "/option>"); !strings.Contains(option, name+" – ") || !strings.Contains(option, words) {
			t.Errorf("%s is offered as %q", name, option)
		}
	}
	for algorithm, says := range map[string]string{"own": "A custom algorithm", "another": "Unknown to this server, which leaves the traffic split as set."} {
		i.Record.Name, i.Record.Algorithm = algorithm, algorithm
		engine := sixpack.New(filled(t, i), sixpack.Config{Now: now, Algorithms: own})
		server := httptest.NewServer(dashboard.New(engine, dashboard.Options{Now: now}))
		t.Cleanup(server.Close)
		wants(t, page(t, server.URL+"/experiments/"+algorithm+"/"), "Algorithm: "+algorithm, says)
	}
}

// never is an algorithm that never changes the shares.
type never struct{}

func (never) Weights([]bandit.Arm) []float64 { return nil }
