package sampledata

import (
	"context"
	"fmt"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestRepeats checks that a seed gives the same visitors, and another one
// others.
func TestRepeats(t *testing.T) {
	var runs []string
	for _, seed := range []uint64{1, 1, 2} {
		st := new(memory.Store)
		to := NewStore(st, sixpack.Config{}, 14)
		now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
		to.engine = sixpack.New(st, sixpack.Config{Now: func() time.Time { return now }})
		o := Options{Clients: 300, Days: 14, Seed: seed}
		tallies, err := o.visits(t.Context(), to, experiments, now)
		if err != nil {
			t.Fatal(err)
		}
		all, err := st.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, normalized(tallies, all))
	}
	if runs[0] != runs[1] {
		t.Errorf("the same seed gives\n%s\nand\n%s", runs[0], runs[1])
	}
	if runs[0] == runs[2] {
		t.Error("another seed gives the same")
	}
}

// normalized is all that a seed determines, as text.
func normalized(tallies []tally, all []store.Counts) string {
	var text strings.Builder
	fmt.Fprintln(&text, tallies)
	for _, r := range all {
		fmt.Fprintln(&text, r.Record.Name, r.Excluded)
		for _, a := range r.Alternatives {
			fmt.Fprintln(&text, a.Days)
			for _, name := range []string{"", "purchase", "newsletter", "video-played", "click"} {
				k := a.KPI(name)
				fmt.Fprintln(&text, k.Days, k.Totals().Sum, k.Totals().Squares)
			}
		}
	}
	return text.String()
}

// TestServerKPIs checks that an experiment is judged by its primary KPI, whichever
// visitor converts first, and that no other conversion is lost.
func TestServerKPIs(t *testing.T) {
	st, router := new(memory.Store), echo.New()
	httpapi.Register(router.Group(""), sixpack.New(st, sixpack.Config{}), httpapi.Options{})
	server := httptest.NewServer(router)
	defer server.Close()
	to, err := NewServer(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var all []experiment
	for name, bought := range map[string]float64{"late": 0.2, "never": 0} {
		all = append(all, experiment{
			Experiment: sixpack.Experiment{Name: name, Alternatives: []string{"a", "b"}},
			goals:      []goal{{kpi: "purchase", rates: []float64{0, bought}}, {kpi: "newsletter", rates: []float64{1, 1}}},
		})
	}
	o := Options{Clients: 60, Days: 2, Seed: 1, Location: time.UTC}
	if _, err := o.fill(t.Context(), to, all); err != nil {
		t.Fatal(err)
	}
	counts, err := st.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range counts {
		var subscribed int64
		for _, a := range r.Alternatives {
			subscribed += a.KPI("newsletter").Converted()
		}
		if name, primary := r.Record.Name, r.Record.PrimaryKPI(); subscribed < 40 || name == "late" && primary != "purchase" {
			t.Errorf("%s is judged by %s, and %d subscribed", name, primary, subscribed)
		}
	}
}

// TestInterrupted checks that visits end with the context.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	to := NewStore(new(memory.Store), sixpack.Config{}, 14)
	_, err := Options{Clients: 1000, Days: 14}.visits(ctx, to, experiments, time.Now())
	if !strings.Contains(fmt.Sprint(err), "context canceled") {
		t.Errorf("got %v", err)
	}
}

func TestVisitor(t *testing.T) {
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	seen := make(map[string]bool)
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for number := range uint64(1000) {
		v := newVisitor(5, number, 14, now)
		if seen[v.client] || !form.MatchString(v.client) {
			t.Fatalf("client %q", v.client)
		}
		seen[v.client] = true
		if v.first.After(now) || v.first.Before(time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)) {
			t.Fatalf("comes %v", v.first)
		}
		if same := newVisitor(5, number, 14, now); same.client != v.client || same.first != v.first {
			t.Fatalf("%v is not %v", same, v)
		}
	}
	if a, b := newVisitor(5, 1, 14, now), newVisitor(6, 1, 14, now); reflect.DeepEqual(a.client, b.client) {
		t.Error("two seeds give one client")
	}
}
