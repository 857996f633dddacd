package sixpack2_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/store"
)

// different lists answers that differ from Sixpack's on purpose after an import.
var different = []struct{ scenario, query, rule string }{
	{"duplicate-alternatives", "alternatives=two&alternatives=two", "duplicate alternatives are refused"},
}

// totals that differ from Sixpack's on purpose.
var totals = map[string]int64{
	"record-force-both": 2, // one client in two alternatives: counted in both, as each alternative does
}

// TestDumps imports what Sixpack left in Redis after each scenario, and compares it with
// Sixpack's answers.
func TestDumps(t *testing.T) {
	client := dial(t)
	for i, d := range reference.Lines[dump](t, "keyspace.jsonl") {
		for name, open := range stores {
			t.Run(d.Scenario+"/"+name, func(t *testing.T) {
				prefix := fmt.Sprint(name, i)
				load(t, client, prefix, d)
				st := open(t, client, prefix)
				for name, o := range importAll(t, sixpack2.New(client, prefix, time.UTC), st) {
					if !o.Equal() || !o.Imported.Created {
						t.Errorf("importing %q says %+v", name, o)
					}
				}
				for _, read := range d.WebReads {
					checkPage(t, d.Scenario, results(t, st, read.JSON.Name), read.JSON)
				}
				api := httpapi.New(sixpack.New(st, sixpack.Config{}), httpapi.Options{Log: slog.New(slog.DiscardHandler)})
				for _, read := range d.WebReads {
					checkDetails(t, d.Scenario, api, read.JSON)
				}
				replay(t, d, api)
			})
		}
	}
}

// checkPage compares the counts with the JSON of Sixpack's dashboard.
func checkPage(t *testing.T, scenario string, got store.Counts, want page) {
	t.Helper()
	kpis := slices.DeleteFunc(slices.Clone(got.Record.KPIs), func(kpi string) bool { return kpi == "" })
	slices.Sort(kpis)
	slices.Sort(want.KPIs)
	if !slices.Equal(kpis, want.KPIs) {
		t.Errorf("KPIs %q, want %q", kpis, want.KPIs)
	}
	form := map[string]string{"day": "2006-01-02", "month": "2006-01", "year": "2006"}[want.Period]
	if form == "" {
		t.Fatalf("%s: unknown period %q", scenario, want.Period)
	}
	for _, a := range want.Alternatives {
		counts := got.Alternatives[slices.Index(got.Record.Alternatives, a.Name)]
		if p, c := counts.Participants(), counts.KPI("").Converted(); p != a.Participants || c != a.Completed {
			t.Errorf("%s: %d participants and %d conversions, want %d and %d", a.Name, p, c, a.Participants, a.Completed)
		}
		is, should := make(map[string][2]int64), make(map[string][2]int64)
		for _, d := range counts.Days {
			n := is[d.Day.Time().Format(form)]
			is[d.Day.Time().Format(form)] = [2]int64{n[0] + d.Participants, n[1]}
		}
		for _, d := range counts.KPI("").Days {
			n := is[d.Day.Time().Format(form)]
			is[d.Day.Time().Format(form)] = [2]int64{n[0], n[1] + d.Converted}
		}
		for _, d := range a.Data {
			if n := [2]int64{int64(d.Participants), int64(d.Conversions)}; n != [2]int64{} {
				should[d.Date] = n
			}
		}
		if !reflect.DeepEqual(is, should) {
			t.Errorf("%s by %s: %v, want %v", a.Name, want.Period, is, should)
		}
	}
}

// checkDetails compares the API's answer with the JSON of Sixpack's dashboard.
func checkDetails(t *testing.T, scenario string, api *echo.Echo, want page) {
	t.Helper()
	if n, ok := totals[scenario]; ok {
		if n == want.TotalParticipants {
			t.Errorf("the total is listed as different, but is not")
		}
		want.TotalParticipants = n
	}
	status, body := request(t, api, http.MethodGet, "/experiments/"+url.PathEscape(want.Name), "")
	var got page
	if err := json.Unmarshal([]byte(body), &struct {
		*page

		Alternatives []string
	}{page: &got}); err != nil || status != http.StatusOK {
		t.Fatalf("status %d, %v: %s", status, err, body)
	}
	want.Period, want.Alternatives, want.KPIs = "", nil, nil
	want.CreatedAt = created.Format("2006-01-02 15:04")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("details are %+v, want %+v", got, want)
	}
}

// replay sends the requests that Sixpack got after a scenario, and compares the answers.
func replay(t *testing.T, d dump, api *echo.Echo) {
	t.Helper()
	listed := make(map[string]bool)
	for _, e := range d.Then {
		status, body := request(t, api, e.Method, e.Path, e.Query)
		var got struct {
			Message     string
			Alternative struct{ Name string }
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		same := status == e.Status && got.Message == e.Message && got.Alternative.Name == e.Alternative
		i := slices.IndexFunc(different, func(x struct{ scenario, query, rule string }) bool {
			return x.scenario == d.Scenario && strings.Contains(e.Query, x.query)
		})
		switch {
		case i < 0 && !same:
			t.Errorf("%s?%s: %d %s, want %d %s%s", e.Path, e.Query, status, body, e.Status, e.Alternative, e.Message)
		case i >= 0 && same:
			t.Errorf("%s?%s is listed as different (%s), but is not", e.Path, e.Query, different[i].rule)
		case i >= 0:
			listed[different[i].query] = true
		}
	}
	for _, x := range different {
		if x.scenario == d.Scenario && !listed[x.query] {
			t.Errorf("no request has %s, which is listed as different", x.query)
		}
	}
}

func request(t *testing.T, api *echo.Echo, method, path, query string) (status int, body string) {
	t.Helper()
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), method, path+"?"+query, http.NoBody))
	return answer.Code, answer.Body.String()
}
