package dashboard_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/store"
)

func TestAPIList(t *testing.T) {
	s := &counting{Store: filled(
		t, sample("old", 20, arm{"a", 1000, 100}, arm{"b", 1000, 130}), sample("new", 3, arm{"a", 10, 1}, arm{"b", 10, 2}),
		sample("paused", 10, arm{"a", 500, 50}, arm{"b", 500, 50}), sample("archived", 15, arm{"a", 700, 70}, arm{"b", 700, 71}),
	)}
	p := newProgram(t, s)
	for _, err := range []error{
		p.Pause(t.Context(), "paused"), p.Pause(t.Context(), "archived"), p.Archive(t.Context(), "archived"), p.Describe(t.Context(), "new", "a Bolder button"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]string{
		"":                              "new paused archived old",
		"?sort=participants":            "old archived paused new",
		"?sort=surest&state=active":     "old new",
		"?state=active":                 "new old",
		"?state=paused":                 "paused",
		"?state=archived&sort=newest":   "archived",
		"?q=BOLD":                       "new",
		"?q=nope":                       "",
		"?q=%20e%20&state=active&sort=": "new",
	} {
		var list struct {
			Experiments []struct {
				Name    string
				State   string
				Results struct {
					Verdict      struct{ State string }
					Alternatives []struct{ Participants int64 }
				}
			}
		}
		s.calls.Store(0)
		p.read(apiExperiments+query, &list)
		var names []string
		for _, x := range list.Experiments {
			names = append(names, x.Name)
			if x.Results.Verdict.State == "" || len(x.Results.Alternatives) != 2 || (x.Name == "archived" || x.Name == "paused") && x.State != x.Name {
				t.Errorf("%s: %+v", query, x)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
		if n := s.calls.Load(); n != 1 {
			t.Errorf("%s: %d calls of the store", query, n)
		}
	}
	for query, says := range map[string]string{"?state=lost": "lost", "?sort=random": "random"} {
		if a := p.call("GET", apiExperiments+query, ""); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, says) {
			t.Errorf("%s: %s %s", query, a.Status, a.body)
		}
	}
}

func TestAPIExperiment(t *testing.T) {
	i := valued(sample("price", 10, arm{"19", 1000, 100}, arm{"24", 1000, 130}))
	p := newProgram(t, filled(t, i))
	if err := p.Override(t.Context(), "price", store.Override{Traffic: 0.5, Weights: []float64{3, 1}}); err != nil {
		t.Fatal(err)
	}
	type answer struct {
		Name     string
		Traffic  float64
		Weights  []float64
		Declared store.Override
		Override store.Override
		Created  time.Time
		Winner   *string
		Results  analysis.Report
	}
	for kpi, measure := range map[string]analysis.Measure{"": analysis.MeasureRate, "?kpi=": analysis.MeasureRate, "?kpi=revenue": analysis.MeasureMean} {
		var got answer
		p.read(apiPath("price")+kpi, &got)
		want, err := p.Report(t.Context(), "price", strings.TrimPrefix(strings.TrimPrefix(kpi, "?"), "kpi="))
		if err != nil {
			t.Fatal(err)
		}
		if got.Results.Measure != measure || got.Results.Verdict != want.Verdict || got.Results.Alternatives[1].ChanceToBeBest != want.Alternatives[1].ChanceToBeBest {
			t.Errorf("%s: %+v, want %+v", kpi, got.Results, want)
		}
		if got.Traffic != 0.5 || !slices.Equal(got.Weights, []float64{0.75, 0.25}) || got.Declared.Traffic != 1 || got.Override.Traffic != 0.5 ||
			!got.Created.Equal(i.Record.Created) || got.Winner != nil {
			t.Errorf("%s: %+v", kpi, got)
		}
	}
}
