package dashboard_test

import (
	"cmp"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/store/memory"
)

var update = flag.Bool("update", false, "write testdata/messages")

// compareMessages compares the error messages that a test saw with a file in
// testdata/messages. Reviewers can read there what users and programs read: each message
// should name the thing, the rule and the next step.
func compareMessages(t *testing.T, messages map[string]bool) {
	t.Helper()
	if len(messages) == 0 || t.Failed() {
		return
	}
	path := filepath.Join("testdata", "messages", t.Name()+".txt")
	text := strings.Join(slices.Sorted(maps.Keys(messages)), "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != text {
		t.Errorf("the messages are not those in %s (%v); read them and run go test ./dashboard -update:\n%s", path, err, text)
	}
}

// TestAccessMessages collects the messages of requests without access.
func TestAccessMessages(t *testing.T) {
	hash, err := access.HashPassword("a good password")
	if err != nil {
		t.Fatal(err)
	}
	open, users := access.Options{}, access.Options{NoFormTokens: true, Users: []access.User{{Name: "anna", Hash: hash, Role: access.Viewer}}}
	tokens := access.Options{Tokens: []access.Token{{Name: "deploy", Hash: access.HashToken("right"), Role: access.Viewer}}}
	proxy := access.Options{Proxy: access.Proxy{Header: "X-User", From: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
	const form = "Content-Type: application/x-www-form-urlencoded"
	messages := make(map[string]bool)
	for _, c := range []struct {
		options               access.Options
		request, host, header string
		body                  string
		status                int
	}{
		{options: open, request: "GET /", host: "example.org", status: 403},
		{options: open, request: "GET /", header: "X-Forwarded-For: 192.0.2.1", status: 403},
		{options: open, request: "PUT /api/v1/experiments/x/pause", status: 403},
		{options: open, request: "PUT /api/v1/experiments/x/pause", header: "Sec-Fetch-Site: cross-site", status: 403},
		{options: open, request: "POST /experiments/x/do/pause", status: 403},
		{options: open, request: "POST /experiments/x/do/pause", header: form, body: "a=%", status: 400},
		{options: users, request: "GET /api/v1/experiments", status: 401},
		{options: users, request: "POST /login", header: form, body: "name=anna&password=wrong", status: 401},
		{options: tokens, request: "GET /api/v1/experiments", status: 401},
		{options: tokens, request: "GET /login", status: 404},
		{options: tokens, request: "GET /api/v1/experiments", header: "Authorization: Bearer wrong", status: 401},
		{options: tokens, request: "PUT /api/v1/experiments/x/pause", header: "Authorization: Bearer right", status: 403},
		{options: proxy, request: "GET /", header: "X-User: bob", status: 403},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(c.body))
		r.Host, r.RemoteAddr = cmp.Or(c.host, "localhost"), "127.0.0.1:1"
		if name, value, ok := strings.Cut(c.header, ": "); ok {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		o := dashboard.Options{Access: c.options, Log: slog.New(slog.DiscardHandler)}
		dashboard.New(sixpack.New(new(memory.Store), sixpack.Config{}), o).ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.request, c.header, w.Code, c.status, w.Body)
		}
		said := w.Body.String()
		if strings.Contains(said, "<main") {
			said, _, _ = strings.Cut(said, "<footer")
			said = texts(said)
		}
		messages[fmt.Sprintf("%d %s", w.Code, strings.TrimSpace(said))] = true
	}
	compareMessages(t, messages)
}
