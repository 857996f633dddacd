package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store/memory"
)

// interesting holds queries from the recordings, and invalid ones.
var interesting = []string{
	"experiment=exp&alternatives=one&alternatives=two&client_id=cid",
	"experiment=exp&client_id=cid&kpi=&&^^!*(",
	"experiment=exp;alternatives=one;alternatives=two;client_id=cid",
	"experiment=exp&alternatives=one&alternatives=two&client_id=a+b%20c%2525%zz%2%",
	"experiment=exp&alternatives=one&alternatives=two&client_id=\xc3\xa9%C3%A9%FF%00",
	"%65xperiment=exp&alternat%69ves=one&alternatives=two&client%5Fid=cid#frag",
	"experiment=exp&alternatives=one&alternatives=two&client_id=cid&force=two&record_force=Y&explain=true",
	"experiment=exp&alternatives=one&alternatives=two&client_id=cid&traffic_fraction=%EF%BC%91&prefetch=yes",
	"experiment=exp&alternatives=one&alternatives=two&client_id=cid&datetime=2013-01-28T23:59:59+08:00",
	"experiment=exp&alternatives=one&alternatives=two&client_id=cid&datetime=1359331200&user_agent=%2562ot&ip_address=::1",
	"experiment=exp&client_id=cid&kpi=sale&value=12.50&callback=cb%0A",
	"experiment=exp&alternatives=one&alternatives=two&client_id=cid&weights=9&weights=%2B.1e1",
	"?", "=", "&", "a=b=c&a=&a", "alternatives[]=one", "value=1e400",
}

// FuzzQuery compares the parser with net/url, where that accepts the query.
func FuzzQuery(f *testing.F) {
	for _, raw := range interesting {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := httpapi.ParseQuery(raw)
		raw, _, _ = strings.Cut(raw, "#")
		want, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		if !slices.Equal(got.Alternatives(), want["alternatives"]) {
			t.Errorf("alternatives are %q, want %q", got.Alternatives(), want["alternatives"])
		}
		if !slices.Equal(got.Weights(), want["weights"]) {
			t.Errorf("weights are %q, want %q", got.Weights(), want["weights"])
		}
		for _, name := range []string{
			"experiment", "client_id", "alternative", "force", "record_force", "traffic_fraction", "prefetch",
			"datetime", "user_agent", "ip_address", "kpi", "value", "callback", "explain",
		} {
			if v, has := got.Get(name); v != want.Get(name) || has != want.Has(name) {
				t.Errorf("%s is %q (%t), want %q (%t)", name, v, has, want.Get(name), want.Has(name))
			}
		}
	})
}

// FuzzHandler sends arbitrary requests to a service over one store.
func FuzzHandler(f *testing.F) {
	for _, raw := range interesting {
		f.Add("GET", "/participate", raw)
		f.Add("POST", "//convert", raw)
	}
	f.Add("GET", "/experiments/exp", "callback=cb")
	f.Add("FOO", "/_status#/%2F", "")
	f.Add("OPTIONS", "/%5fstatus", "")
	handler := httpapi.New(sixpack.New(new(memory.Store), sixpack.Config{}), quiet(httpapi.Options{MaxRequest: 1 << 10}))
	f.Fuzz(func(t *testing.T, method, path, query string) {
		target, err := url.ParseRequestURI("/" + strings.ReplaceAll(path, "?", "") + "?" + query)
		if err != nil {
			return // net/http refuses it.
		}
		w := httptest.NewRecorder()
		r := &http.Request{Method: method, URL: target, Header: make(http.Header)}
		handler.ServeHTTP(w, r.WithContext(t.Context()))
		if !slices.Contains([]int{200, 400, 404, 405, 414}, w.Code) {
			t.Errorf("status %d", w.Code)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Error("no CORS")
		}
		if !answers(w) {
			t.Errorf("%s: %q", w.Header().Get("Content-Type"), w.Body)
		}
	})
}

// answers reports whether a body has the form of its media type.
func answers(w *httptest.ResponseRecorder) bool {
	body := w.Body.String()
	switch w.Header().Get("Content-Type") {
	case "application/json":
		return json.Valid([]byte(body)) || body == "" // for HEAD
	case "application/javascript":
		_, wrapped, ok := strings.Cut(body, "(")
		return ok && strings.HasSuffix(wrapped, ")") && json.Valid([]byte(wrapped[:len(wrapped)-1]))
	case "text/plain; charset=utf-8":
		return body == "" || strings.HasPrefix(body, "sixpack\n")
	default:
		return body == "200 Ok"
	}
}
