package cli

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// TestSeed seeds a folder and checks its contents.
func TestSeed(t *testing.T) {
	const experiments = 8
	folder := t.TempDir()
	stdout, stderr, err := call(t, nil, "seed", "--data-dir", folder, "--seed=7")
	if err != nil {
		t.Fatal(err)
	}
	if stderr != "simulating visitors...\n" || !strings.Contains(stdout, "--seed 7 repeats them") {
		t.Errorf("it says %q and\n%s", stderr, stdout)
	}
	if next := "\n  sixpack serve --data-dir=" + folder + "\n"; !strings.HasSuffix(stdout, next) {
		t.Errorf("it does not end with %q:\n%s", next, stdout)
	}
	t.Logf("\n%s", stdout)
	st, err := bolt.Open(filepath.Join(folder, config.DataFileName))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	all, err := st.Counts(t.Context())
	if err != nil || len(all) != experiments {
		t.Fatalf("%d experiments, want %d: %v", len(all), experiments, err)
	}
	states := map[string]bool{}
	for _, r := range all {
		checkExperiment(t, r, stdout)
		switch {
		case r.Record.Winner != "":
			states["winner"] = true
		case r.Record.Paused:
			states["paused"] = true
		case r.Record.Archived:
			states["archived"] = true
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
	if err == nil || err.Error() != "experiment signup-button already exists: seed another folder (--data-dir) or server (--url)" {
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
	if _, _, err := call(t, nil, "seed", "--url", url); err == nil || !strings.HasPrefix(err.Error(), "experiment signup-button already exists") {
		t.Errorf("a second time: %v", err)
	}
	if _, _, err := call(t, nil, "seed", "--url", "http://127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("without a server: %v", err)
	}
}
