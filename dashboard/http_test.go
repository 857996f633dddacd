package dashboard_test

import (
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
)

// reply is the answer to a request.
type reply struct {
	status   int
	header   http.Header
	location string // of a redirect, without the server's own address
	body     string
}

// client sends requests to a server, and keeps its cookies.
type client struct {
	http.Client

	server string
	header http.Header // sent with each request
}

// browse starts a server and returns a client that follows no redirects.
func browse(tb testing.TB, handler http.Handler) *client {
	tb.Helper()
	server := httptest.NewServer(handler)
	tb.Cleanup(server.Close)
	return visit(tb, server.URL)
}

// visit returns a client of a server, with no cookies yet.
func visit(tb testing.TB, server string) *client {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{http.Client{Jar: jar, CheckRedirect: stay}, server, nil}
}

// send sends a request, with a form if there is a body.
func (b *client) send(tb testing.TB, method, target, body string) reply {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), method, b.server+target, strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	maps.Copy(r.Header, b.header)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w, err := b.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		tb.Fatal(err)
	}
	a := reply{status: w.StatusCode, header: w.Header, body: string(text)}
	if to, err := w.Location(); err == nil {
		a.location = strings.TrimPrefix(to.String(), b.server)
	}
	return a
}

func (b *client) get(tb testing.TB, target string) reply {
	tb.Helper()
	return b.send(tb, http.MethodGet, target, "")
}

// formToken returns the token of forms on a page.
func (b *client) formToken(tb testing.TB, target string) string {
	tb.Helper()
	_, after, ok := strings.Cut(b.get(tb, target).body, `<meta name="csrf-token" content="`)
	token, _, _ := strings.Cut(after, `"`)
	if !ok || token == "" {
		tb.Fatalf("%s has no form token", target)
	}
	return html.UnescapeString(token)
}
