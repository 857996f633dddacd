package dashboard_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// object is one of JSON.
type object = map[string]any

// openAPI returns the description of the API.
func openAPI(t *testing.T) object {
	t.Helper()
	file, err := os.Open("internal/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	return doc.(object)
}

// operation is one of the description.
type operation struct {
	object

	method, path string
	example      string // of its body
}

// at returns its path for an experiment.
func (o operation) at(experiment string) string {
	return strings.Replace(o.path, "{name}", url.PathEscape(experiment), 1)
}

// operations returns all, in order, with deletion at the end.
func operations(t *testing.T) []operation {
	t.Helper()
	var all []operation
	for path, item := range openAPI(t)["paths"].(object) {
		for method, o := range item.(object) {
			if method == "parameters" {
				continue
			}
			o := operation{o.(object), strings.ToUpper(method), path, ""}
			if body := o.body(); body != nil {
				text, err := json.Marshal(body["example"])
				if err != nil {
					t.Fatal(err)
				}
				o.example = string(text)
			}
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b operation) int {
		return cmp.Or(cmp.Compare(a.method, b.method)*-1, cmp.Compare(a.path, b.path))
	})
	return all
}

// in returns the value below some keys of an object, or nil.
func in(o object, keys ...string) object {
	for _, key := range keys {
		o, _ = o[key].(object)
	}
	return o
}

// body returns the description of its body, nil if it has none.
func (o operation) body() object { return in(o.object, "requestBody", "content", asJSON) }

// resolve returns the schema that another one refers to, if it does.
func resolve(doc, schema object) object {
	to, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	return in(doc, strings.Split(strings.TrimPrefix(to, "#/"), "/")...)
}

// described checks answers against the description, and allows no undescribed
// properties.
type described struct {
	doc    object
	schema *jsonschema.Compiler
	seen   map[string]bool // properties, as where they are defined
}

func newDescribed(t *testing.T) *described {
	t.Helper()
	d := &described{doc: openAPI(t), schema: jsonschema.NewCompiler(), seen: make(map[string]bool)}
	closed := openAPI(t)
	closeObjects(closed)
	d.schema.AssertFormat()
	if err := d.schema.AddResource("openapi.json", closed); err != nil {
		t.Fatal(err)
	}
	return d
}

func closeObjects(in any) {
	switch in := in.(type) {
	case object:
		for _, v := range in {
			closeObjects(v)
		}
		if _, ok := in["properties"].(object); ok && in["type"] == "object" {
			in["additionalProperties"] = false
		}
	case []any:
		for _, v := range in {
			closeObjects(v)
		}
	}
}

// pointer returns the place of something in the description.
func pointer(keys ...string) string {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	var place strings.Builder
	place.WriteString("#")
	for _, key := range keys {
		place.WriteString("/" + url.PathEscape(escape.Replace(key)))
	}
	return place.String()
}

// check tests JSON against the schema at a place.
func (d *described) check(t *testing.T, what, text string, at ...string) {
	t.Helper()
	schema, err := d.schema.Compile("openapi.json" + pointer(at...))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v: %.200s", what, err, text)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	d.see(pointer(at...), in(d.doc, at...), v)
}

// see notes which properties there are in JSON.
func (d *described) see(place string, schema object, v any) {
	if to, ok := schema["$ref"].(string); ok {
		place, schema = to, resolve(d.doc, schema)
	}
	switch v := v.(type) {
	case object:
		for name, value := range v {
			d.seen[place+" "+name] = true
			d.see(place+" "+name, in(schema, "properties", name), value)
		}
	case []any:
		for _, value := range v {
			d.see(place, in(schema, "items"), value)
		}
	}
}

// unseen returns the properties of a schema that were not there in any JSON.
func (d *described) unseen(place string, schema object) (all []string) {
	for name, property := range in(schema, "properties") {
		if !d.seen[place+" "+name] {
			all = append(all, place+" "+name)
		}
		all = append(all, d.unseen(place+" "+name, property.(object))...)
	}
	if items := in(schema, "items"); items != nil {
		all = append(all, d.unseen(place, items)...)
	}
	return all
}

// richly returns a store of experiments in all states, and of all that may happen to
// one.
func richly(t *testing.T) (s store.Store, names []string) {
	t.Helper()
	ended := sample("ended", 10, arm{"a", 100, 10}, arm{"b", 100, 11}, arm{"c", 100, 0})
	ended.Record.Created, ended.Record.Epoch.Start, ended.Counts.Epochs[0].Start = time.Time{}, time.Time{}, time.Time{}
	once := sample("once", 10, arm{"a", 100, 10}, arm{"b", 100, 11})
	once.Record.Plan = store.Plan{Size: 1000, Analysis: store.AnalysisFixed}
	all := slices.Concat(slices.Collect(maps.Values(states())), []store.Import{
		once, sample("acknowledged", 10, arm{"a", 1000, 100}, arm{"b", 800, 120}),
		ended, changed(), valued(sample("values", 10, arm{"a", 1000, 100}, arm{"b", 1000, 130})), sample("acted", 10, arm{"a", 10, 1}, arm{"b", 10, 2}),
		sample("gone", 10, arm{"a", 10, 1}, arm{"b", 10, 2}), sample("nobody", 0, arm{"a", 0, 0}, arm{"b", 0, 0}),
	})
	full := filled(t, all...)
	for _, i := range all {
		names = append(names, i.Record.Name)
	}
	act(t, sixpack.New(full, sixpack.Config{Now: func() time.Time { return present }}))
	return full, names
}

// changed returns an experiment whose shares changed, with clients who were given
// an alternative, and one KPI that is not the default one.
func changed() store.Import {
	i := sample("changed", 10, arm{"a", 1000, 100}, arm{"b", 1000, 130})
	i.Epochs = []store.Epoch{i.Record.Epoch}
	i.Record.Epoch = store.Epoch{Number: 2, Start: present.AddDate(0, 0, -1), Weights: []float64{0.75, 0.25}}
	i.Record.Weights, i.Record.Algorithm, i.Record.Traffic = []float64{0.75, 0.25}, "thompson", 0.5
	i.Record.KPIs = []string{"signup"}
	i.Counts.Excluded = 12_345
	for j, n := range []int64{750, 250} {
		c := &i.Counts.Alternatives[j]
		c.KPIs[0].KPI = "signup"
		day := store.DayOf(present)
		c.AddDay(day, n+7)
		c.AddCohort(2, day, n)
		c.AddCohort(0, day, 7)
		c.KPIs[0].AddDay(day, n/10, n/5)
		c.KPIs[0].AddCohort(store.CohortConversions{Epoch: 2, Day: day, Sums: store.Sums{Converted: n / 10, Sum: big.NewInt(-n), Squares: big.NewInt(n), NonZero: 1}})
	}
	return i
}

// act does everything that the log knows.
func act(t *testing.T, e *sixpack.Engine) {
	t.Helper()
	ctx := sixpack.WithActor(t.Context(), "edith")
	for _, err := range []error{
		e.SetWinner(ctx, "acted", "b"), e.Describe(ctx, "acted", "*x*"), e.Pause(ctx, "acted"), e.Resume(ctx, "acted"), e.ResetWinner(ctx, "acted"),
		e.StartRamp(ctx, "acted", store.RampPlan{Steps: []float64{0.25, 1}, Hold: time.Hour, Guardrails: []store.Guardrail{{KPI: "x", RiseIsBad: true}}}),
		e.PauseRamp(ctx, "acted"), e.ResumeRamp(ctx, "acted"), e.StopRamp(ctx, "acted"),
		e.Override(ctx, "acted", store.Override{Traffic: 0.5, Weights: []float64{3, 1}, Algorithm: "random"}),
		e.SetPlan(ctx, "acted", store.Plan{KPI: "x", Effect: 0.1, Baseline: 0.2, Power: 0.9, Alpha: 0.1, Size: 100_000, Analysis: store.AnalysisAlwaysValid}),
		e.Delete(t.Context(), "gone"),
		e.SetWinner(ctx, "ended", "b"), e.Archive(ctx, "ended"), e.Purge(ctx, "ended"), e.Reset(ctx, "ended"), e.Archive(ctx, "ended"), e.Unarchive(ctx, "ended"),
		e.SetWinner(ctx, "ended", "c"), e.Pause(ctx, "ended"),
		e.AcknowledgeMismatch(ctx, "acknowledged"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	log, err := e.Changes(ctx, "acted", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Undo(ctx, "acted", log[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := e.SetPlan(ctx, "acted", store.Plan{KPI: "x", Effect: 0.1, Baseline: 0.2, Power: 0.9, Alpha: 0.1, Size: 100_000, Analysis: store.AnalysisAlwaysValid}); err != nil {
		t.Fatal(err)
	}
}

// TestOpenAPI tests real answers against the description, and that all of the
// description occurs in them.
func TestOpenAPI(t *testing.T) {
	s, names := richly(t)
	p, d := newProgram(t, s), newDescribed(t)
	for _, o := range operations(t) {
		place := []string{"paths", o.path, strings.ToLower(o.method)}
		if o.example != "" {
			d.check(t, o.path, o.example, slices.Concat(place, []string{"requestBody", "content", asJSON, "schema"})...)
		}
		for status, response := range in(o.object, "responses") {
			if resolve(d.doc, response.(object)) == nil {
				t.Errorf("%s %s: %s is not described", o.method, o.path, status)
			}
		}
		if o.method != http.MethodGet || in(o.object, "responses", "200", "content", asJSON) == nil {
			continue
		}
		at := slices.Concat(place, []string{"responses", "200", "content", asJSON, "schema"})
		asked := names
		if !strings.Contains(o.path, "{name}") {
			asked = names[:1]
		}
		for _, name := range asked {
			for _, query := range queries(o) {
				a := p.call(http.MethodGet, o.at(name)+query, "")
				if name == "gone" && a.StatusCode == http.StatusNotFound && strings.Contains(o.path, "{name}") {
					d.check(t, o.path, a.body, "components", "responses", "NotFound", "content", asJSON, "schema")
					continue
				}
				if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != asJSON {
					t.Fatalf("%s%s: %s %s", o.at(name), query, a.Status, a.body)
				}
				d.check(t, o.at(name)+query, a.body, at...)
			}
		}
	}
	if a := p.call(http.MethodGet, apiPath("values")+"?kpi=revenue", ""); !strings.Contains(a.body, `"measure":"mean"`) {
		t.Errorf("no values: %s", a.body)
	} else {
		d.check(t, "values", a.body, "components", "schemas", "Experiment")
	}
	for name, schema := range in(d.doc, "components", "schemas") {
		for _, unseen := range d.unseen("#/components/schemas/"+name, schema.(object)) {
			t.Errorf("%s is described, but never there", unseen)
		}
	}
}

// queries returns queries with each value of an operation's enumerated parameters, and
// the empty query.
func queries(o operation) []string {
	all := []string{""}
	parameters, _ := o.object["parameters"].([]any)
	for _, p := range parameters {
		values, _ := in(p.(object), "schema")["enum"].([]any)
		for _, v := range values {
			all = append(all, "?"+p.(object)["name"].(string)+"="+v.(string))
		}
	}
	return all
}

// TestOpenAPIServed tests that the description is served.
func TestOpenAPIServed(t *testing.T) {
	p := newProgram(t, filled(t))
	var served any
	p.read("/api/openapi.json", &served)
	text, err := os.ReadFile("internal/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal(text, &want); err != nil || !reflect.DeepEqual(served, want) {
		t.Errorf("it is another one: %v", err)
	}
}
