package api

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

type object = map[string]any

// in returns the object below some keys, nil if there is none.
func in(o object, keys ...string) object {
	for _, key := range keys {
		o, _ = o[key].(object)
	}
	return o
}

// TestOpenAPIRoutes tests that openapi.json describes exactly the routes, with the
// parameters of their paths and the fields of their bodies.
func TestOpenAPIRoutes(t *testing.T) {
	bodies := map[string]any{
		"PUT /winner": winnerBody{}, "PUT /description": descriptionBody{}, "PUT /override": store.Override{}, "PUT /plan": store.Plan{},
		"POST /undo": undoBody{}, "PUT /ramp": rampBody{},
	}
	var doc object
	if err := json.Unmarshal(openAPI, &doc); err != nil {
		t.Fatal(err)
	}
	described := make(map[[2]string]bool)
	for path, item := range in(doc, "paths") {
		parameters, _ := item.(object)["parameters"].([]any)
		if named := strings.Contains(path, "{name}"); named != (len(parameters) == 1) {
			t.Errorf("%s: the parameters of the path are %v", path, parameters)
		}
		for method, operation := range item.(object) {
			if method == "parameters" {
				continue
			}
			method = strings.ToUpper(method)
			described[[2]string{method, path}] = true
			name := method + " " + strings.TrimPrefix(path, "/api/v1/experiments/{name}")
			checkBody(t, name, doc, in(operation.(object), "requestBody", "content", "application/json"), bodies[name])
		}
	}
	for _, r := range Routes(nil, nil) {
		route := [2]string{r.Method, r.Path}
		if !described[route] {
			t.Errorf("%v is not described", route)
		}
		delete(described, route)
	}
	for route := range described {
		t.Errorf("%v is described, but there is no such route", route)
	}
}

// checkBody compares the description of a body with its type. Both are nil if there
// is none.
func checkBody(t *testing.T, name string, doc, described object, body any) {
	t.Helper()
	if (described == nil) != (body == nil) {
		t.Errorf("%s: the body is %v, and %v in the description", name, body, described)
	}
	if described == nil || body == nil {
		return
	}
	schema := in(described, "schema")
	if to, ok := schema["$ref"].(string); ok {
		schema = in(doc, strings.Split(strings.TrimPrefix(to, "#/"), "/")...)
	}
	properties := slices.Sorted(maps.Keys(in(schema, "properties")))
	if fields := fields(body); !slices.Equal(fields, properties) {
		t.Errorf("%s takes %v, and %v in the description", name, fields, properties)
	}
	if example := slices.Sorted(maps.Keys(in(described, "example"))); !slices.Equal(example, properties) {
		t.Errorf("%s: the example has %v, not %v", name, example, properties)
	}
}

// fields returns the names of a struct's fields in JSON, sorted.
func fields(v any) []string {
	var all []string
	for f := range reflect.TypeOf(v).Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
