package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// The experiments of a workload: one with values, one that leaves half of them out.
const (
	shop = "shop"
	half = "half"
)

var alternatives = map[string][]string{shop: {"red", "green", "blue"}, half: {"off", "on"}}

// who is a client in an experiment.
type who struct{ experiment, client string }

// promise is what the server acknowledged of a client.
type promise struct {
	alternative string             // empty: out
	conversions map[string]float64 // by KPI
}

// workload lets clients take part and convert over HTTP, and remembers what it
// tried and what was acknowledged.
type workload struct {
	http *http.Client
	more sync.Cond // than before has been acknowledged

	mu       sync.Mutex // guards the fields below
	url      string
	next     int
	tried    map[who]bool
	promises map[who]promise
	dice     *rand.Rand
	failures []string // answers that are none of those expected
}

func newWorkload(url string, seed uint64) *workload {
	l := &workload{
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, url: url,
		tried: make(map[who]bool), promises: make(map[who]promise), dice: rand.New(rand.NewPCG(seed, 0)),
	}
	l.more.L = &l.mu
	return l
}

// client takes part with one client after another, some of which convert, until
// ctx ends or the server is gone.
func (l *workload) client(ctx context.Context) {
	for ctx.Err() == nil {
		w, base, goals := l.begin()
		got, err := l.participate(ctx, base, w, false)
		if err != nil {
			return
		}
		p := promise{conversions: make(map[string]float64)}
		if got.Participating {
			p.alternative = got.Alternative.Name
		}
		l.promise(w, p)
		for kpi, value := range goals {
			if p.alternative == "" {
				break
			}
			q := url.Values{"experiment": {w.experiment}, "client_id": {w.client}}
			if kpi != "" {
				q.Set("kpi", kpi)
				q.Set("value", strconv.FormatFloat(value, 'f', -1, 64))
			}
			if _, err := l.get(ctx, base+"/convert?"+q.Encode()); err != nil {
				return
			}
			p.conversions = maps.Clone(p.conversions)
			p.conversions[kpi] = value
			l.promise(w, p)
		}
	}
}

// begin picks a new client, and what it will do.
func (l *workload) begin() (w who, base string, goals map[string]float64) {
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
	return w, l.url, goals
}

func (l *workload) promise(w who, p promise) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.promises[w] = p
	l.more.Broadcast()
}

// reach waits until the server has acknowledged that many clients.
func (l *workload) reach(clients int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.promises) < clients {
		l.more.Wait()
	}
}

func (l *workload) acknowledged() map[who]promise {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.promises)
}

// told is what we read of an answer.
type told struct {
	Alternative struct {
		Name string `json:"name"`
	} `json:"alternative"`
	Message       string `json:"message"` // of a refusal
	Reason        string `json:"reason"`
	Participating bool   `json:"participating"`
}

func (l *workload) participate(ctx context.Context, base string, w who, prefetch bool) (told, error) {
	q := url.Values{
		"experiment": {w.experiment}, "client_id": {w.client}, "alternatives": alternatives[w.experiment],
		"explain": {"true"}, "prefetch": {strconv.FormatBool(prefetch)},
	}
	if w.experiment == half {
		q.Set("traffic_fraction", "0.5")
	}
	return l.get(ctx, base+"/participate?"+q.Encode())
}

// get fails when the server is gone; what else it says than 200 is a failure of
// the test.
func (l *workload) get(ctx context.Context, address string) (answer told, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return answer, err
	}
	response, err := l.http.Do(request)
	if err != nil {
		return answer, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer, err // the answer was cut off: not acknowledged
	}
	if err := json.Unmarshal(body, &answer); err != nil || response.StatusCode != http.StatusOK {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.failures = append(l.failures, fmt.Sprintf("%s: %d %s", address, response.StatusCode, body))
		return answer, fmt.Errorf("status %d", response.StatusCode)
	}
	return answer, nil
}

// contents is all that a store has, by experiment.
type contents map[string]*content

type content struct {
	record  store.Record
	clients map[string]store.Client
	results store.Counts
	double  int // clients that were seen twice
}

// readStore reads all of a store's file.
func readStore(t *testing.T, path string) contents {
	t.Helper()
	st, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	return contentsOf(t, st)
}

// contentsOf reads all of a store.
func contentsOf(t *testing.T, st store.Store) contents {
	t.Helper()
	all, err := st.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := make(contents)
	for _, r := range all {
		c := &content{record: r.Record, clients: make(map[string]store.Client), results: r}
		for client, err := range st.Clients(t.Context(), r.Record.Name) {
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := c.clients[client.ID]; ok {
				c.double++
			}
			c.clients[client.ID] = client
		}
		found[r.Record.Name] = c
	}
	return found
}

// compare checks that a store has all that was promised, nothing that was never
// asked for, and counts that are exactly those of its clients. It returns the
// number of promises broken.
func (l *workload) compare(t *testing.T, found contents, promises map[who]promise) (lost int) {
	t.Helper()
	for w, p := range promises {
		c, ok := found[w.experiment]
		if !ok {
			t.Fatalf("there is no experiment %s", w.experiment)
		}
		if broken := c.breaks(w.client, p); broken != "" {
			lost++
			t.Errorf("%v: %s", w, broken)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for experiment, c := range found {
		for client := range c.clients {
			if !l.tried[who{experiment, client}] {
				t.Errorf("nobody asked for %s in %s", client, experiment)
			}
		}
		c.check(t)
	}
	return lost
}

// breaks says how what is known of a client breaks a promise.
func (c *content) breaks(id string, p promise) string {
	client, ok := c.clients[id]
	switch {
	case !ok:
		return "lost"
	case p.alternative == "" && client.Choice != store.Out:
		return fmt.Sprintf("has %d, was told that it is out", client.Choice)
	case p.alternative != "" && client.Choice != slices.Index(c.record.Alternatives, p.alternative):
		return fmt.Sprintf("has %d, was told %s", client.Choice, p.alternative)
	}
	for kpi, value := range p.conversions {
		i := slices.IndexFunc(client.Conversions, func(c store.ClientConversion) bool { return c.KPI == kpi })
		if i < 0 {
			return "lost its conversion for " + strconv.Quote(kpi)
		}
		amount, _ := store.AmountOf(value)
		if got := client.Conversions[i]; got.Events != 1 || got.Total != amount {
			return fmt.Sprintf("has converted %d times for %v, not once for %v", got.Events, got.Total, amount)
		}
	}
	return ""
}

// sums is what is counted of one alternative.
type sums struct {
	participants int64
	kpis         map[string]kpiSums
}

type kpiSums struct{ converted, events, sum, squares int64 } // sums in cents

// check compares the counts with a plain count of the clients.
func (c *content) check(t *testing.T) {
	t.Helper()
	if c.double > 0 {
		t.Errorf("%s has %d clients twice", c.record.Name, c.double)
	}
	want := make([]sums, len(c.record.Alternatives))
	for i := range want {
		want[i].kpis = make(map[string]kpiSums)
		for _, kpi := range c.record.KPIs {
			want[i].kpis[kpi] = kpiSums{}
		}
	}
	var out int64
	for _, client := range c.clients {
		if client.Choice == store.Out {
			out++
			continue
		}
		s := &want[client.Choice]
		s.participants++
		for _, conversion := range client.Conversions {
			k := s.kpis[conversion.KPI]
			cents := int64(conversion.Total) / 10_000
			k.converted, k.events, k.sum, k.squares = k.converted+1, k.events+conversion.Events, k.sum+cents, k.squares+cents*cents
			s.kpis[conversion.KPI] = k
		}
	}
	got := make([]sums, len(want))
	for i, a := range c.results.Alternatives {
		got[i] = sums{a.Participants(), make(map[string]kpiSums)}
		for _, k := range a.KPIs {
			totals := k.Totals()
			got[i].kpis[k.KPI] = kpiSums{
				k.Converted(), k.Events(), quotient(totals.Sum, 1e4), quotient(totals.Squares, 1e8),
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || c.results.Excluded != out {
		t.Errorf("%s counts %v and %d out, its clients are %v and %d", c.record.Name, got, c.results.Excluded, want, out)
	}
}

// quotient is exact: the values of a workload are whole cents.
func quotient(x *big.Int, by int64) int64 { return new(big.Int).Quo(x, big.NewInt(by)).Int64() }
