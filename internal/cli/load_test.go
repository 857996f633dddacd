package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"
)

// The experiments of a load: one with values, one that leaves half of the clients out.
const (
	shop = "shop"
	half = "half"
)

var alternatives = map[string][]string{shop: {"red", "green", "blue"}, half: {"off", "on"}}

// callers is the number of clients that ask at a time.
const callers = 16

// who is a client in an experiment.
type who struct{ experiment, client string }

// promise is what a server acknowledged of a client.
type promise struct {
	alternative string             // empty: out
	conversions map[string]float64 // by KPI
}

// told holds the fields of an answer that are needed here.
type told struct {
	Alternative struct {
		Name string `json:"name"`
	} `json:"alternative"`
	Message       string `json:"message"` // of a refusal
	Reason        string `json:"reason"`
	Participating bool   `json:"participating"`
}

// A load lets clients take part and convert over HTTP while something goes wrong, and
// records what was promised to them.
type load struct {
	http    *http.Client
	changed sync.Cond // when a client was served or refused

	mu           sync.Mutex // guards the fields below
	dice         *rand.Rand
	next         int
	tried        map[who]bool
	promises     map[who]promise
	conversions  int           // acknowledged
	refused      int           // answers that the store is not available
	disconnected int           // requests without an answer
	failures     []string      // other answers
	slowest      time.Duration // answer
	served       time.Time     // when something was acknowledged last
	gap          time.Duration // the longest time without
}

func newLoad(seed uint64) *load {
	l := &load{
		http:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: patience},
		dice:  rand.New(rand.NewPCG(seed, 0)),
		tried: make(map[who]bool), promises: make(map[who]promise), served: time.Now(),
	}
	l.changed.L = &l.mu
	return l
}

// start starts clients that ask a server until ctx ends or the server is gone. The function
// wait waits for them.
func (l *load) start(ctx context.Context, clients int, base string) (wait func()) {
	var group sync.WaitGroup
	for range clients {
		group.Go(func() { l.visit(ctx, base) })
	}
	return group.Wait
}

// startLoad starts a load on a server, which the function stop, or the end of the test, stops.
func startLoad(t *testing.T, base string) (l *load, stop func()) {
	t.Helper()
	l = newLoad(1)
	ctx, cancel := context.WithCancel(t.Context())
	wait := l.start(ctx, callers, base)
	stop = sync.OnceFunc(func() {
		cancel()
		wait()
	})
	t.Cleanup(stop)
	return l, stop
}

// Errors of an answer that is no promise.
var (
	errRefused = errors.New("the store is not available")
	errNone    = errors.New("no answer, or an unexpected one")
)

// visit lets one client after the other take part and perhaps convert. A client that is
// refused asks again. Of a conversion that is refused nobody can say whether it is counted.
func (l *load) visit(ctx context.Context, base string) {
	for ctx.Err() == nil {
		w, goals := l.begin()
		answer, err := l.participate(base, w, false)
		for errors.Is(err, errRefused) && ctx.Err() == nil {
			answer, err = l.participate(base, w, false)
		}
		if err != nil {
			return
		}
		p := promise{conversions: make(map[string]float64)}
		if answer.Participating {
			p.alternative = answer.Alternative.Name
		}
		l.promise(w, p)
		for kpi, value := range goals {
			if p.alternative == "" {
				break
			}
			switch err := l.convert(base, w, kpi, value); {
			case errors.Is(err, errRefused):
				continue
			case err != nil:
				return
			}
			p.conversions = maps.Clone(p.conversions)
			p.conversions[kpi] = value
			l.promise(w, p)
		}
	}
}

// begin picks a new client, and the values of its conversions by KPI.
func (l *load) begin() (w who, goals map[string]float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	w = who{shop, fmt.Sprint("client-", l.next)}
	if l.dice.IntN(3) == 0 {
		w.experiment = half
	}
	l.tried[w] = true
	goals = make(map[string]float64)
	if l.dice.IntN(2) == 0 {
		goals[""] = 0
	}
	if l.dice.IntN(2) == 0 {
		goals["purchase"] = float64(l.dice.IntN(10_000)) / 100
	}
	return w, goals
}

func (l *load) promise(w who, p promise) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conversions += len(p.conversions) - len(l.promises[w].conversions)
	l.promises[w] = p
	l.gap = max(l.gap, time.Since(l.served))
	l.served = time.Now()
	l.changed.Broadcast()
}

func (l *load) acknowledged() map[who]promise {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.promises)
}

func (l *load) participate(base string, w who, prefetch bool) (told, error) {
	q := url.Values{
		"experiment": {w.experiment}, "client_id": {w.client}, "alternatives": alternatives[w.experiment],
		"explain": {"true"}, "prefetch": {strconv.FormatBool(prefetch)},
	}
	if w.experiment == half {
		q.Set("traffic_fraction", "0.5")
	}
	return l.ask(base + "/participate?" + q.Encode())
}

func (l *load) convert(base string, w who, kpi string, value float64) error {
	q := url.Values{"experiment": {w.experiment}, "client_id": {w.client}}
	if kpi != "" {
		q.Set("kpi", kpi)
		q.Set("value", strconv.FormatFloat(value, 'f', -1, 64))
	}
	_, err := l.ask(base + "/convert?" + q.Encode())
	return err
}

// ask returns the answer, and nil if it is a promise. It does not end with a context: a
// request that was sent would still be counted while the store is read.
func (l *load) ask(address string) (answer told, err error) {
	began := time.Now()
	status, body, err := l.get(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slowest = max(l.slowest, time.Since(began))
	if err != nil {
		l.disconnected++
		return answer, errNone
	}
	err = json.Unmarshal(body, &answer)
	switch {
	case err == nil && status == http.StatusOK:
		return answer, nil
	case err == nil && status == http.StatusServiceUnavailable && answer.Message == "redis is not available":
		l.refused++
		l.changed.Broadcast()
		return answer, errRefused
	case len(l.failures) < 10:
		l.failures = append(l.failures, fmt.Sprintf("%s: %d %s %v", address, status, body, err))
	}
	return answer, errNone
}

func (l *load) get(address string) (status int, body []byte, err error) {
	response, err := l.http.Get(address)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// untilServed waits until that many more clients got a promise.
func (l *load) untilServed(t *testing.T, more int) {
	t.Helper()
	l.until(t, func() int { return len(l.promises) }, more)
}

// untilRefused waits until that many more requests were refused.
func (l *load) untilRefused(t *testing.T, more int) {
	t.Helper()
	l.until(t, func() int { return l.refused }, more)
}

func (l *load) until(t *testing.T, count func() int, more int) {
	t.Helper()
	late := time.AfterFunc(patience, l.changed.Broadcast)
	defer late.Stop()
	deadline := time.Now().Add(patience)
	l.mu.Lock()
	defer l.mu.Unlock()
	for goal := count() + more; count() < goal; l.changed.Wait() {
		if !time.Now().Before(deadline) {
			t.Fatalf("nothing happens: %d clients served, %d requests refused, %d without an answer; %v",
				len(l.promises), l.refused, l.disconnected, l.failures)
		}
	}
}

// verify checks that a store has what was promised, and returns how many promises it breaks.
// It also checks that the store has nothing that was not requested, no conversion twice, that
// its counts match its clients exactly, and that all answers were as expected.
func (l *load) verify(t *testing.T, found contents, promises map[who]promise) (broken []string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.failures {
		t.Error(f)
	}
	for experiment, c := range found {
		c.check(t)
		for id, client := range c.clients {
			if !l.tried[who{experiment, id}] {
				t.Errorf("nobody asked for %s in %s", id, experiment)
			}
			for _, v := range client.Conversions {
				if v.Events != 1 {
					t.Errorf("%s in %s: a conversion is counted %d times", id, experiment, v.Events)
				}
			}
		}
	}
	for w, p := range promises {
		c, ok := found[w.experiment]
		if !ok {
			t.Fatalf("there is no experiment %s", w.experiment)
		}
		if how := c.breaks(w.client, p); how != "" {
			broken = append(broken, fmt.Sprintf("%v: %s", w, how))
		}
	}
	return broken
}

// lost verifies a store after a load that no request may have left without an answer, and
// returns how many promises are broken.
func (l *load) lost(t *testing.T, found contents) int {
	t.Helper()
	lost := len(l.verify(t, found, l.acknowledged()))
	t.Logf("%d clients and %d conversions acknowledged, %d lost; %d requests refused; "+
		"the slowest answer took %v, the longest time without service was %v",
		len(l.promises), l.conversions, lost, l.refused, l.slowest.Round(time.Millisecond), l.gap.Round(time.Millisecond))
	if l.disconnected > 0 {
		t.Errorf("%d requests got no answer", l.disconnected)
	}
	return lost
}
