package httpapi_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

func TestExplain(t *testing.T) {
	engine, address := serve(t, new(memory.Store), sixpack.Config{}, httpapi.Options{})
	for _, c := range []struct {
		target        string
		participating bool
		reason        sixpack.Reason
	}{
		{part + "&prefetch=true", false, sixpack.ReasonPrefetched},
		{part + "&force=one", false, sixpack.ReasonForced},
		{part + "&user_agent=bot", false, sixpack.ReasonRobot},
		{part, true, sixpack.ReasonAssigned},
		{part, true, sixpack.ReasonExisting},
		{part + "&force=one", true, sixpack.ReasonForced},
		{conv, true, sixpack.ReasonExisting},
		{conv + "&user_agent=bot", false, sixpack.ReasonRobot},
		{part + "x&traffic_fraction=0.000001", false, sixpack.ReasonExcluded},
	} {
		var got struct {
			Participating *bool          `json:"participating"`
			Reason        sixpack.Reason `json:"reason"`
		}
		plain, explained := get(t, address, c.target+"&explain=no"), get(t, address, strings.Replace(c.target, "?", "?explain=Y&", 1))
		if strings.Contains(plain.body, "reason") || strings.Contains(plain.body, "participating") {
			t.Errorf("%s: explained without explain: %s", c.target, plain.body)
		}
		if err := json.Unmarshal([]byte(explained.body), &got); err != nil {
			t.Fatal(err)
		}
		want := c.reason
		if want == sixpack.ReasonAssigned {
			want = sixpack.ReasonExisting // The plain request came first.
		}
		if got.Participating == nil || *got.Participating != c.participating || got.Reason != want {
			t.Errorf("%s: %s, want %v, %s", c.target, explained.body, c.participating, want)
		}
	}
	if err := engine.Pause(t.Context(), "exp"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, address, part+"&explain=true"); !strings.HasSuffix(got.body, `"participating":true,"reason":"paused"}`) {
		t.Error(got.body)
	}
}

func TestValue(t *testing.T) {
	engine, address := serve(t, new(memory.Store), sixpack.Config{}, httpapi.Options{})
	get(t, address, part)
	for sent, echoed := range map[string]string{
		"12.5":          "12.5",
		"-2.5":          "-2.5",
		"%201e1%20":     "10",
		"0":             "0",
		"1&value=wrong": "1",
		"+3":            "3", // a space, which is ignored
		"":              "null",
	} {
		want := strings.Replace(okConvert, `{"value":null,"kpi":null}`, `{"value":`+echoed+`,"kpi":"sale"}`, 1)
		if got := get(t, address, conv+"&kpi=sale&value="+sent); got.body != want {
			t.Errorf("value=%s: %s, want %s", sent, got.body, want)
		}
	}
	results, err := engine.Counts(t.Context(), "exp")
	if err != nil {
		t.Fatal(err)
	}
	sale := results.Alternatives[1].KPI("sale")
	if sale.Converted() != 1 || sale.Events() != 7 || sale.Totals().Sum.Int64() != 24e6 {
		t.Errorf("%d converted, %d events, sum %v, want 1, 7, 24e6", sale.Converted(), sale.Events(), sale.Totals().Sum)
	}
}

// TestDatetime counts conversions on the days that datetimes name in a zone
// nine hours ahead.
func TestDatetime(t *testing.T) {
	zone := time.FixedZone("", 9*3600)
	clock := func() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) }
	for sent, day := range map[string]string{
		"":                                      "2026-07-01",
		"2013-01-28":                            "2013-01-28",
		"20130128":                              "2013-01-28",
		"2013-01-28 23:59":                      "2013-01-28",
		"2013-01-28%2023:59:59":                 "2013-01-28",
		"2013-01-28+23:59:59":                   "2013-01-28",
		"2013-01-28T23:59":                      "2013-01-28",
		"2013-01-28T23:59:59.999999":            "2013-01-28",
		"2013-01-28T23:59:59Z":                  "2013-01-29",
		"2013-01-28 23:59:59Z":                  "2013-01-29",
		"2013-01-28T23:59:59%2B09:00":           "2013-01-28",
		"2013-01-28T23:59:59+09:00":             "2013-01-28",
		"2013-01-28T23:59:59.5+08:00":           "2013-01-29",
		"2013-01-28T23:59+08:00":                "2013-01-29",
		"2013-01-28 23:59:59+08:00":             "2013-01-29",
		"2013-01-28T10:00:00-08:00":             "2013-01-29",
		"1359331200":                            "2013-01-28", // 2013-01-28T00:00:00Z
		"1359385200":                            "2013-01-29", // T15:00:00Z
		"100000000":                             "1973-03-03",
		"19700102":                              "1970-01-02",
		"2026-07-02&datetime=2013-01-28":        "2026-07-02",
		"2013-01-28&datetime=garbage#&datetime": "2013-01-28",
	} {
		engine, address := serve(t, new(memory.Store), sixpack.Config{Location: zone, Now: clock}, httpapi.Options{Location: zone})
		target := part + "&datetime=" + strings.ReplaceAll(sent, " ", "%20")
		if got := get(t, address, target); got.body != ok2 {
			t.Errorf("datetime=%s: %s", sent, got.body)
			continue
		}
		results, err := engine.Counts(t.Context(), "exp")
		if err != nil {
			t.Fatal(err)
		}
		if got := results.Alternatives[1].Days[0].Day.String(); got != day {
			t.Errorf("datetime=%s: counted on %s, want %s", sent, got, day)
		}
	}
}

func TestTrafficFraction(t *testing.T) {
	for sent, want := range map[string]float64{
		"1":             1,
		"0.25":          0.25,
		".5":            0.5,
		"+.5":           0.5,
		"%2B.5":         0.5,
		"5e-1":          0.5,
		"5E-1":          0.5,
		"%090.5%0A":     0.5,
		"%EF%BC%91":     1, // a full-width digit
		"0.5&explain=1": 0.5,
	} {
		engine, address := serve(t, new(memory.Store), sixpack.Config{}, httpapi.Options{})
		if got := get(t, address, part+"&traffic_fraction="+sent); got.status != 200 {
			t.Errorf("traffic_fraction=%s: %s", sent, got.body)
			continue
		}
		results, err := engine.Counts(t.Context(), "exp")
		if err != nil {
			t.Fatal(err)
		}
		if got := results.Record.Traffic; got != want {
			t.Errorf("traffic_fraction=%s: %v, want %v", sent, got, want)
		}
	}
}

// TestWeights declares weights, also in another order than the record.
func TestWeights(t *testing.T) {
	engine, address := serve(t, new(memory.Store), sixpack.Config{}, httpapi.Options{})
	for _, target := range []string{
		part + "1&weights=9&weights=%2B.1e1",
		"/participate?experiment=exp&alternatives=two&weights=1&weights=9&alternatives=one&client_id=other",
		part + "2",
	} {
		if got := get(t, address, target); got.status != 200 {
			t.Errorf("%s: %s", target, got.body)
		}
		results, err := engine.Counts(t.Context(), "exp")
		if err != nil {
			t.Fatal(err)
		}
		if r := results.Record; !slices.Equal(r.Weights, []float64{0.9, 0.1}) || !slices.Equal(r.Epoch.Weights, r.Weights) || r.Epoch.Number != 1 {
			t.Errorf("%s: weights %v, %+v", target, r.Weights, r.Epoch)
		}
	}
}

func TestDetails(t *testing.T) {
	zone := time.FixedZone("", -3*3600)
	clock := func() time.Time { return time.Date(2026, 7, 1, 1, 2, 3, 0, time.UTC) }
	engine, address := serve(t, new(memory.Store), sixpack.Config{Now: clock}, httpapi.Options{Location: zone})
	for _, target := range []string{part + "&traffic_fraction=0.75", part + "1", conv, conv, conv + "&kpi=sale", part + "2&force=one"} {
		if got := get(t, address, target); got.status != 200 {
			t.Fatalf("%s: %s", target, got.body)
		}
	}
	format := `{"status":"ok","name":"exp","alternatives":["one","two"],"created_at":"2026-06-30 22:02",` +
		`"traffic_fraction":%s,"excluded_clients":0,"total_participants":2,"total_conversions":1,` +
		`"description":%s,"winner":"%s","is_archived":false,"is_paused":%s}`
	want := func(args ...any) {
		t.Helper()
		if got, want := get(t, address, "/experiments/exp"), fmt.Sprintf(format, args...); got.body != want {
			t.Errorf("got %s, want %s", got.body, want)
		}
	}
	want("0.75", "null", "", "false")
	for _, err := range []error{
		engine.Describe(t.Context(), "exp", "Which is \"better\"?"),
		engine.SetWinner(t.Context(), "exp", "two"),
		engine.Pause(t.Context(), "exp"),
		engine.Override(t.Context(), "exp", store.Override{Traffic: 0.5}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want("0.5", `"Which is \"better\"?"`, "two", "true")
}
