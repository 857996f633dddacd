package cli

import (
	"context"
	"encoding/json"
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

// besiegers is how many clients of a siege ask at the same time.
const besiegers = 16

// siege lets clients take part and convert over HTTP while something is wrong
// with Redis, and keeps account of what they were told.
type siege struct {
	http *http.Client
	more sync.Cond // than before has been answered

	mu          sync.Mutex // guards the fields below
	next        int
	tried       map[who]bool
	promises    map[who]promise
	conversions int           // acknowledged
	refused     int           // answers that were 503
	slowest     time.Duration // answer
	served      time.Time     // when something was acknowledged last
	gap         time.Duration // the longest time without
	failures    []string      // what is neither 200 nor the 503 that clients know
}

// besiege begins a siege of some servers, which stop ends at the latest.
func besiege(t *testing.T, urls ...string) (s *siege, stop func()) {
	t.Helper()
	s = &siege{
		http:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: besiegers}, Timeout: patience},
		tried: make(map[who]bool), promises: make(map[who]promise), served: time.Now(),
	}
	s.more.L = &s.mu
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for i := range besiegers {
		group.Go(func() { s.clients(ctx, urls[i%len(urls)], rand.New(rand.NewPCG(uint64(i), 0))) })
	}
	stop = sync.OnceFunc(func() {
		cancel()
		group.Wait()
	})
	t.Cleanup(stop)
	return s, stop
}

// clients come one after the other. One that is refused asks again; of a
// conversion that is refused nobody can say whether it is counted.
func (s *siege) clients(ctx context.Context, base string, dice *rand.Rand) {
	for ctx.Err() == nil {
		w := s.begin()
		told, ok := s.participate(ctx, base, w)
		for !ok && ctx.Err() == nil {
			told, ok = s.participate(ctx, base, w)
		}
		if !ok {
			return
		}
		p := promise{alternative: told.Alternative.Name, conversions: make(map[string]float64)}
		s.promise(w, p)
		for _, kpi := range []string{"", "purchase"}[:dice.IntN(3)] {
			q := url.Values{"experiment": {w.experiment}, "client_id": {w.client}}
			value := 0.0
			if kpi != "" {
				value = float64(dice.IntN(10_000)) / 100
				q.Set("kpi", kpi)
				q.Set("value", strconv.FormatFloat(value, 'f', -1, 64))
			}
			if _, ok := s.ask(ctx, base+"/convert?"+q.Encode()); ok {
				p.conversions = maps.Clone(p.conversions)
				p.conversions[kpi] = value
				s.promise(w, p)
			}
		}
	}
}

func (s *siege) begin() who {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	w := who{shop, fmt.Sprint("client-", s.next)}
	s.tried[w] = true
	return w
}

func (s *siege) promise(w who, p promise) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(p.conversions) > 0 {
		s.conversions++
	}
	s.promises[w] = p
	s.gap = max(s.gap, time.Since(s.served))
	s.served = time.Now()
	s.more.Broadcast()
}

func (s *siege) participate(ctx context.Context, base string, w who) (told, bool) {
	q := url.Values{"experiment": {w.experiment}, "client_id": {w.client}, "alternatives": alternatives[w.experiment], "explain": {"true"}}
	return s.ask(ctx, base+"/participate?"+q.Encode())
}

// ask tells what the server says, and whether that is a promise.
func (s *siege) ask(ctx context.Context, address string) (answer told, ok bool) {
	began := time.Now()
	status, body, err := s.get(context.WithoutCancel(ctx), address) // or it would be counted while the store is read
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slowest = max(s.slowest, time.Since(began))
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	switch {
	case err == nil && status == http.StatusOK:
		return answer, true
	case err == nil && status == http.StatusServiceUnavailable && answer.Message == "redis is not available":
		s.refused++
		s.more.Broadcast()
	case len(s.failures) < 10:
		s.failures = append(s.failures, fmt.Sprintf("%s: %d %s %v", address, status, body, err))
	}
	return answer, false
}

func (s *siege) get(ctx context.Context, address string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	response, err := s.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// untilServed waits until that many more clients take part, untilRefused until
// that many more answers are refusals.
func (s *siege) untilServed(t *testing.T, more int) {
	t.Helper()
	s.until(t, func() int { return len(s.promises) }, more)
}

func (s *siege) untilRefused(t *testing.T, more int) {
	t.Helper()
	s.until(t, func() int { return s.refused }, more)
}

func (s *siege) until(t *testing.T, count func() int, more int) {
	t.Helper()
	late := time.AfterFunc(patience, s.more.Broadcast)
	defer late.Stop()
	deadline := time.Now().Add(patience)
	s.mu.Lock()
	defer s.mu.Unlock()
	for goal := count() + more; count() < goal; s.more.Wait() {
		if !time.Now().Before(deadline) {
			t.Fatalf("nothing happens: %d clients served, %d refused; %v", len(s.promises), s.refused, s.failures)
		}
	}
}

// verify compares what clients were told with what a store has after the siege.
// It returns how many were told what is not there.
func (s *siege) verify(t *testing.T, found contents) (lost int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.failures {
		t.Error(f)
	}
	c, ok := found[shop]
	if !ok {
		t.Fatalf("there is no experiment %s", shop)
	}
	c.check(t)
	var doubled int
	for id, client := range c.clients {
		if !s.tried[who{shop, id}] {
			t.Errorf("nobody asked for %s", id)
		}
		for _, v := range client.Conversions {
			if v.Events != 1 {
				doubled++
			}
		}
	}
	for w, p := range s.promises {
		if broken := c.breaks(w.client, p); broken != "" {
			lost++
		}
	}
	t.Logf("%d clients and %d conversions acknowledged, %d clients found, %d lost, %d conversions doubled; %d answers refused; "+
		"the slowest answer took %v, the longest time without service was %v", len(s.promises), s.conversions, len(c.clients), lost,
		doubled, s.refused, s.slowest.Round(time.Millisecond), s.gap.Round(time.Millisecond))
	if doubled > 0 {
		t.Errorf("%d conversions were counted twice", doubled)
	}
	return lost
}
