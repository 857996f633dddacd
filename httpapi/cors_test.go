package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store/memory"
)

func TestCORSOrigins(t *testing.T) {
	for _, c := range []struct {
		patterns, origin string // patterns separated by spaces
		allowed          string
	}{
		{"", "", "*"},
		{"", "https://shop.example.com", "*"},
		{"*", "null", "*"},
		{"https://a.com *", "https://b.com", "*"},
		{"https://shop.example.com", "https://shop.example.com", "https://shop.example.com"},
		{"https://shop.example.com", "https://shop.example.com.evil.org", ""},
		{"https://shop.example.com", "http://shop.example.com", ""},
		{"https://shop.example.com", "https://shopXexample.com", ""},
		{"https://shop.example.com", "", ""},
		{"https://shop.example.com", "null", ""},
		{"https://*.example.com", "https://www.example.com", "https://www.example.com"},
		{"https://*.example.com", "https://a.b.example.com", "https://a.b.example.com"},
		{"https://*.example.com", "https://example.com", ""},
		{"https://*.example.com", "https://www.example.com.evil.org", ""},
		{"https://*.example.com", "https://wwwxexample.com", ""},
		{"https://*.example.com", "xhttps://www.example.com", ""},
		{"*://example.com", "http://example.com", "http://example.com"},
		{"https://example.*", "https://example.org", "https://example.org"},
		{"https://a*a", "https://a", ""},
		{"https://*a*b*", "https://xaxbx", "https://xaxbx"},
		{"https://*a*b*", "https://xbxax", ""},
		{"https://(a|b).com", "https://a.com", ""},
		{"https://a.com https://b.com", "https://b.com", "https://b.com"},
		{"https://a.com https://b.com", "https://c.com", ""},
	} {
		cors := httpapi.CORS{Origins: strings.Fields(c.patterns)}
		_, address := serve(t, new(memory.Store), sixpack.Config{}, httpapi.Options{CORS: cors})
		var headers []string
		if c.origin != "" {
			headers = []string{"Origin: " + c.origin}
		}
		got := get(t, address, "/_status", headers...).header
		if a := got.Get("Access-Control-Allow-Origin"); a != c.allowed {
			t.Errorf("patterns %q, origin %q: allowed %q, want %q", c.patterns, c.origin, a, c.allowed)
		}
		if varies := got.Get("Vary") == "Origin"; varies != (c.allowed != "*") {
			t.Errorf("patterns %q, origin %q: Vary: %q", c.patterns, c.origin, got.Get("Vary"))
		}
	}
}

// TestEveryAnswerCarriesCORS checks the CORS headers of all answers. Pages must be able to
// read errors too.
func TestEveryAnswerCarriesCORS(t *testing.T) {
	closed := new(memory.Store)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	_, address := serve(t, closed, sixpack.Config{}, httpapi.Options{CORS: httpapi.CORS{
		Origins: []string{"https://*.example.com"}, Headers: "X-A", Credentials: "false", Methods: "GET, POST", ExposeHeaders: "X-B",
	}})
	_, panicking := serve(t, panicStore{}, sixpack.Config{}, httpapi.Options{CORS: httpapi.CORS{
		Origins: []string{"https://*.example.com"}, Headers: "X-A", Credentials: "false", Methods: "GET, POST", ExposeHeaders: "X-B",
	}})
	for _, c := range []struct {
		address, request string
		status           int
	}{
		{address, "GET /_status", 200},
		{address, "OPTIONS /participate", 200},
		{address, "GET /participate", 400},
		{address, "GET /nope", 404},
		{address, "PUT /convert", 405},
		{address, "GET /?" + strings.Repeat("x", 16<<10), 414},
		{address, "GET /experiments/exp", 503},
		{panicking, "GET /experiments/exp", 500},
	} {
		method, target, _ := strings.Cut(c.request, " ")
		got := send(t, c.address, request(method, target, "HTTP/1.1", "", "Origin: https://a.example.com"))
		if got.status != c.status {
			t.Errorf("%.40s: %d, want %d", c.request, got.status, c.status)
		}
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin":      "https://a.example.com",
			"Access-Control-Allow-Headers":     "X-A",
			"Access-Control-Allow-Credentials": "false",
			"Access-Control-Allow-Methods":     "GET, POST",
			"Access-Control-Expose-Headers":    "X-B",
			"X-Content-Type-Options":           "nosniff",
		} {
			if v := got.header.Get(name); v != want {
				t.Errorf("%.40s: %s: %q, want %q", c.request, name, v, want)
			}
		}
	}
}

func TestMethodNotAllowedSaysWhatIs(t *testing.T) {
	_, address := serve(t, new(memory.Store), sixpack.Config{}, httpapi.Options{})
	got := send(t, address, request(http.MethodPut, "/participate", "HTTP/1.1", ""))
	if allow := got.header.Get("Allow"); got.status != http.StatusMethodNotAllowed || allow != "GET, HEAD, POST, OPTIONS" {
		t.Errorf("%d, Allow: %q", got.status, allow)
	}
}
