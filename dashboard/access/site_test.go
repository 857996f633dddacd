package access_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/store/memory"
)

const (
	script   = `<script>alert(1)</script>`
	password = "correct horse"
)

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// notes is a log.
type notes struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (n *notes) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(b)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// newEngine returns an engine with experiments in a new store.
func newEngine(t *testing.T) *sixpack.Engine {
	t.Helper()
	e := sixpack.New(new(memory.Store), sixpack.Config{ExperimentName: regexp.MustCompile(".")})
	for _, name := range []string{"button", script, "../up", "a/b"} {
		for _, client := range []string{"alice", script} {
			if _, err := e.Participate(t.Context(), sixpack.Experiment{Name: name, Alternatives: []string{"red", "blue"}}, client); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Describe(t.Context(), name, script+` [x](javascript:alert(1)) <img src=x onerror=alert(1)>`); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// hash returns the hash of a password at bcrypt's lowest cost.
func hash(t *testing.T, password string) string {
	t.Helper()
	h, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(h)
}

// The tokens of programs.
var (
	deployToken = access.NewToken()
	reportToken = access.NewToken()
)

// everything returns options with users, tokens and a proxy.
func everything(t *testing.T) access.Options {
	t.Helper()
	h := hash(t, password)
	return access.Options{
		Users: []access.User{
			{Name: "edith", Hash: h, Role: access.Editor},
			{Name: "victor", Hash: h, Role: access.Viewer},
			{Name: "sso-editor", Role: access.Editor},
		},
		Tokens: []access.Token{
			{Name: "deploy", Hash: access.HashToken(deployToken), Role: access.Editor},
			{Name: "report", Hash: access.HashToken(reportToken), Role: access.Viewer},
		},
		Proxy:  access.Proxy{Header: "X-Forwarded-User", From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Role: access.Viewer},
		Secret: []byte("a secret of this test that is long"),
	}
}

// peer is the header in which a test sends the address that the request is to come from.
const peer = "X-Test-Peer"

// site is a running dashboard.
type site struct {
	url   string // with the prefix
	log   *notes
	clock *clock
}

func newSite(t *testing.T, engine *sixpack.Engine, options access.Options, prefix string) *site {
	t.Helper()
	s := &site{log: new(notes), clock: newClock()}
	h := dashboard.New(engine, dashboard.Options{
		Prefix: prefix, Access: options, Now: s.clock.Now, Log: slog.New(slog.NewTextHandler(s.log, nil)),
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if address := r.Header.Get(peer); address != "" {
			r.RemoteAddr = address
		}
		r.Header.Del(peer)
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL + prefix
	return s
}

// answer is a response with its body.
type answer struct {
	*http.Response

	body string
}

// send sends a request, and follows no redirect.
func send(t *testing.T, r *http.Request) answer {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, string(body)}
}

func (a answer) cookie(name string) *http.Cookie {
	for _, c := range a.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// sessionCookie returns the name of the session cookie.
func (s *site) sessionCookie() string {
	u, _ := url.Parse(s.url)
	return "sixpack_session_" + u.Port()
}

// browser keeps cookies and the form token of the last page.
type browser struct {
	site    *site
	header  http.Header // sent with each request
	cookies map[string]string
	token   string
}

func (s *site) browser(headers ...string) *browser {
	b := &browser{site: s, header: make(http.Header), cookies: make(map[string]string)}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		b.header.Add(name, value)
	}
	return b
}

func (b *browser) do(t *testing.T, method, path string, form url.Values) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, b.site.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = b.header.Clone()
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	a := send(t, r)
	for _, c := range a.Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	if m := regexp.MustCompile(`<meta name="csrf-token" content="([^"]*)">`).FindStringSubmatch(a.body); m != nil {
		b.token = html.UnescapeString(m[1])
	}
	return a
}

func (b *browser) get(t *testing.T, path string) answer {
	t.Helper()
	return b.do(t, http.MethodGet, path, nil)
}

// post sends a form with the token of the last page.
func (b *browser) post(t *testing.T, path string, fields ...string) answer {
	t.Helper()
	form := url.Values{"_csrf_token": {b.token}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.do(t, http.MethodPost, path, form)
}

// movesTo returns the browser with its session at a restarted site, which has
// another port.
func (b *browser) movesTo(s *site) *browser {
	moved := *b
	moved.site, moved.cookies = s, maps.Clone(b.cookies)
	moved.cookies[s.sessionCookie()] = b.cookies[b.site.sessionCookie()]
	return &moved
}

// login logs in, and opens a page.
func (s *site) login(t *testing.T, name string) *browser {
	t.Helper()
	b := s.browser()
	b.get(t, "/login")
	if a := b.post(t, "/login", "name", name, "password", password); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("login of %s: %s\n%s", name, a.Status, a.body)
	}
	if a := b.get(t, "/"); a.StatusCode != http.StatusOK {
		t.Fatalf("%s gets %s", name, a.Status)
	}
	return b
}

// cookieHeader returns the browser's cookies as it sends them.
func (b *browser) cookieHeader() string {
	var all []string
	for name, value := range b.cookies {
		all = append(all, fmt.Sprintf("%s=%s", name, value))
	}
	return strings.Join(all, "; ")
}
