package dashboard_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/internal/teststore"
	"github.com/sixpack-go/sixpack/store"
)

// recording is a case recorded from the original, starting with an empty database.
type recording struct {
	Case   string
	Config map[string]string
	Steps  []step
}

func (r recording) name() string { return r.Case }

// step is a request to the service for programs or to the dashboard, and what
// came back.
type step struct {
	App                 string // "server" or "web"
	Method, Path, Query string
	RequestBody         string `json:"request_body"`

	Status      int
	Alternative string            // of what the server answered
	ContentType string            `json:"content_type"`
	Interest    map[string]string `json:"headers_of_interest"`
	Body        string            // of the dashboard, unless it is HTML
}

// notReplayed are cases that something else than requests decides.
var notReplayed = map[string]string{
	"list/broken-experiment":                "damaged keys of Sixpack's, which only import meets",
	"details/alternative-winner-not-listed": "damaged keys of Sixpack's, which only import meets",
}

func TestReplay(t *testing.T) {
	cases := slices.DeleteFunc(reference.Lines[recording](t, "web.jsonl"), func(c recording) bool { return notReplayed[c.Case] != "" })
	listed := reference.Differences(t)
	for name, kind := range teststore.Kinds {
		t.Run(name, func(t *testing.T) {
			open := kind(t)
			reference.Replay(t, cases, recording.name, listed, func(t *testing.T, c recording, expected reference.Difference) {
				replay(t, open(t), c, expected)
			})
		})
	}
}

// replay plays a case and fails unless exactly the expected steps differ.
func replay(t *testing.T, s store.Store, c recording, expected reference.Difference) {
	t.Helper()
	// The replay in httpapi tests which names are allowed.
	engine := sixpack.New(s, sixpack.Config{ExperimentName: regexp.MustCompile(`.`)})
	quiet := slog.New(slog.DiscardHandler)
	apps := map[string]*client{
		"server": browse(t, httpapi.New(engine, httpapi.Options{Log: quiet})),
		"web": browse(t, dashboard.New(engine, dashboard.Options{
			Ping: s.Ping, Version: "2.7.0", Log: quiet, Access: access.Options{NoFormTokens: c.Config["csrf"] != "enabled"},
		})),
	}
	if c.Config["redis"] == "down" {
		_ = s.Close()
	}
	deviations := make([]string, len(c.Steps))
	for i, s := range c.Steps {
		deviations[i] = perform(t, apps[s.App], s)
		if deviations[i] != "" {
			deviations[i] = s.Method + " " + s.Path + ": " + deviations[i]
		}
	}
	expected.Expect(t, deviations)
}

// perform sends the request of a step and returns how the answer deviates from the
// recorded one, if it does.
func perform(t *testing.T, app *client, s step) string {
	t.Helper()
	target := s.Path
	if s.Query != "" {
		target += "?" + s.Query
	}
	got := app.send(t, s.Method, target, s.RequestBody)
	location := strings.TrimPrefix(s.Interest["Location"], "http://localhost")
	switch {
	case got.status != s.Status:
		return fmt.Sprintf("status %d, want %d; %s", got.status, s.Status, got.body)
	case got.location != location:
		return fmt.Sprintf("leads to %q, want %q", got.location, location)
	case s.App == "server":
		return compareAlternative(got, s)
	default:
		return compareBody(got, s)
	}
}

func compareAlternative(a reply, s step) string {
	var got struct{ Alternative struct{ Name string } }
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		return err.Error()
	}
	if s.Alternative != "" && got.Alternative.Name != s.Alternative {
		return fmt.Sprintf("alternative %q, want %q", got.Alternative.Name, s.Alternative)
	}
	return ""
}

// compareBody compares JSON and CSV, by value.
func compareBody(a reply, s step) string {
	var same func(got, want string) bool
	switch s.ContentType {
	case "application/json":
		same = sameJSON
	case "text/csv":
		same = sameCSV
	default:
		return ""
	}
	for _, name := range []string{"Content-Type", "Content-Disposition"} {
		want := s.Interest[name]
		if name == "Content-Type" {
			want = s.ContentType
		}
		if got := a.header.Get(name); got != want {
			return fmt.Sprintf("%s: %q, want %q", name, got, want)
		}
	}
	if !same(a.body, s.Body) {
		return fmt.Sprintf("body %s, want %s", a.body, s.Body)
	}
	return ""
}

func sameJSON(got, want string) bool {
	var g, w any
	return json.Unmarshal([]byte(want), &w) == nil && json.Unmarshal([]byte(got), &g) == nil && sameValue(g, w)
}

// sameValue is reflect.DeepEqual, but for times that are not repeatable and for
// KPIs, which were in the order of a set.
func sameValue(got, want any) bool {
	w, ok := want.(map[string]any)
	g, object := got.(map[string]any)
	if !ok || !object {
		return reflect.DeepEqual(got, want)
	}
	if list, ok := w["experiments"].([]any); ok {
		experiments, _ := g["experiments"].([]any)
		return slices.EqualFunc(experiments, list, sameValue)
	}
	if w["created_at"] == "<YYYY-MM-DD HH:MM>" {
		created, _ := g["created_at"].(string)
		if _, err := time.Parse("2006-01-02 15:04", created); err != nil {
			return false
		}
		w["created_at"] = created
	}
	sortTexts(g["kpis"])
	sortTexts(w["kpis"])
	return reflect.DeepEqual(g, w)
}

func sortTexts(list any) {
	texts, _ := list.([]any)
	slices.SortFunc(texts, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}

func sameCSV(got, want string) bool {
	g, w := readCSV(got), readCSV(want)
	return w != nil && slices.EqualFunc(g, w, func(g, w []string) bool { return slices.EqualFunc(g, w, sameCell) }) &&
		strings.Count(got, "\r\n\r\n") == strings.Count(want, "\r\n\r\n")
}

// readCSV returns the rows, nil if there are none. Empty lines are none.
func readCSV(text string) [][]string {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil
	}
	return rows
}

// sameCell compares numbers by value: Sixpack's 2.0 is our 2.
func sameCell(got, want string) bool {
	g, err := strconv.ParseFloat(got, 64)
	w, failed := strconv.ParseFloat(want, 64)
	return got == want || err == nil && failed == nil && g == w
}
