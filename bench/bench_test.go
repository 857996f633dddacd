package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/redistest"
)

// TestMain lets the test binary run the parts that the program starts.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && parts[os.Args[1]] != nil {
		main()
		return
	}
	os.Exit(m.Run())
}

// smoke is the smallest effort with which everything runs.
var smoke = effort{rounds: 1, calls: 100, turn: 20 * time.Millisecond, newcomers: callers, known: 100, loaded: 1000}

func TestEverything(t *testing.T) {
	for _, s := range sections {
		t.Run(s.name, func(t *testing.T) {
			if s.name == "redis" {
				redistest.Need(t)
			}
			b := &bench{effort: smoke, profiles: t.TempDir(), progress: io.Discard}
			rows, err := b.measure(t.Context(), t.TempDir(), regexp.MustCompile("^"+s.name+"$"))
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) == 0 {
				t.Error("no rows")
			}
			for _, r := range rows {
				checkRow(t, r)
			}
			if left, err := os.ReadDir(b.profiles); err != nil || (len(left) > 0) != (s.name == "http" || s.name == "redis") {
				t.Errorf("profiles: %v, %v", left, err)
			}
		})
	}
}

func checkRow(t *testing.T, r row) {
	t.Helper()
	figures := []spread{r.Ours}
	if r.Ratio != nil {
		figures = append(figures, *r.Other, *r.Ratio)
	}
	for _, f := range figures {
		allocations := r.Unit == plain
		if f.Median < 0 || f.Median == 0 && !allocations || math.IsInf(f.Median, 0) || math.IsNaN(f.Median) || f.Low > f.Median || f.High < f.Median {
			// A short turn can be shorter than the resolution of processor time.
			if !strings.Contains(r.What, "processor time") {
				t.Errorf("%+v: %+v", r, f)
			}
		}
	}
	if (r.Other == nil) != (r.Rival == "") {
		t.Errorf("%+v: a rival without a figure, or a figure without a rival", r)
	}
}

func TestTable(t *testing.T) {
	ratio := beside("answers", perSecond, []float64{30_000, 20_000, 40_000}, "echo", []float64{40_000, 40_000, 40_000})
	for _, c := range []struct {
		row   row
		below bool
		cells string
	}{
		{ratio.withMin(0.75), false, "answers|30,000/s|40,000/s|echo|0.750|(0.500–1.000)|≥ 0.75|ok"},
		{ratio.withMin(0.8), true, "answers|30,000/s|40,000/s|echo|0.750|(0.500–1.000)|≥ 0.8|below"},
		{ratio.withMax(0.7), true, "answers|30,000/s|40,000/s|echo|0.750|(0.500–1.000)|≤ 0.7|below"},
		{ratio, false, "answers|30,000/s|40,000/s|echo|0.750|(0.500–1.000)||"},
		{alone("time", nanoseconds, 1234).withMax(2e9), false, "time|1.23µs|||||≤ 2s|ok"},
		{alone("memory", bytesOf, 98_765_432, 98_765_434).withMax(100e6), false, "memory|98.8 MB||||(98.8 MB–98.8 MB)|≤ 100.0 MB|ok"},
		{alone("allocations", plain, 2).withMax(1), true, "allocations|2|||||≤ 1|below"},
	} {
		if got := strings.Join(c.row.cells(), "|"); got != c.cells || c.row.below() != c.below {
			t.Errorf("%s, below %t; want %s, %t", got, c.row.below(), c.cells, c.below)
		}
	}
}

func TestShow(t *testing.T) {
	rows := []row{alone("time", nanoseconds, 5e6)}
	var table, list bytes.Buffer
	if err := show(&table, rows, false); err != nil || !strings.Contains(table.String(), "5ms") {
		t.Errorf("%q, %v", &table, err)
	}
	if err := show(&list, rows, true); err != nil {
		t.Fatal(err)
	}
	var got []row
	if err := json.Unmarshal(list.Bytes(), &got); err != nil || len(got) != 1 || got[0] != rows[0] {
		t.Errorf("%s, %v", &list, err)
	}
}

func TestFlags(t *testing.T) {
	for args, says := range map[string]string{
		"-run=(":      "-run",
		"-nosuch":     "nosuch",
		"-run=^nope$": "",
	} {
		var out, progress bytes.Buffer
		err := run(t.Context(), []string{"-dir=" + t.TempDir(), "-strict", args}, strings.NewReader(""), &out, &progress)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", args, err, says)
		}
	}
}

func TestUUIDs(t *testing.T) {
	seen := make(map[uuid]bool)
	for i := range uint64(10_000) {
		seen[uuidOf(i)] = true
	}
	if len(seen) != 10_000 {
		t.Errorf("%d different ids of 10000", len(seen))
	}
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if id := uuidOf(7).String(); !form.MatchString(id) {
		t.Errorf("%s is not a UUID", id)
	}
}

func TestBodyOf(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: now\r\n\r\n"
	for answer, want := range map[string]string{
		ok + "{}":                "{}",
		ok + "{":                 "",
		"HTTP/1.1 200 OK\r\nCon": "",
	} {
		if body, err := bodyOf([]byte(answer)); string(body) != want || err != nil {
			t.Errorf("bodyOf(%q) = %q, %v", answer, body, err)
		}
	}
	for _, answer := range []string{
		ok + "{}}",
		"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	} {
		if body, err := bodyOf([]byte(answer)); err == nil {
			t.Errorf("bodyOf(%q) = %q", answer, body)
		}
	}
}

// BenchmarkExistingClient is for benchstat and profiles.
func BenchmarkExistingClient(b *testing.B) {
	ours, err := participateAgain(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	g, err := newGrowthbook(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		calls func(n int) error
	}{
		{"sixpack", ours},
		{"growthbook-sticky", g.request(g.sticky)},
		{"growthbook-sticky-child", g.run(g.children)},
		{"growthbook-stateless", g.request(g.stateless)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			if err := c.calls(b.N); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkNewClients adds clients to a file, many at a time.
func BenchmarkNewClients(b *testing.B) {
	ours, err := openOurs(b.Context(), b.TempDir()+"/ours.db")
	if err != nil {
		b.Fatal(err)
	}
	raw, err := openRaw(b.TempDir()+"/raw.db", time.Millisecond, []byte("12345"))
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		file *file
	}{{"sixpack", ours}, {"bbolt", raw}} {
		b.Run(c.name, func(b *testing.B) {
			if err := c.file.bring(callers, b.N); err != nil {
				b.Fatal(err)
			}
		})
		if err := c.file.close(); err != nil {
			b.Fatal(err)
		}
	}
}
