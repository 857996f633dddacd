package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
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
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestSeedRepeats checks that a seed gives the same visitors, and another one
// others.
func TestSeedRepeats(t *testing.T) {
	var runs []string
	for _, seed := range []uint64{1, 1, 2} {
		st := new(memory.Store)
		to := newDirect(st, &loaded(t, nil).config, 14)
		now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
		to.engine = sixpack.New(st, sixpack.Config{Now: func() time.Time { return now }})
		s := seeding{clients: 300, days: 14, seed: seed}
		tallies, err := s.visits(t.Context(), to, plans, now, bar{})
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

// TestSeed seeds a folder and looks at what is there.
func TestSeed(t *testing.T) {
	folder := t.TempDir()
	stdout, stderr, err := call(t, nil, "seed", "--data-dir", folder, "--seed=7")
	if err != nil {
		t.Fatal(err)
	}
	if stderr != "making up visitors...\n" || !strings.Contains(stdout, "--seed 7 makes them up again") {
		t.Errorf("it says %q and\n%s", stderr, stdout)
	}
	if next := "\n  sixpack serve --data-dir=" + folder + "\n"; !strings.HasSuffix(stdout, next) {
		t.Errorf("it does not end with %q:\n%s", next, stdout)
	}
	t.Logf("\n%s", stdout)
	st, err := bolt.Open((&config{DataDir: directory(folder)}).dataFile())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	all, err := st.Counts(t.Context())
	if err != nil || len(all) != len(plans) {
		t.Fatalf("%d experiments, want %d: %v", len(all), len(plans), err)
	}
	states := map[ending]bool{}
	for _, r := range all {
		checkExperiment(t, r, stdout)
		switch {
		case r.Record.Winner != "":
			states[won] = true
		case r.Record.Paused:
			states[paused] = true
		case r.Record.Archived:
			states[archived] = true
		}
	}
	if len(states) != 3 {
		t.Errorf("states are %v", states)
	}

	for host, reached := range map[string]string{"0.0.0.0": "127.0.0.1", "::1": "[::1]"} {
		_, _, err = call(t, nil, "seed", "--data-dir", folder, "--host="+host, "--port=5008")
		if err == nil || !strings.Contains(err.Error(), "in use by another") || !strings.Contains(err.Error(), "sixpack seed --url http://"+reached+":5008") {
			t.Errorf("beside another process: %v", err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err = call(t, nil, "seed", "--data-dir", folder)
	if err == nil || err.Error() != "experiment signup-button is there already: seed a new folder (--data-dir) or server (--url)" {
		t.Errorf("a second time: %v", err)
	}
}

func checkExperiment(t *testing.T, r store.Counts, summary string) {
	t.Helper()
	name := r.Record.Name
	var participants, conversions int64
	days := map[store.Day]bool{}
	for _, a := range r.Alternatives {
		participants += a.Participants()
		for _, k := range a.KPIs {
			conversions += k.Events()
		}
		for _, d := range a.Days {
			days[d.Day] = true
		}
	}
	if r.Record.Description == "" || len(days) < 10 || conversions == 0 {
		t.Errorf("%s: %d conversions on %d days, described as %q", name, conversions, len(days), r.Record.Description)
	}
	if first := store.DayOf(r.Record.Created.In(time.UTC)); first > store.DayOf(time.Now().UTC())-13 {
		t.Errorf("%s was created on %v", name, first)
	}
	line := regexp.MustCompile(fmt.Sprintf(`(?m)^%s .* %d +%d +(running|winner|paused|archived)$`, name, participants, conversions))
	if !line.MatchString(summary) {
		t.Errorf("%s has %d participants and %d conversions, which is not in\n%s", name, participants, conversions, summary)
	}
	if name == "signup-button" {
		rate := func(i int) float64 {
			return float64(r.Alternatives[i].KPI("").Converted()) / float64(r.Alternatives[i].Participants())
		}
		if rate(1) < rate(0)+0.01 || rate(1) < rate(2)+0.01 {
			t.Errorf("%s: rates are %.3f, %.3f, %.3f", name, rate(0), rate(1), rate(2))
		}
	}
	if name == "checkout-steps" && r.Record.PrimaryKPI() != "purchase" {
		t.Errorf("%s is judged by %q", name, r.Record.PrimaryKPI())
	}
	if name == "checkout-steps" && r.Alternatives[0].KPI("purchase").Totals().Sum.Sign() <= 0 {
		t.Errorf("%s: nobody paid", name)
	}
}

// TestSeedURL seeds a server.
func TestSeedURL(t *testing.T) {
	url := startHere(t, t.TempDir())
	_, port, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	stdout, _, err := call(t, nil, "seed", "--url", url+"/", "--clients=200", "--seed=3", "--port="+port, "--web-port=5009", "--web-prefix=/tests")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(stdout, "search-ranking") || !strings.HasSuffix(stdout, "Look at them in the dashboard:\n\n  http://127.0.0.1:5009/tests/\n") {
		t.Errorf("it says\n%s", stdout)
	}
	status, answer := jsonOf(t, url+"/experiments/price-test")
	if status != http.StatusOK || answer["traffic_fraction"] != 0.4 || answer["excluded_clients"].(float64)+answer["total_participants"].(float64) != 200 {
		t.Errorf("price-test is %d %v", status, answer)
	}
	if _, _, err := call(t, nil, "seed", "--url", url); err == nil || !strings.HasPrefix(err.Error(), "experiment signup-button is there already") {
		t.Errorf("a second time: %v", err)
	}
	if _, _, err := call(t, nil, "seed", "--url", "http://127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("without a server: %v", err)
	}
}

// TestSeedURLKPIs checks that an experiment is judged by the KPI that it is about,
// whoever converts first, and that no other conversion is lost.
func TestSeedURLKPIs(t *testing.T) {
	st, router := new(memory.Store), echo.New()
	httpapi.Register(router.Group(""), sixpack.New(st, sixpack.Config{}), httpapi.Options{})
	server := httptest.NewServer(router)
	defer server.Close()
	to, err := newOverHTTP(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var all []plan
	for name, bought := range map[string]float64{"late": 0.2, "never": 0} {
		all = append(all, plan{
			Experiment: sixpack.Experiment{Name: name, Alternatives: []string{"a", "b"}},
			goals:      []goal{{kpi: "purchase", rates: []float64{0, bought}}, {kpi: "newsletter", rates: []float64{1, 1}}},
		})
	}
	s := seeding{clients: 60, days: 2, seed: 1}
	if err := s.fill(t.Context(), &invocation{stdout: io.Discard, stderr: io.Discard}, to, all, zone{time.UTC}, ""); err != nil {
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

// TestSeedInterrupted checks that Ctrl-C ends it.
func TestSeedInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	to := newDirect(new(memory.Store), &loaded(t, nil).config, 14)
	_, err := seeding{clients: 1000, days: 14}.visits(ctx, to, plans, time.Now(), bar{})
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
		if v.come.After(now) || v.come.Before(time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)) {
			t.Fatalf("comes %v", v.come)
		}
		if again := newVisitor(5, number, 14, now); again.client != v.client || again.come != v.come {
			t.Fatalf("%v is not %v", again, v)
		}
	}
	if a, b := newVisitor(5, 1, 14, now), newVisitor(6, 1, 14, now); reflect.DeepEqual(a.client, b.client) {
		t.Error("two seeds give one client")
	}
}
