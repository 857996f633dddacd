package dashboard_test

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/internal/teststore"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// counting counts the calls of a store.
type counting struct {
	store.Store

	calls atomic.Int64
}

func (c *counting) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	c.calls.Add(1)
	return c.Store.Counts(ctx, names...)
}

func (c *counting) Records(ctx context.Context) ([]store.Record, error) {
	c.calls.Add(1)
	return c.Store.Records(ctx)
}

func (c *counting) Lookup(ctx context.Context, experiment, client string) (store.Facts, error) {
	c.calls.Add(1)
	return c.Store.Lookup(ctx, experiment, client)
}

func (c *counting) Changes(ctx context.Context, experiment string, most int) ([]store.Change, error) {
	c.calls.Add(1)
	return c.Store.Changes(ctx, experiment, most)
}

// handler returns the dashboard of a store.
func handler(s store.Store) http.Handler {
	now := func() time.Time { return present }
	return dashboard.New(sixpack.New(s, sixpack.Config{Now: now}), dashboard.Options{Now: now, Version: "1.2.3"})
}

// serve serves the dashboard of a store, and returns its URL.
func serve(tb testing.TB, s store.Store) string {
	tb.Helper()
	server := httptest.NewServer(handler(s))
	tb.Cleanup(server.Close)
	return server.URL
}

// get returns the status and the text at a URL.
func get(tb testing.TB, url string) (int, string) {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// page returns a page, and checks what holds for all pages.
func page(tb testing.TB, url string) string {
	tb.Helper()
	status, text := get(tb, url)
	if status != http.StatusOK {
		tb.Fatalf("GET %s: %d %s", url, status, text)
	}
	for name, wrong := range map[string]*regexp.Regexp{
		"an inline script":         regexp.MustCompile(`<script(?: defer)?>|<script[^>]*>[^<]`),
		"a handler":                attribute("on[a-z]+"),
		"a style attribute":        attribute("style"),
		"a style element":          regexp.MustCompile(`<style`),
		"something of a template":  regexp.MustCompile(`ZgotmplZ|%!|<no value>|NaN|\+Inf`),
		"a link to another host's": regexp.MustCompile(`(?:src|<link[^>]*href)="(?:https?:)?//`),
	} {
		if found := wrong.FindString(text); found != "" {
			tb.Errorf("GET %s: %s: %s", url, name, found)
		}
	}
	return text
}

// attribute finds tags that have one of a name.
func attribute(name string) *regexp.Regexp {
	return regexp.MustCompile(`<[a-z0-9]+(?:\s+[a-zA-Z-]+(?:="[^"]*")?)*\s+` + name + `=`)
}

func wants(tb testing.TB, text string, parts ...string) {
	tb.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			tb.Errorf("the page lacks %q", p)
		}
	}
}

func wantsNone(tb testing.TB, text string, parts ...string) {
	tb.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			tb.Errorf("the page has %q", p)
		}
	}
}

func TestVerdictsAreShown(t *testing.T) {
	headlines := map[stats.State]string{
		stats.StateWinner: "“b” is better than “a”.", stats.StateControlBest: "Keep “a”.", stats.StateNoPracticalDifference: "No practical difference.",
		stats.StateInconclusive: "Planned size reached without a decision.", stats.StateKeepRunning: "Keep running.", stats.StateMismatch: "Do not trust this test.",
		stats.StateNoData: "No participants yet in “b”.", stats.StateInvalidCounts: "Invalid counts.",
	}
	s := new(memory.Store)
	for _, i := range states() {
		if _, err := s.Import(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	url := serve(t, s)
	list := page(t, url+"/")
	for state, i := range states() {
		t.Run(string(state), func(t *testing.T) {
			wants(t, list, "<strong>"+headlines[state]+"</strong>")
			text := page(t, url+"/experiments/"+i.Record.Name+"/")
			wants(t, text, headlines[state], "<h1>"+i.Record.Name+"</h1>")
			broken := state == stats.StateMismatch || state == stats.StateInvalidCounts
			if strings.Contains(text, `class="alarm"`) != broken {
				t.Errorf("there is an alarm: %t", !broken)
			}
			if strings.Contains(text, "Lift vs. control") == broken {
				t.Errorf("lifts are shown: %t", broken)
			}
		})
	}
}

// TestSampleRatioMismatch shows no number that suggests which alternative is better.
func TestSampleRatioMismatch(t *testing.T) {
	t.Parallel()
	s := filled(t, states()[stats.StateMismatch])
	url := serve(t, s)
	for _, path := range []string{"/", "/experiments/srm/"} {
		text := page(t, url+path)
		wantsNone(t, text, "10.0%", "15.0%", "+50%", ">best<", ">better<", "<circle")
		wants(t, text, "10,000", "8,000", "56/44")
	}
}

func TestNumbersOfAnExperiment(t *testing.T) {
	t.Parallel()
	i := sample("buttons", 10, arm{"red", 1000, 100}, arm{"blue", 1000, 130}, arm{"green", 1001, 104})
	i.Record.Traffic, i.Record.Algorithm = 0.5, "thompson"
	i.Counts.Excluded = 30010
	text := page(t, serve(t, filled(t, i))+"/experiments/buttons/")
	wants(
		t, text, "<dd>30,010</dd>", "<dd>3,340</dd>", "<dd>50%</dd>", "<dd>equal</dd>", "<dd>thompson</dd>", "11 March 2026",
		`data-of="Participants">10,010<`, `data-of="Converted">1,040<`, `data-of="Rate">13.0%<`, "9.4 to 10.6%", "<small>estimate &#43;30%</small>",
		`<th role="rowheader" scope="row">All</th><td role="cell" class="number" data-of="Participants">30,010</td><td role="cell" class="number" data-of="Converted">3,340</td>`,
		`blue <span class="badge good">best</span>`, `data-of="Probability of being best">&gt; 99.9%`,
	)
}

// TestWeightsChanged explains why lifts are not the ratios of the rates.
func TestWeightsChanged(t *testing.T) {
	t.Parallel()
	constant, changed := sample("constant", 10, arm{"a", 1000, 100}, arm{"b", 1000, 130}), sample("changed", 10, arm{"a", 1000, 100}, arm{"b", 1000, 130})
	second := store.Epoch{Number: 2, Start: present, Weights: []float64{1, 3}}
	changed.Record.Epoch, changed.Counts.Record.Epoch, changed.Epochs = second, second, changed.Counts.Epochs[:1:1]
	changed.Counts.Epochs = append(changed.Counts.Epochs, second)
	for i, n := range []int64{1000, 3000} {
		c := &changed.Counts.Alternatives[i]
		c.AddDay(store.DayOf(present), n)
		c.AddCohort(2, store.DayOf(present), n)
	}
	url := serve(t, filled(t, constant, changed))
	const why = "Results are compared only between visitors who came under the same weights"
	wants(t, page(t, url+"/experiments/changed/"), why, "Pooled rate", "Standardized rate", `data-of="Standardized">10`)
	wantsNone(t, page(t, url+"/experiments/constant/"), why, "Pooled", "Standardized")
}

func TestKPIWithValues(t *testing.T) {
	t.Parallel()
	url := serve(t, filled(t, valued(sample("price", 10, arm{"19", 1000, 100}, arm{"24", 1000, 130}))))
	primary := page(t, url+"/experiments/price/")
	wants(t, primary, `<option value="" selected>default (primary)</option>`, `<option value="revenue">revenue (exploratory)</option>`)
	const charted = "The chart shows the conversion rate."
	wantsNone(t, primary, "Mean per participant", "is exploratory", charted)
	text := page(t, url+"/experiments/price/?kpi=revenue")
	wants(
		t, text, charted, "Mean per participant", `data-of="Total">26,000.00<`, `data-of="Mean">2.60<`, "“revenue” is exploratory",
		"/api/v1/experiments/price/series?kpi=revenue&amp;period=day", "kpi=revenue&#39;",
	)
	if status, _ := get(t, url+"/experiments/price/?kpi=other"); status != http.StatusNotFound {
		t.Errorf("unknown KPI: %d", status)
	}
}

func TestOutlook(t *testing.T) {
	t.Parallel()
	i := sample("planned", 10, arm{"a", 100, 10}, arm{"b", 100, 11})
	i.Record.Plan.Size = 3000
	wants(t, page(t, serve(t, filled(t, i))+"/experiments/planned/"),
		"2,000 of 3,000 planned participants. At most 1,000 more needed; at 200 per day, at most 5 days.",
		`<progress max="3000" value="2000"`)
}

func TestListOfStates(t *testing.T) {
	t.Parallel()
	one, two, three, four := sample("one", 3, arm{"a", 10, 1}, arm{"b", 10, 1}), sample("two", 2, arm{"a", 50, 1}, arm{"b", 50, 1}),
		sample("three", 1, arm{"a", 10, 1}, arm{"b", 10, 1}), sample("four", 9, arm{"a", 1000, 100}, arm{"b", 1000, 130})
	two.Record.Paused = true
	three.Record.Paused, three.Record.Archived = true, true
	four.Record.Description = "The *Checkout* page"
	four.Record.Winner = "b"
	url := serve(t, filled(t, one, two, three, four))
	const link = `<h2><a href="/experiments/`
	for _, c := range []struct{ path, names string }{
		{"/", "one four"},
		{"/?sort=participants", "four one"},
		{"/?sort=surest", "four one"},
		{"/?sort=nonsense", "one four"},
		{"/?q=ON", "one"},
		{"/?q=checkout", "four"},
		{"/?q=nowhere", ""},
		{"/paused", "two"},
		{"/archived", "three"},
	} {
		text := page(t, url+c.path)
		var names []string
		for _, part := range strings.Split(text, link)[1:] {
			name, _, _ := strings.Cut(part, "/")
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != c.names {
			t.Errorf("%s lists %q, not %q", c.path, got, c.names)
		}
		wants(t, text, "Active <span>2</span>", "Paused <span>1</span>", "Archived <span>1</span>")
	}
	wants(t, page(t, url+"/"), "Winner: b", "18,000 participants in the last 30 days: at most 2,000 a day, 2,000 yesterday.")
	wants(t, page(t, url+"/?q=a%26b&sort=surest"), `href="/paused?q=a%26b&amp;sort=surest"`, `value="a&amp;b"`, "“a&amp;b”")
}

// TestFirstParticipation follows the instructions on the empty page.
func TestFirstParticipation(t *testing.T) {
	t.Parallel()
	s := new(memory.Store)
	url := serve(t, s)
	text := page(t, url+"/")
	wants(t, text, "curl &#39;http://127.0.0.1:5000/participate?experiment=my-first-test&amp;alternatives=control&amp;alternatives=variant&amp;client_id=me&#39;", "Reload page")
	engine := sixpack.New(s, sixpack.Config{})
	_, err := engine.Participate(t.Context(), sixpack.Experiment{Name: "my-first-test", Alternatives: []string{"control", "variant"}}, "me")
	if err != nil {
		t.Fatal(err)
	}
	text = page(t, url+"/")
	wants(t, text, "my-first-test")
	wantsNone(t, text, `id="empty"`)
}

// TestOddNames has names that only an import can bring.
func TestOddNames(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"a b":                         "/experiments/a%20b/",
		"x?y#z%":                      "/experiments/x%3Fy%23z%25/",
		"a/b":                         "/experiments/a%2Fb/",
		`"><script>alert(1)</script>`: "/experiments/%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E/",
	} {
		i := sample(name, 3, arm{`"'<i>`, 10, 1}, arm{"x&y=z", 10, 2})
		i.Record.Description = `<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))`
		server := serve(t, filled(t, i))
		list := page(t, server+"/")
		if !strings.Contains(list, `href="`+path+`"`) {
			t.Errorf("%q: no link to %s", name, path)
		}
		text := page(t, server+path)
		wantsNone(t, text, "<script>alert", "<i>", "javascript:", "onerror=")
		wants(t, html.UnescapeString(text), "sixpack-force-"+strings.ReplaceAll(url.QueryEscape(name), "+", "%20")+"=x%26y%3Dz", "?experiment="+url.QueryEscape(name)+"&")
		wants(t, text, `href="`+path+`do/pause"`, `href="`+path+`do/winner?alternative=x%26y%3dz"`, `data-series="/api/v1`+path+`series?kpi=&amp;period=day"`, `action="`+path+`export"`)
		if status, _ := get(t, server+"/api/v1"+path+"series"); status != http.StatusOK {
			t.Errorf("%q: series: %d", name, status)
		}
	}
}

func TestStoreCalls(t *testing.T) {
	t.Parallel()
	s := &counting{Store: filled(t, many(50)...)}
	url := serve(t, s)
	const most = 3
	for _, path := range []string{"/", "/paused", "/experiments/experiment-007/", "/api/v1/experiments/experiment-007/series"} {
		s.calls.Store(0)
		page(t, url+path)
		if n := s.calls.Load(); n < 1 || n > most {
			t.Errorf("%s: %d calls of the store", path, n)
		}
	}
}

func TestSeries(t *testing.T) {
	t.Parallel()
	i := sample("buttons", 30, arm{"red", 10, 1}, arm{"blue", 20, 3})
	url := serve(t, filled(t, i)) + "/api/v1/experiments/buttons/series"
	type answer struct {
		Labels, Starts []string
		Alternatives   []struct {
			Name                    string
			Control                 bool
			Participants, Converted []int64
			Rate, Lo, Hi            []float64
		}
	}
	for _, c := range []struct {
		period, first, start, last string
		n                          int
		participants               int64 // of blue, in the first period
	}{
		{"day", "2026-02-19", "2026-02-19", "2026-03-20", 30, 20},
		{"week", "2026-W08", "2026-02-16", "2026-W12", 5, 4 * 20},
		{"month", "2026-02", "2026-02-01", "2026-03", 2, 10 * 20},
		{"year", "2026", "2026-01-01", "2026", 1, 30 * 20},
	} {
		var a answer
		_, text := get(t, url+"?period="+c.period)
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(err)
		}
		if n := len(a.Labels); n != c.n || a.Labels[0] != c.first || a.Starts[0] != c.start || a.Labels[n-1] != c.last {
			t.Fatalf("%s: %v %v", c.period, a.Labels, a.Starts)
		}
		blue := a.Alternatives[1]
		if blue.Participants[0] != c.participants {
			t.Errorf("%s: %d participants", c.period, blue.Participants[0])
		}
		end := c.n - 1
		if in := stats.Wilson(stats.Proportion{Participants: 600, Converted: 90}, 0.95); blue.Rate[end] != 0.15 ||
			!near(blue.Lo[end], float64(in.Lo)) || !near(blue.Hi[end], float64(in.Hi)) {
			t.Errorf("%s: in the end %v in %v to %v", c.period, blue.Rate[end], blue.Lo[end], blue.Hi[end])
		}
		if sum(blue.Participants) != 600 || sum(blue.Converted) != 90 || !a.Alternatives[0].Control || blue.Control {
			t.Errorf("%s: %+v", c.period, a)
		}
	}
	if status, text := get(t, url+"?period=hour"); status != http.StatusBadRequest || !strings.Contains(text, "day, week, month or year") {
		t.Errorf("period=hour: %d %s", status, text)
	}
}

// TestSeriesWithoutGaps has days without participants.
func TestSeriesWithoutGaps(t *testing.T) {
	t.Parallel()
	i := sample("gaps", 4, arm{"a", 10, 1}, arm{"b", 10, 1})
	for j := range i.Counts.Alternatives {
		i.Counts.Alternatives[j].Days[1].Participants += 10
		i.Counts.Alternatives[j].Days = append(i.Counts.Alternatives[j].Days[:2:2], i.Counts.Alternatives[j].Days[3])
	}
	_, text := get(t, serve(t, filled(t, i))+"/api/v1/experiments/gaps/series")
	wants(t, text, `"participants":[10,20,0,10]`, `"converted":[1,1,1,1]`, `"2026-03-19"`)
}

func near(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 }

func sum(all []int64) (n int64) {
	for _, x := range all {
		n += x
	}
	return n
}

// TestWeight limits the size of an experiment's page with a year of days and a thousand
// epochs of five alternatives.
func TestWeight(t *testing.T) {
	t.Parallel()
	url := serve(t, filled(t, split(year(), 1000)))
	text := page(t, url+"/experiments/year/")
	sum := transferred(t, url+"/experiments/year/")
	for _, found := range regexp.MustCompile(`(?:href|src)="(/static/[^"]*)"|data-(?:series|epochs)="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		sum += transferred(t, url+strings.ReplaceAll(found[1]+found[2], "&amp;", "&"))
	}
	const most = 250_000
	t.Logf("%d bytes", sum)
	if sum > most {
		t.Errorf("the page of a year takes %d bytes, more than %d", sum, most)
	}
}

// transferred returns how many bytes of a body come for a browser.
func transferred(t *testing.T, url string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip") // as it comes
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", url, response.StatusCode, err)
	}
	t.Logf("%7d %s", len(body), url)
	return len(body)
}

func benchmark(b *testing.B, s store.Store, path string) {
	b.Helper()
	h := handler(s)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "http://127.0.0.1"+path, http.NoBody)
		r.RemoteAddr = "127.0.0.1:1" // who else comes needs a password
		r.Header.Set("Accept-Encoding", "gzip")
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
		n = w.Body.Len()
	}
	b.ReportMetric(float64(n), "bytes")
}

func BenchmarkList500(b *testing.B) {
	for _, name := range []string{"memory", "bolt", "redis"} {
		b.Run(name, func(b *testing.B) {
			s := teststore.Kinds[name](b)(b)
			fill(b, s, many(500)...)
			benchmark(b, s, "/")
		})
	}
}

func BenchmarkExperimentYear(b *testing.B) {
	benchmark(b, filled(b, year()), "/experiments/year/")
}

func BenchmarkSeriesYear(b *testing.B) {
	benchmark(b, filled(b, year()), "/api/v1/experiments/year/series")
}

// TestPrefix has all links below the path where the dashboard is mounted.
func TestPrefix(t *testing.T) {
	t.Parallel()
	engine := sixpack.New(filled(t, sample("buttons", 2, arm{"a", 10, 1}, arm{"b", 10, 1})), sixpack.Config{})
	server := httptest.NewServer(dashboard.New(engine, dashboard.Options{Prefix: "/deep/down/"}))
	t.Cleanup(server.Close)
	for _, path := range []string{"/deep/down/", "/deep/down/paused", "/deep/down/experiments/buttons/"} {
		text := page(t, server.URL+path)
		for _, found := range regexp.MustCompile(`(?:href|src|action|data-series)="(/[^"]*)"`).FindAllStringSubmatch(text, -1) {
			if !strings.HasPrefix(found[1], "/deep/down/") {
				t.Errorf("%s leads to %s", path, found[1])
			}
		}
	}
}
