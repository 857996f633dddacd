package docs_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// asked sends a request with a token, and requires that it succeeds.
func asked(t *testing.T, to http.Handler, method, target, token, body string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	if to.ServeHTTP(w, r); w.Code >= http.StatusBadRequest {
		answer, err := io.ReadAll(w.Body)
		t.Fatalf("%s %s %s: %d %s, %v", method, target, body, w.Code, answer, err)
	}
}

// TestRollout runs the configuration and the requests of rollout.md.
func TestRollout(t *testing.T) {
	text := read(t, "rollout.md")
	var configured struct {
		Weights map[string]map[string]float64
	}
	part := func(form string) string {
		t.Helper()
		m := regexp.MustCompile(form).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("there is no %s", form)
		}
		return m[1]
	}
	if err := yaml.Unmarshal([]byte(part("(?s)```yaml\n(.*?)```")), &configured); err != nil {
		t.Fatal(err)
	}
	engine := sixpack.New(new(memory.Store), sixpack.Config{Weights: configured.Weights})
	record := func() store.Record {
		t.Helper()
		counts, err := engine.Counts(t.Context(), "button")
		if err != nil {
			t.Fatal(err)
		}
		return counts.Record
	}
	declared := func(how string, traffic float64) {
		t.Helper()
		if r := record(); r.Traffic != traffic || !slices.Equal(r.Weights, []float64{0.75, 0.25}) {
			t.Errorf("%s: the traffic is %v and the weights %v", how, r.Traffic, r.Weights)
		}
		if err := engine.Delete(t.Context(), "button"); err != nil {
			t.Fatal(err)
		}
	}
	x := sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}}
	if _, err := engine.Participate(t.Context(), x, "anna"); err != nil {
		t.Fatal(err)
	}
	declared("configuration", 1)
	service := httpapi.New(engine, httpapi.Options{})
	asked(t, service, http.MethodGet, part(`curl 'http://127.0.0.1:5000(/participate[^']*)'`), "", "")
	declared("HTTP", 0.5)

	asked(t, service, http.MethodGet, part(`curl 'http://127.0.0.1:5000(/participate[^']*)'`), "", "")
	token := access.NewToken()
	options := access.Options{Tokens: []access.Token{{Name: "deploy", Hash: access.HashToken(token), Role: access.Editor}}, Secret: []byte(strings.Repeat("s", 32))}
	api := dashboard.New(engine, dashboard.Options{Access: options})
	base := part("Below `([^`]*)`")
	asked(t, api, http.MethodPut, base+"/override", token, part("\\| `PUT …/override` \\| `({.*)` \\|"))
	if o := record().Override; o.Traffic != 0.5 || !slices.Equal(o.Weights, []float64{0.75, 0.25}) {
		t.Errorf("the override is %+v", o)
	}
	body := part("\\| `PUT …/ramp` \\| `({.*)` \\|")
	asked(t, api, http.MethodPut, base+"/ramp", token, body)
	said := record().Ramp
	if want := []store.Guardrail{{KPI: "error", RiseIsBad: true}}; !slices.Equal(said.Guardrails, want) {
		t.Errorf("the ramp is %+v", said)
	}
	for _, m := range []string{http.MethodPut, http.MethodDelete} {
		asked(t, api, m, base+"/ramp/pause", token, "")
	}
	asked(t, api, http.MethodDelete, base+"/ramp", token, "")
	asked(t, api, http.MethodPut, base+"/ramp", token, "{}")
	if is := record().Ramp; !slices.Equal(is.Steps, said.Steps) || is.Hold != said.Hold || !slices.Equal(is.Guardrails, []store.Guardrail{{}}) {
		t.Errorf("without anything the ramp is %+v, not %+v", is, said)
	}
	var steps []string
	for _, f := range said.Steps {
		steps = append(steps, fmt.Sprint(f*100))
	}
	last := len(steps) - 1
	if usual := strings.Join(steps[:last], ", ") + " and " + steps[last] + "%"; !strings.Contains(fold(text), "say "+usual+" of the visitors") {
		t.Errorf("it does not say that the steps are %s", usual)
	}
}
