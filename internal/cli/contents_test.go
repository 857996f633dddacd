package cli

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// contents is everything that a store has, by experiment.
type contents map[string]*content

type content struct {
	record  store.Record
	clients map[string]store.Client
	results store.Counts
	double  int // clients listed twice
}

// readStore reads a file of the embedded store.
func readStore(t *testing.T, path string) contents {
	t.Helper()
	st, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	return contentsOf(t, st)
}

// contentsOf reads a store.
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

// breaks says how a promise to a client is broken, empty if it is kept.
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

// sums are the counts of one alternative.
type sums struct {
	participants int64
	kpis         map[string]kpiSums
}

type kpiSums struct{ converted, events, sum, squares int64 } // sums in cents

// check compares the counts with the clients, counted one by one.
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

// quotient is exact: the values of a load are whole cents.
func quotient(x *big.Int, by int64) int64 { return new(big.Int).Quo(x, big.NewInt(by)).Int64() }
