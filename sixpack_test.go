package sixpack_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

var (
	start  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	button = sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}}
)

// A clock shows the time that a test sets.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// newEngine returns an engine over an empty memory store with a clock at start.
func newEngine(tb testing.TB) (*sixpack.Engine, *clock) {
	tb.Helper()
	c := &clock{start}
	return sixpack.New(new(memory.Store), sixpack.Config{Now: c.Now}), c
}

func participate(tb testing.TB, e *sixpack.Engine, x sixpack.Experiment, client string, o ...sixpack.ParticipateOption) sixpack.Assignment {
	tb.Helper()
	a, err := e.Participate(tb.Context(), x, client, o...)
	if err != nil {
		tb.Fatalf("Participate(%q, %q): %v", x.Name, client, err)
	}
	return a
}

func countsOf(tb testing.TB, e *sixpack.Engine, name string) store.Counts {
	tb.Helper()
	r, err := e.Counts(tb.Context(), name)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func participants(tb testing.TB, e *sixpack.Engine, name string) (n int64) {
	tb.Helper()
	for _, a := range countsOf(tb, e, name).Alternatives {
		n += a.Participants()
	}
	return n
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func TestParticipateAndConvert(t *testing.T) {
	e, _ := newEngine(t)
	first := participate(t, e, button, "anna")
	if first.Reason != sixpack.ReasonAssigned || !first.Participating {
		t.Errorf("first call: %+v, want an assigned participant", first)
	}
	second := participate(t, e, button, "anna")
	if second.Reason != sixpack.ReasonExisting || second.Alternative != first.Alternative {
		t.Errorf("second call: %+v, want existing %q", second, first.Alternative)
	}
	for range 2 {
		a, err := e.Convert(t.Context(), "button", "anna")
		if err != nil || a.Alternative != first.Alternative {
			t.Errorf("Convert = %+v, %v", a, err)
		}
	}
	if _, err := e.Convert(t.Context(), "button", "anna", sixpack.KPI("sale"), sixpack.Value(12.5)); err != nil {
		t.Error(err)
	}
	for i, a := range countsOf(t, e, "button").Alternatives {
		want := int64(0)
		if button.Alternatives[i] == first.Alternative {
			want = 1
		}
		if got := a.Participants(); got != want {
			t.Errorf("%s has %d participants, want %d", button.Alternatives[i], got, want)
		}
		if k := a.KPI(""); k.Converted() != want || k.Events() != 2*want {
			t.Errorf("%s: %d converted, %d events, want %d, %d", button.Alternatives[i], k.Converted(), k.Events(), want, 2*want)
		}
		if got := a.KPI("sale").Totals().Sum.Int64(); got != want*12_500_000 {
			t.Errorf("%s: sales of %d millionths", button.Alternatives[i], got)
		}
	}
}

// TestPrecedence sets everything that can decide, and then removes one reason after the other in
// the order of precedence.
func TestPrecedence(t *testing.T) {
	ctx := t.Context()
	var s memory.Store
	c := sixpack.Config{Ignored: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	on := sixpack.New(&s, c)
	c.Disabled = true
	off := sixpack.New(&s, c)
	x := sixpack.Experiment{Name: "x", Alternatives: []string{"a", "b", "c"}, Traffic: 1e-9}

	participate(t, on, x, "first")
	check(t, on.SetWinner(ctx, "x", "b"))
	check(t, on.Pause(ctx, "x"))
	check(t, on.Archive(ctx, "x"))

	robot := []sixpack.ParticipateOption{sixpack.UserAgent("Googlebot"), sixpack.Force("c"), sixpack.Choose("c")}
	ignored := []sixpack.ParticipateOption{sixpack.IPAddress("10.1.2.3"), sixpack.Force("c")}
	steps := []struct {
		name        string
		engine      *sixpack.Engine
		options     []sixpack.ParticipateOption
		alternative string
		reason      sixpack.Reason
		next        func() error
	}{
		{"robot", off, robot, "b", sixpack.ReasonRobot, nil},
		{"ignored", off, ignored, "b", sixpack.ReasonIgnored, nil},
		{"forced", off, []sixpack.ParticipateOption{sixpack.RecordForce("c")}, "c", sixpack.ReasonForced, nil},
		{"disabled", off, nil, "a", sixpack.ReasonDisabled, nil},
		{"winner", on, nil, "b", sixpack.ReasonWinner, func() error { return on.ResetWinner(ctx, "x") }},
		{"robot without a winner", on, robot, "a", sixpack.ReasonRobot, nil},
		{"archived", on, nil, "a", sixpack.ReasonArchived, func() error { return on.Unarchive(ctx, "x") }},
		{"paused", on, nil, "a", sixpack.ReasonPaused, func() error { return on.Resume(ctx, "x") }},
		{"excluded", on, nil, "a", sixpack.ReasonExcluded, nil},
	}
	for _, step := range steps {
		a := participate(t, step.engine, x, "first", step.options...)
		if a.Alternative != step.alternative || a.Reason != step.reason || a.Participating {
			t.Errorf("%s: %+v, want %s because %s", step.name, a, step.alternative, step.reason)
		}
		if step.next != nil {
			check(t, step.next())
		}
	}
	if n := participants(t, on, "x"); n != 0 {
		t.Errorf("%d participants, want none", n)
	}
}

func TestForce(t *testing.T) {
	e, _ := newEngine(t)
	if a := participate(t, e, button, "anna", sixpack.Force("blue")); a.Alternative != "blue" || a.Participating {
		t.Errorf("Force: %+v", a)
	}
	if n := participants(t, e, "button"); n != 0 {
		t.Errorf("Force recorded %d participants", n)
	}
	if a := participate(t, e, button, "bert", sixpack.RecordForce("blue")); a.Alternative != "blue" || !a.Participating {
		t.Errorf("RecordForce: %+v", a)
	}
	if a := participate(t, e, button, "bert", sixpack.RecordForce("red")); a.Alternative != "red" {
		t.Errorf("RecordForce of another: %+v", a)
	}
	if a := participate(t, e, button, "bert"); a.Alternative != "blue" || a.Reason != sixpack.ReasonExisting {
		t.Errorf("after RecordForce: %+v, want existing blue", a)
	}
	blue := countsOf(t, e, "button").Alternatives[1]
	if epochs := blue.Epochs(); len(epochs) == 0 || epochs[0] != (store.EpochParticipants{Epoch: 0, Participants: 1}) {
		t.Errorf("epochs of blue: %v, want the forced client in epoch 0", epochs)
	}
}

func TestChoose(t *testing.T) {
	e, _ := newEngine(t)
	x := button
	x.Traffic = 1e-9
	if a := participate(t, e, x, "anna", sixpack.Choose("blue")); a.Alternative != "blue" || a.Reason != sixpack.ReasonAssigned {
		t.Errorf("Choose: %+v", a)
	}
	if a := participate(t, e, x, "anna", sixpack.Choose("red")); a.Alternative != "blue" {
		t.Errorf("second Choose: %+v, want the first choice", a)
	}
	if _, err := e.Participate(t.Context(), x, "bert", sixpack.Choose("green")); !errors.Is(err, invalid("alternative name")) {
		t.Errorf("Choose of an unknown alternative: %v", err)
	}
}

func TestPrefetch(t *testing.T) {
	for _, algorithm := range []string{"hash", "random", "thompson"} {
		t.Run(algorithm, func(t *testing.T) {
			e, _ := newEngine(t)
			x := button
			x.Algorithm = algorithm
			for i := range 50 {
				client := fmt.Sprint("client", i)
				before := participate(t, e, x, client, sixpack.Prefetch())
				if before.Reason != sixpack.ReasonPrefetched || before.Participating {
					t.Fatalf("Prefetch: %+v", before)
				}
				if second := participate(t, e, x, client, sixpack.Prefetch()); second != before {
					t.Fatalf("second Prefetch: %+v, first %+v", second, before)
				}
				if n := participants(t, e, x.Name); n != int64(i) {
					t.Fatalf("%d participants after Prefetch, want %d", n, i)
				}
				if _, err := e.Convert(t.Context(), x.Name, client); !errors.Is(err, sixpack.ErrNotParticipating) {
					t.Fatalf("Convert after Prefetch: %v", err)
				}
				after := participate(t, e, x, client)
				if after.Alternative != before.Alternative || after.Reason != sixpack.ReasonAssigned {
					t.Fatalf("%+v after prefetched %+v", after, before)
				}
			}
		})
	}
}

func TestTrafficAdmitsMoreAndMovesNobody(t *testing.T) {
	e, _ := newEngine(t)
	const clients = 3000
	has := make(map[string]string)
	for _, traffic := range []float64{0.05, 0.2, 0.1, 0.5, 1, 0.01} {
		x := button
		x.Traffic = traffic
		in := 0
		for i := range clients {
			client := strconv.Itoa(i)
			a := participate(t, e, x, client)
			if was, ok := has[client]; ok && (a.Alternative != was || a.Reason != sixpack.ReasonExisting) {
				t.Fatalf("at %v client %s moved from %s to %+v", traffic, client, was, a)
			}
			switch a.Reason {
			case sixpack.ReasonAssigned, sixpack.ReasonExisting:
				has[client] = a.Alternative
				in++
			case sixpack.ReasonExcluded:
				if a.Alternative != "red" || a.Participating {
					t.Fatalf("excluded client got %+v", a)
				}
			default:
				t.Fatalf("unexpected %+v", a)
			}
		}
		r := countsOf(t, e, x.Name)
		if r.Record.Traffic != traffic || r.Excluded != int64(clients-in) || participants(t, e, x.Name) != int64(in) {
			t.Errorf("at %v: traffic %v, %d excluded, %d in", traffic, r.Record.Traffic, r.Excluded, in)
		}
		if sd := math.Sqrt(clients * traffic); len(has) < clients/2 && math.Abs(float64(in)-clients*traffic) > 6*sd && traffic > 0.1 {
			t.Errorf("%d of %d in at %v", in, clients, traffic)
		}
	}
	if len(has) != clients {
		t.Errorf("%d of %d took part once traffic was 1", len(has), clients)
	}
}

func TestAbsentTrafficLeavesItAlone(t *testing.T) {
	e, _ := newEngine(t)
	x := button
	x.Traffic = 0.5
	participate(t, e, x, "anna")
	participate(t, e, button, "bert")
	if got := countsOf(t, e, "button").Record.Traffic; got != 0.5 {
		t.Errorf("traffic is %v, want 0.5", got)
	}
}

// TestWeights compares 20,000 clients with their shares by chi-square.
func TestWeights(t *testing.T) {
	tests := map[string][]float64{
		"equal":   {7, 7, 7},
		"unequal": {1, 2, 7},
		"zero":    {0, 1, 3},
	}
	for name, weights := range tests {
		for _, algorithm := range []string{"hash", "random"} {
			t.Run(name+"/"+algorithm, func(t *testing.T) {
				e, _ := newEngine(t)
				x := sixpack.Experiment{Name: "x", Alternatives: []string{"a", "b", "c"}, Weights: weights, Algorithm: algorithm}
				const clients = 20_000
				for i := range clients {
					participate(t, e, x, strconv.Itoa(i))
				}
				sum, chi := weights[0]+weights[1]+weights[2], 0.0
				for i, a := range countsOf(t, e, "x").Alternatives {
					n, want := float64(a.Participants()), clients*weights[i]/sum
					if want == 0 && n != 0 {
						t.Errorf("%v clients in an alternative of weight 0", n)
					}
					if want > 0 {
						chi += (n - want) * (n - want) / want
					}
				}
				if chi > 20.7 { // two degrees of freedom, one in 30,000
					t.Errorf("chi-square %.1f", chi)
				}
			})
		}
	}
}

func TestWeightsFollowTheRememberedOrder(t *testing.T) {
	e, _ := newEngine(t)
	participate(t, e, sixpack.Experiment{Name: "x", Alternatives: []string{"a", "b"}, Weights: []float64{1, 3}}, "anna")
	participate(t, e, sixpack.Experiment{Name: "x", Alternatives: []string{"b", "a"}, Weights: []float64{3, 1}}, "bert")
	r := countsOf(t, e, "x").Record
	if r.Epoch.Number != 1 || r.Weights[0] != 0.25 || r.Alternatives[0] != "a" {
		t.Errorf("after the same weights in another order: %+v", r)
	}
}

func TestChangedWeightsBeginAnEpochAtMostOnceAMinute(t *testing.T) {
	e, c := newEngine(t)
	even, odd := button, button
	even.Weights, odd.Weights = []float64{1, 1}, []float64{1, 9}
	for i := range 600 { // ten minutes of two releases side by side
		c.now = c.now.Add(time.Second)
		participate(t, e, even, fmt.Sprint("even", i))
		participate(t, e, odd, fmt.Sprint("odd", i))
	}
	r := countsOf(t, e, "button")
	if n := r.Record.Epoch.Number; n < 9 || n > 11 {
		t.Errorf("epoch %d after ten minutes, want about one a minute", n)
	}
	if len(r.Epochs) != int(r.Record.Epoch.Number) {
		t.Errorf("%d epochs remembered, the present one is number %d", len(r.Epochs), r.Record.Epoch.Number)
	}
}

func TestRefusedCallsChangeNothing(t *testing.T) {
	calls := map[string]struct {
		want error
		call func(context.Context, *sixpack.Engine) error
	}{
		"no client":         {invalid("client id"), part(button, "")},
		"no experiment":     {invalid("experiment name"), part(sixpack.Experiment{Alternatives: button.Alternatives}, "c")},
		"one alternative":   {invalid("alternatives"), part(sixpack.Experiment{Name: "new", Alternatives: []string{"a"}}, "c")},
		"257 alternatives":  {invalid("alternatives"), part(sixpack.Experiment{Name: "new", Alternatives: make([]string, 257)}, "c")},
		"duplicate":         {invalid("alternatives"), part(sixpack.Experiment{Name: "new", Alternatives: []string{"a", "b", "a"}}, "c")},
		"bad alternative":   {invalid("alternative name"), part(sixpack.Experiment{Name: "new", Alternatives: []string{"a", "_b"}}, "c")},
		"trailing newline":  {invalid("alternative name"), part(sixpack.Experiment{Name: "new", Alternatives: []string{"a", "b\n"}}, "c")},
		"bad name":          {invalid("experiment name"), part(sixpack.Experiment{Name: "déjà", Alternatives: button.Alternatives}, "c")},
		"long name":         {invalid("experiment name"), part(sixpack.Experiment{Name: strings.Repeat("n", 256), Alternatives: button.Alternatives}, "c")},
		"changed":           {sixpack.ErrChanged, part(sixpack.Experiment{Name: "button", Alternatives: []string{"red", "green"}, Traffic: 0.5}, "c")},
		"one more":          {sixpack.ErrChanged, part(sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue", "green"}}, "c")},
		"traffic too large": {invalid("traffic fraction"), part(sixpack.Experiment{Name: "button", Alternatives: button.Alternatives, Traffic: 1.1}, "c")},
		"traffic negative":  {invalid("traffic fraction"), part(sixpack.Experiment{Name: "button", Alternatives: button.Alternatives, Traffic: -1}, "c")},
		"traffic NaN":       {invalid("traffic fraction"), part(sixpack.Experiment{Name: "button", Alternatives: button.Alternatives, Traffic: math.NaN()}, "c")},
		"weights too few":   {invalid("weights"), part(sixpack.Experiment{Name: "button", Alternatives: button.Alternatives, Weights: []float64{1}}, "c")},
		"weights negative":  {invalid("weights"), part(sixpack.Experiment{Name: "button", Alternatives: button.Alternatives, Weights: []float64{-1, 2}}, "c")},
		"weights zero":      {invalid("weights"), part(sixpack.Experiment{Name: "button", Alternatives: button.Alternatives, Weights: []float64{0, 0}}, "c")},
		"weights infinite":  {invalid("weights"), part(sixpack.Experiment{Name: "button", Alternatives: button.Alternatives, Weights: []float64{1, math.Inf(1)}}, "c")},
		"algorithm":         {invalid("algorithm"), part(sixpack.Experiment{Name: "button", Alternatives: button.Alternatives, Algorithm: "magic"}, "c")},
		"long client":       {invalid("client id"), part(button, strings.Repeat("c", 513))},
		"control in client": {invalid("client id"), part(button, "a\x00b")},
		"broken client":     {invalid("client id"), part(button, "a\xffb")},
		"long ago":          {invalid("datetime"), part(button, "c", sixpack.At(time.Unix(-1, 0)))},
		"far ahead":         {invalid("datetime"), part(button, "c", sixpack.At(start.Add(25*time.Hour)))},
		"unknown":           {sixpack.ErrUnknown, convert("nope", "anna")},
		"not participating": {sixpack.ErrNotParticipating, convert("button", "nobody")},
		"force":             {invalid("alternative name"), part(button, "c", sixpack.Force("green"))},
		"record force":      {invalid("alternative name"), part(button, "c", sixpack.RecordForce("green"))},
		"choose":            {invalid("alternative name"), part(button, "c", sixpack.Choose("green"))},
		"address":           {invalid("IP address"), part(button, "c", sixpack.IPAddress("192.0.2.1:80"))},
		"no address":        {invalid("IP address"), convert("button", "anna", sixpack.IPAddress(""))},
		"kpi":               {invalid("kpi name"), convert("button", "anna", sixpack.KPI("a b"))},
		"value":             {invalid("value"), convert("button", "anna", sixpack.Value(math.NaN()))},
		"large value":       {invalid("value"), convert("button", "anna", sixpack.Value(1.1e9))},
		"convert no one":    {invalid("client id"), convert("button", "")},
		"winner":            {invalid("alternative name"), func(ctx context.Context, e *sixpack.Engine) error { return e.SetWinner(ctx, "button", "green") }},
		"pause unknown":     {sixpack.ErrUnknown, func(ctx context.Context, e *sixpack.Engine) error { return e.Pause(ctx, "nope") }},
		"purge running":     {sixpack.ErrConflict, func(ctx context.Context, e *sixpack.Engine) error { return e.Purge(ctx, "button") }},
		"delete unknown":    {sixpack.ErrUnknown, func(ctx context.Context, e *sixpack.Engine) error { return e.Delete(ctx, "nope") }},
		"override traffic":  {invalid("traffic fraction"), override(store.Override{Traffic: 2})},
		"override weights":  {invalid("weights"), override(store.Override{Weights: []float64{1, 2, 3}})},
		"override algo":     {invalid("algorithm"), override(store.Override{Algorithm: "magic"})},
	}
	for name, c := range calls {
		t.Run(name, func(t *testing.T) {
			e, _ := newEngine(t)
			participate(t, e, button, "anna")
			before := fmt.Sprintf("%+v", state(t, e))
			if err := c.call(t.Context(), e); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if after := fmt.Sprintf("%+v", state(t, e)); after != before {
				t.Errorf("before %s\nafter  %s", before, after)
			}
		})
	}
}

// invalid returns an error that matches all errors about an argument.
func invalid(argument string) error { return &sixpack.InvalidError{Argument: argument} }

func part(x sixpack.Experiment, client string, o ...sixpack.ParticipateOption) func(context.Context, *sixpack.Engine) error {
	return func(ctx context.Context, e *sixpack.Engine) error {
		_, err := e.Participate(ctx, x, client, o...)
		return err
	}
}

func convert(name, client string, o ...sixpack.ConvertOption) func(context.Context, *sixpack.Engine) error {
	return func(ctx context.Context, e *sixpack.Engine) error {
		_, err := e.Convert(ctx, name, client, o...)
		return err
	}
}

func override(o store.Override) func(context.Context, *sixpack.Engine) error {
	return func(ctx context.Context, e *sixpack.Engine) error { return e.Override(ctx, "button", o) }
}

func state(t *testing.T, e *sixpack.Engine) (all []store.Counts) {
	t.Helper()
	records, err := e.List(t.Context())
	check(t, err)
	for _, r := range records {
		all = append(all, countsOf(t, e, r.Name))
	}
	return all
}

func TestClosedExperimentsDoNotConvert(t *testing.T) {
	e, _ := newEngine(t)
	ctx := t.Context()
	participate(t, e, button, "anna")
	check(t, e.SetWinner(ctx, "button", "red"))
	if _, err := e.Convert(ctx, "button", "anna"); err != nil {
		t.Errorf("with a winner: %v", err)
	}
	check(t, e.Pause(ctx, "button"))
	if _, err := e.Convert(ctx, "button", "anna"); !errors.Is(err, sixpack.ErrPaused) {
		t.Errorf("paused: %v", err)
	}
	check(t, e.Archive(ctx, "button"))
	if _, err := e.Convert(ctx, "button", "nobody"); !errors.Is(err, sixpack.ErrArchived) {
		t.Errorf("archived: %v", err)
	}
}

func TestRobotsAndIgnoredVisitorsAreNotCounted(t *testing.T) {
	e := sixpack.New(new(memory.Store), sixpack.Config{
		Robots:  regexp.MustCompile("crawler"),
		Ignored: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")},
	})
	for name, o := range map[string]sixpack.Option{
		"robot": sixpack.UserAgent("my crawler"), "v4": sixpack.IPAddress("10.9.8.7"),
		"v6": sixpack.IPAddress("2001:db8::1"), "mapped": sixpack.IPAddress("::ffff:10.0.0.1"),
	} {
		reason := sixpack.ReasonIgnored
		if name == "robot" {
			reason = sixpack.ReasonRobot
		}
		x := sixpack.Experiment{Name: name, Alternatives: button.Alternatives}
		if a := participate(t, e, x, "c", o); a.Alternative != "red" {
			t.Errorf("%s got %+v", name, a)
		}
		if _, err := e.Counts(t.Context(), name); !errors.Is(err, sixpack.ErrUnknown) {
			t.Errorf("%s created the experiment: %v", name, err)
		}
		if a, err := e.Convert(t.Context(), name, "c", o); err != nil || a.Alternative != "" || a.Reason != reason {
			t.Errorf("%s converts: %+v, %v", name, a, err)
		}
	}
	for name, o := range map[string]sixpack.Option{
		"browser": sixpack.UserAgent("Mozilla"), "elsewhere": sixpack.IPAddress("11.0.0.1"),
	} {
		if a := participate(t, e, button, name, o); !a.Participating {
			t.Errorf("%s got %+v", name, a)
		}
	}
}

// TestRobotsAreThoseOfTheExpression compares with the regular expression.
func TestRobotsAreThoseOfTheExpression(t *testing.T) {
	agents := []string{
		"", " ", "\n", "bot", "CUBOT", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
		"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/115.0", "curl/7.1", "Java/1.8", "ja\u017fva", "\u212Aurl",
		"WORDPRE\u017fS", "python-requests", "facebookexternalhit", "$^", "a|b", "déjà", "b\u00d6t", "meta", "METAURI",
	}
	for _, form := range []string{
		"(?i)" + sixpack.DefaultRobots, "(?i)mycrawl", "(?i)", "(?i)$^", "mycrawl|bot", "(?i)bot|^curl", "(?i)b.t", "(?i)Kurl|x", "(?i)déjà",
	} {
		expression := regexp.MustCompile(form)
		e := sixpack.New(new(memory.Store), sixpack.Config{Robots: expression})
		for _, agent := range agents {
			a := participate(t, e, button, "anna", sixpack.UserAgent(agent))
			if got, want := a.Reason == sixpack.ReasonRobot, expression.MatchString(agent); got != want {
				t.Errorf("%q in %q: %t, want %t", form, agent, got, want)
			}
		}
	}
}

func TestDaysAreThoseOfTheConfiguredZone(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	check(t, err)
	late := time.Date(2026, 2, 28, 23, 30, 0, 0, time.UTC)
	for zone, want := range map[*time.Location]string{nil: "2026-02-28", tokyo: "2026-03-01"} {
		e := sixpack.New(new(memory.Store), sixpack.Config{Location: zone, Now: (&clock{start}).Now})
		a := participate(t, e, button, "anna", sixpack.At(late.In(time.FixedZone("", -3600))))
		if _, err := e.Convert(t.Context(), "button", "anna", sixpack.At(late)); err != nil {
			t.Fatal(err)
		}
		for i, got := range countsOf(t, e, "button").Alternatives {
			if button.Alternatives[i] != a.Alternative {
				continue
			}
			if got.Days[0].Day.String() != want || got.KPI("").Days[0].Day.String() != want {
				t.Errorf("in %v counted on %v and %v, want %s", zone, got.Days[0].Day, got.KPI("").Days[0].Day, want)
			}
		}
	}
}

// TestTwoEnginesOneTruth makes each change through one engine and calls the other one, which has
// cached the state before the change.
func TestTwoEnginesOneTruth(t *testing.T) {
	ctx := t.Context()
	var s memory.Store
	one, two := sixpack.New(&s, sixpack.Config{}), sixpack.New(&s, sixpack.Config{})
	ask := func(what, alternative string, reason sixpack.Reason) {
		t.Helper()
		a := participate(t, two, button, "anna")
		if a.Reason != reason || alternative != "" && a.Alternative != alternative {
			t.Errorf("%s: %+v, want %s %s", what, a, reason, alternative)
		}
	}
	participate(t, one, button, "anna")
	ask("new", "", sixpack.ReasonExisting)
	check(t, one.SetWinner(ctx, "button", "blue"))
	ask("winner", "blue", sixpack.ReasonWinner)
	check(t, one.ResetWinner(ctx, "button"))
	ask("no winner", "", sixpack.ReasonExisting)
	check(t, one.Pause(ctx, "button"))
	ask("paused", "red", sixpack.ReasonPaused)
	if _, err := two.Convert(ctx, "button", "anna"); !errors.Is(err, sixpack.ErrPaused) {
		t.Errorf("paused: %v", err)
	}
	check(t, one.Resume(ctx, "button"))
	if _, err := two.Convert(ctx, "button", "anna"); err != nil {
		t.Errorf("resumed: %v", err)
	}
	check(t, one.Override(ctx, "button", store.Override{Traffic: 1e-9}))
	ask("still in", "", sixpack.ReasonExisting)
	if a := participate(t, two, button, "bert"); a.Reason != sixpack.ReasonExcluded {
		t.Errorf("under an override: %+v", a)
	}
	check(t, one.Override(ctx, "button", store.Override{Weights: []float64{0, 1}}))
	if a := participate(t, two, button, "bert"); a.Alternative != "blue" || a.Reason != sixpack.ReasonAssigned {
		t.Errorf("under weights: %+v", a)
	}
	check(t, one.Delete(ctx, "button"))
	other := sixpack.Experiment{Name: "button", Alternatives: []string{"x", "y"}}
	participate(t, one, other, "anna")
	if _, err := two.Participate(ctx, button, "anna"); !errors.Is(err, sixpack.ErrChanged) {
		t.Errorf("after another experiment took the name: %v", err)
	}
	if a := participate(t, two, other, "anna"); a.Reason != sixpack.ReasonExisting {
		t.Errorf("after another experiment took the name: %+v", a)
	}
}

func TestOverrideGoesFirstUntilCleared(t *testing.T) {
	e, c := newEngine(t)
	ctx := t.Context()
	x := button
	x.Traffic, x.Weights = 1, []float64{1, 0}
	participate(t, e, x, "0")
	check(t, e.Override(ctx, "button", store.Override{Weights: []float64{5, 5}}))
	got := map[string]int{}
	c.now = c.now.Add(time.Hour)
	for i := range 100 {
		got[participate(t, e, x, fmt.Sprint("even", i)).Alternative]++
	}
	if got["red"] < 20 || got["blue"] < 20 {
		t.Errorf("equal override over 1:0 gave %v", got)
	}
	check(t, e.Override(ctx, "button", store.Override{}))
	for i := range 100 {
		if a := participate(t, e, x, fmt.Sprint("odd", i)); a.Alternative != "red" {
			t.Fatalf("after the override was cleared: %+v", a)
		}
	}
	if n := countsOf(t, e, "button").Record.Epoch.Number; n != 3 {
		t.Errorf("epoch %d, want 3", n)
	}
}

func TestResetStartsAnew(t *testing.T) {
	e, _ := newEngine(t)
	ctx := t.Context()
	x := button
	x.Weights = []float64{1, 2}
	first := make([]string, 200)
	for i := range first {
		first[i] = participate(t, e, x, strconv.Itoa(i)).Alternative
	}
	check(t, e.Describe(ctx, "button", "the *button*"))
	check(t, e.SetWinner(ctx, "button", "blue"))
	check(t, e.Archive(ctx, "button"))
	check(t, e.Reset(ctx, "button"))
	r := countsOf(t, e, "button")
	if participants(t, e, "button") != 0 || len(r.Record.KPIs) != 0 || len(r.Epochs) != 1 {
		t.Errorf("after Reset: %+v", r)
	}
	if r.Record.Description != "the *button*" || r.Record.Winner != "" || r.Record.Archived || len(r.Record.Weights) != 2 {
		t.Errorf("after Reset: %+v", r.Record)
	}
	moved := 0
	for i, was := range first {
		if a := participate(t, e, x, strconv.Itoa(i)); a.Alternative != was {
			moved++
		}
	}
	if moved < 40 {
		t.Errorf("only %d of 200 clients are in another group after Reset", moved)
	}
}

func TestPurgeKeepsCounts(t *testing.T) {
	e, _ := newEngine(t)
	ctx := t.Context()
	for i := range 20 {
		participate(t, e, button, strconv.Itoa(i))
	}
	if _, err := e.Convert(ctx, "button", "7"); err != nil {
		t.Fatal(err)
	}
	check(t, e.Archive(ctx, "button"))
	before := countsOf(t, e, "button")
	check(t, e.Purge(ctx, "button"))
	after := countsOf(t, e, "button")
	if fmt.Sprintf("%+v", after.Alternatives) != fmt.Sprintf("%+v", before.Alternatives) || !after.Record.Purged {
		t.Errorf("before %+v\nafter  %+v", before, after)
	}
	if _, err := e.Lookup(ctx, "button", "7"); !errors.Is(err, sixpack.ErrNotParticipating) {
		t.Errorf("Lookup of a purged client: %v", err)
	}
	if err := e.Unarchive(ctx, "button"); !errors.Is(err, sixpack.ErrConflict) {
		t.Errorf("Unarchive: %v", err)
	}
	check(t, e.Reset(ctx, "button"))
	if a := participate(t, e, button, "7"); a.Reason != sixpack.ReasonAssigned {
		t.Errorf("after Reset: %+v", a)
	}
}

// lastWins is a custom algorithm.
type lastWins struct{}

func (lastWins) Weights(arms []bandit.Arm) []float64 {
	weights := make([]float64, len(arms))
	weights[len(weights)-1] = 1
	return weights
}

func TestOwnAlgorithm(t *testing.T) {
	e := sixpack.New(new(memory.Store), sixpack.Config{
		Algorithm: "last", Algorithms: map[string]bandit.Algorithm{"last": lastWins{}},
	})
	for i := range 10 {
		if a := participate(t, e, button, strconv.Itoa(i)); a.Alternative != "blue" {
			t.Fatalf("got %+v", a)
		}
	}
}

func TestExistingClientAllocatesNothing(t *testing.T) {
	e, _ := newEngine(t)
	ctx, client := t.Context(), "09a7407c-e371-492b-82e3-ef438d960ca3"
	participate(t, e, button, client)
	n := testing.AllocsPerRun(1000, func() {
		if _, err := e.Participate(ctx, button, client); err != nil {
			t.Fatal(err)
		}
	})
	if n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestAlgorithms(t *testing.T) {
	own := map[string]bandit.Algorithm{"own": bandit.Random{}, "hash": bandit.Hash{}}
	engine := sixpack.New(new(memory.Store), sixpack.Config{Algorithms: own})
	if got := engine.Algorithms(); !slices.Equal(got, []string{"epsilon-greedy", "hash", "own", "random", "thompson", "whiplash", "whiplash-legacy"}) {
		t.Errorf("got %q", got)
	}
}
