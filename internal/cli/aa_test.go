package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// aaJSON runs aa and reads its JSON.
func aaJSON(t *testing.T, args ...string) (r simulation.AAReport) {
	t.Helper()
	stdout, _, err := call(t, nil, append([]string{"aa", "--json"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("%v in\n%s", err, stdout)
	}
	return r
}

// methodOf returns the report on a method whose name begins with a text.
func methodOf(t *testing.T, r simulation.AAReport, method string, looks simulation.Looks) simulation.AAMethod {
	t.Helper()
	for _, m := range r.Methods {
		if strings.HasPrefix(m.Method, method) && m.Looks == looks {
			return m
		}
	}
	t.Fatalf("no %s %s in %+v", method, looks, r)
	return simulation.AAMethod{}
}

// TestAA checks that a seed repeats the tests, that the table and the JSON agree, and that
// methods for one look raise too many false alarms if they look often.
func TestAA(t *testing.T) {
	args := []string{"--runs=40", "--visitors=1000", "--days=10", "--rate=0.3", "--seed=5"}
	table, stderr, err := call(t, nil, append([]string{"aa"}, args...)...)
	if err != nil || stderr != "replaying tests...\n" {
		t.Fatalf("%q, %v", stderr, err)
	}
	if again, _, err := call(t, nil, append([]string{"aa"}, args...)...); err != nil || again != table {
		t.Errorf("the same seed gives\n%s\nand\n%s", table, again)
	}
	if other, _, err := call(t, nil, append([]string{"aa"}, append(args, "--seed=6")...)...); err != nil || strings.ReplaceAll(other, "--seed 6", "--seed 5") == table {
		t.Errorf("another seed gives the same: %v", err)
	}
	if begin := "40 tests of 1,000 visitors over 10 days, split 50/50; 30% convert with either alternative.\n"; !strings.HasPrefix(table, begin) {
		t.Errorf("it does not begin with %s\n%s", begin, table)
	}
	if text := mustCall(t, append([]string{"aa", "--json"}, args...)...); !strings.Contains(text, `"z-test, p \u003c 5%"`) {
		t.Errorf("JSON does not escape <:\n%s", text)
	}
	r := aaJSON(t, args...)
	if r.Runs != 40 || r.Seed != 5 || r.Visitors != 1000 || len(r.Methods) != 8 {
		t.Errorf("JSON has %+v", r)
	}
	for _, m := range r.Methods {
		share := fmt.Sprintf("%.1f%% (%d)", 100*m.Share, m.Alarms)
		found := false
		for line := range strings.Lines(table) {
			found = found || strings.HasPrefix(line, m.Method) && strings.Contains(line, string(m.Looks)) && strings.Contains(line, " "+share+" ")
		}
		if !found {
			t.Errorf("JSON has %+v, which is not in\n%s", m, table)
		}
	}
	verdict, z := methodOf(t, r, "sixpack", "every visitor"), methodOf(t, r, "z-test", "every visitor")
	if verdict.Share > 0.05 || z.Share < 0.3 || methodOf(t, r, "chance", "every visitor").Share < 0.5 || z.Visitors == nil {
		t.Errorf("false alarms are not as they should be:\n%s", table)
	}
	if daily := methodOf(t, r, "z-test", "every day"); daily.Alarms >= z.Alarms || daily.Alarms == 0 {
		t.Errorf("daily looks:\n%s", table)
	}
}

// TestAASeveral replays tests with three alternatives.
func TestAASeveral(t *testing.T) {
	r := aaJSON(t, "--runs=20", "--visitors=1000", "--days=5", "--rate=20%", "--split=34:33:33", "--alpha=10%", "--seed=1")
	if r.Alpha != 0.1 || len(r.Split) != 3 || methodOf(t, r, "sixpack", "every visitor").Share > 0.1 || methodOf(t, r, "chance", "every visitor").Alarms == 0 {
		t.Errorf("got %+v", r)
	}
}

// TestAAExperiment replays tests like an experiment.
func TestAAExperiment(t *testing.T) {
	folder := t.TempDir()
	fillAA(t, folder)
	args := []string{"--data-dir", folder, "--runs=3", "--seed=1"}
	r := aaJSON(t, append(args, "button", "--kpi=paid")...)
	if r.Experiment != "button" || r.KPI != "paid" || r.Visitors != 400 || r.Days != 4 || fmt.Sprint(r.Split) != "[75 25]" ||
		r.MeanDelay != 2 || r.Rate < 0.2 || r.Rate > 0.3 {
		t.Errorf("got %+v", r)
	}
	if r := aaJSON(t, append(args, "button", "--kpi=paid", "--rate=7%", "--split=1:1:1", "--days=8")...); r.Rate != 0.07 || r.Days != 8 || r.Visitors != 400 || len(r.Split) != 3 {
		t.Errorf("with flags: %+v", r)
	}
	if text, _, err := call(t, nil, append([]string{"aa", "button", "--kpi=paid"}, args...)...); err != nil ||
		!strings.Contains(text, "after 2.0 days on average.\nVisitors, split and rate are those of button paid.\n") {
		t.Errorf("%v\n%s", err, text)
	}
}

// fillAA creates an experiment of four days whose conversions take two days, and one without
// conversions.
func fillAA(t *testing.T, folder string) {
	t.Helper()
	st, err := bolt.Open(filepath.Join(folder, config.DataFileName))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	e := sixpack.New(st, sixpack.Config{Now: func() time.Time { return now }})
	button := sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}, Weights: []float64{3, 1}}
	for i := range 400 {
		now = time.Date(2026, 11, 2+i/100, 12, 0, 0, 0, time.UTC)
		client := fmt.Sprint("c", i)
		_, err := e.Participate(t.Context(), button, client)
		if i%4 == 0 && err == nil {
			now = now.AddDate(0, 0, 2)
			_, err = e.Convert(t.Context(), "button", client, sixpack.KPI("paid"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = e.Convert(t.Context(), "button", "c0", sixpack.KPI("seen"))
	_, err2 := e.Participate(t.Context(), sixpack.Experiment{Name: "quiet", Alternatives: []string{"a", "b"}}, "c")
	if err := errors.Join(err, err2, st.Close()); err != nil {
		t.Fatal(err)
	}
}

// stopAfter cancels a context when something is written.
type stopAfter struct{ cancel context.CancelFunc }

func (s stopAfter) Write(p []byte) (int, error) {
	s.cancel()
	return len(p), nil
}

// TestAAInterrupted checks that Ctrl-C ends it.
func TestAAInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := run(ctx, []string{"aa", "--runs=100000"}, nil, io.Discard, stopAfter{cancel})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
