package dashboard_test

import (
	"encoding/csv"
	"encoding/json"
	"math/big"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// taken returns a program of an experiment that clients took part in.
func taken(t *testing.T) program {
	t.Helper()
	p := newProgram(t, filled(t))
	x := sixpack.Experiment{Name: "=HYPERLINK()", Alternatives: []string{"red", "blue"}, Traffic: 0.9}
	days := []time.Time{present.AddDate(0, 0, -3), present.AddDate(0, 0, -1), present}
	for i := range 300 {
		client := string(rune('a'+i%26)) + time.Duration(i).String()
		a, err := p.Participate(t.Context(), x, client, sixpack.At(days[i%2]))
		if err != nil {
			t.Fatal(err)
		}
		if !a.Participating || i%3 == 0 {
			continue
		}
		for j, option := range []sixpack.ConvertOption{sixpack.KPI(""), sixpack.KPI("revenue")} {
			for range 1 + i%2 {
				options := []sixpack.ConvertOption{option, sixpack.At(days[2-j])}
				if j == 1 {
					options = append(options, sixpack.Value(float64(i)*1.000001-150))
				}
				if _, err := p.Convert(t.Context(), x.Name, client, options...); err != nil {
					t.Fatal(err)
				}
			}
		}
		if i == 151 {
			if err := p.Override(t.Context(), x.Name, store.Override{Weights: []float64{1, 3}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.Describe(t.Context(), x.Name, "+two\nlines, and a \"comma\""); err != nil {
		t.Fatal(err)
	}
	return p
}

const formula = "=HYPERLINK()"

// exact reads a decimal number.
func exact(t *testing.T, text string) *big.Rat {
	t.Helper()
	x, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is not a number", text)
	}
	return x
}

// TestDownloadCSV adds up the rows of the table.
func TestDownloadCSV(t *testing.T) {
	p := taken(t)
	a := p.call(http.MethodGet, apiPath(formula)+"/download.csv", "")
	kind, file, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "text/csv; charset=utf-8" || err != nil || kind != "attachment" || file["filename"] != "sixpack--HYPERLINK--.csv" {
		t.Fatalf("%s %v", a.Status, a.Header)
	}
	table := csv.NewReader(strings.NewReader(a.body))
	table.FieldsPerRecord = 13
	rows, err := table.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sums, settings := make(map[string]*big.Rat), make(map[string]string)
	for _, row := range rows[1:] {
		cells := make(map[string]string)
		for i, name := range rows[0] {
			cells[name] = row[i]
		}
		if cells["record"] == "setting" {
			settings[cells["epoch"]+cells["setting"]] = cells["value"]
			continue
		}
		for _, name := range []string{"participants", "converted", "events", "nonzero", "sum", "squares"} {
			key := strings.Join([]string{cells["record"], cells["alternative"], cells["kpi"], name}, " ")
			if cells[name] == "" {
				continue
			}
			if sums[key] == nil {
				sums[key] = new(big.Rat)
			}
			sums[key].Add(sums[key], exact(t, cells[name]))
		}
	}
	for name, want := range map[string]string{
		"name": "'" + formula, "description": "'+two\nlines, and a \"comma\"", "state": "active", "traffic": "0.9", "winner": "", "paused": "false",
		"alternatives": `["red","blue"]`, "override": `{"weights":[0.25,0.75]}`, "created": present.Format(time.RFC3339), "2weights": "[0.25,0.75]", "1weights": "",
	} {
		if settings[name] != want {
			t.Errorf("%s is %q, want %q", name, settings[name], want)
		}
	}
	counts, err := p.Counts(t.Context(), formula)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range counts.Alternatives {
		for _, kpi := range []string{"", "revenue"} {
			k := c.KPI(kpi)
			totals := k.Totals()
			million := big.NewInt(1e6)
			want := map[string]*big.Rat{
				"participants": new(big.Rat).SetInt64(c.Participants()), "converted": new(big.Rat).SetInt64(k.Converted()),
				"events": new(big.Rat).SetInt64(k.Events()), "nonzero": new(big.Rat).SetInt64(totals.NonZero),
				"sum": new(big.Rat).SetFrac(totals.Sum, million), "squares": new(big.Rat).SetFrac(totals.Squares, new(big.Int).Mul(million, million)),
			}
			for name, want := range want {
				for record, has := range map[string]string{
					"day": "participants converted events", "epoch": "participants converted nonzero sum squares", "total": "participants converted events nonzero sum squares",
				} {
					got := sums[strings.Join([]string{record, counts.Record.Alternatives[i], kpi, name}, " ")]
					if strings.Contains(has, name) != (got != nil) || got != nil && got.Cmp(want) != 0 {
						t.Errorf("%s of %d, %q: %s is %v, want %v", record, i, kpi, name, got, want)
					}
				}
			}
			if kpi == "revenue" && totals.Sum.Sign() == 0 {
				t.Error("nothing was added up")
			}
		}
	}
}

// TestDownloadJSON rebuilds the counts from the download.
func TestDownloadJSON(t *testing.T) {
	p := taken(t)
	a := p.call(http.MethodGet, apiPath(formula)+"/download.json", "")
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Disposition") != `attachment; filename=sixpack--HYPERLINK--.json` {
		t.Fatalf("%s %v", a.Status, a.Header)
	}
	type totals struct {
		Epoch              uint32
		Converted, NonZero int64
		Sum, Squares       json.Number
	}
	var x struct {
		Settings     struct{ Name, Description string }
		Excluded     int64
		Epochs       []store.Epoch
		Alternatives []struct {
			Name         string
			Participants int64
			Days         []struct {
				Date         string
				Participants int64
			}
			Epochs []store.EpochParticipants
			KPIs   []struct {
				totals

				KPI    string
				Events int64
				Days   []struct {
					Date              string
					Converted, Events int64
				}
				Epochs []totals
			}
		}
	}
	if err := json.Unmarshal([]byte(a.body), &x); err != nil {
		t.Fatal(err)
	}
	counts, err := p.Counts(t.Context(), formula)
	if err != nil {
		t.Fatal(err)
	}
	if x.Settings.Name != formula || x.Settings.Description != counts.Record.Description || x.Excluded != counts.Excluded || x.Excluded == 0 || len(x.Epochs) != 2 {
		t.Errorf("%+v", x)
	}
	whole := func(n json.Number, unit int64) *big.Int {
		r := exact(t, n.String())
		if r.Mul(r, new(big.Rat).SetInt64(unit)); !r.IsInt() {
			t.Errorf("%s is not exact", n)
		}
		return r.Num()
	}
	again := store.NewCounts(counts.Record, counts.Epochs)
	day := func(date string) store.Day {
		at, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return store.DayOf(at)
	}
	for i, a := range x.Alternatives {
		c := &again.Alternatives[i]
		for _, d := range a.Days {
			c.AddDay(day(d.Date), d.Participants)
		}
		for _, e := range a.Epochs {
			c.AddCohort(e.Epoch, store.UnknownDay, e.Participants)
		}
		for j, k := range a.KPIs {
			for _, d := range k.Days {
				c.KPIs[j].AddDay(day(d.Date), d.Converted, d.Events)
			}
			for _, e := range k.Epochs {
				c.KPIs[j].AddCohort(store.CohortConversions{
					Epoch: e.Epoch, Day: store.UnknownDay,
					Sums: store.Sums{Converted: e.Converted, NonZero: e.NonZero, Sum: whole(e.Sum, 1e6), Squares: whole(e.Squares, 1e12)},
				})
			}
			if k.Events != c.KPIs[j].Events() || k.Converted != c.KPIs[j].Converted() || whole(k.Sum, 1e6).Cmp(c.KPIs[j].Totals().Sum) != 0 {
				t.Errorf("%s, %q: the totals are others: %+v", a.Name, k.KPI, k)
			}
		}
	}
	again.Excluded = counts.Excluded
	if again.Sub(counts); again.Excluded != 0 {
		t.Error(again.Excluded)
	}
	again.DropZeros()
	for i, c := range again.Alternatives {
		if len(c.Days)+len(c.Epochs()) != 0 {
			t.Errorf("%d: it lacks %+v", i, c)
		}
		for _, k := range c.KPIs {
			if k.Converted()+k.Events() != 0 || len(k.Epochs()) != 0 {
				t.Errorf("%d, %q: it lacks %+v", i, k.KPI, k)
			}
		}
	}
}

// TestDownloadNames tests that no name of an experiment is a path.
func TestDownloadNames(t *testing.T) {
	for name, want := range map[string]string{
		"../../etc/passwd": "sixpack-..-..-etc-passwd.csv", `a"b;c\d`: "sixpack-a-b-c-d.csv", "né": "sixpack-né.csv", "a\r\nb: c": "sixpack-a--b--c.csv",
		strings.Repeat("x", 200): "sixpack-" + strings.Repeat("x", 100) + ".csv",
	} {
		p := newProgram(t, filled(t, sample(name, 2, arm{"a", 1, 0}, arm{"b", 1, 0})))
		a := p.call(http.MethodGet, apiPath(name)+"/download.csv", "")
		if _, file, err := mime.ParseMediaType(a.Header.Get("Content-Disposition")); err != nil || file["filename"] != want {
			t.Errorf("%q: %q, %v", name, a.Header.Get("Content-Disposition"), err)
		}
	}
}
