package access_test

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/dashboard/access"
)

// isIn reports whether a browser gets the first page.
func isIn(t *testing.T, b *browser) bool {
	t.Helper()
	switch a := b.get(t, "/"); {
	case a.StatusCode == http.StatusOK:
		return true
	case a.StatusCode == http.StatusSeeOther && strings.HasSuffix(a.Header.Get("Location"), "/login"):
		return false
	default:
		t.Fatalf("%s, to %q", a.Status, a.Header.Get("Location"))
		return false
	}
}

// TestSessionsOfOneHost logs in to two dashboards whose addresses differ only in the
// port, so that a browser sends both the same cookies.
func TestSessionsOfOneHost(t *testing.T) {
	options := everything(t)
	options.Secret = []byte("the secret of another dashboard, as long")
	here, there := newSite(t, newEngine(t), everything(t), ""), newSite(t, newEngine(t), options, "")
	b := here.login(t, "edith")
	other := *b
	other.site = there
	other.get(t, "/login")
	if a := other.post(t, "/login", "name", "edith", "password", password); a.StatusCode != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	if !isIn(t, b) || !isIn(t, &other) {
		t.Error("who logs in to one is out of the other")
	}
}

func TestSessionEndsWhenIdle(t *testing.T) {
	s := newSite(t, newEngine(t), everything(t), "")
	b := s.login(t, "edith")
	s.clock.pass(12*time.Hour - time.Second)
	copied := *b
	copied.cookies = map[string]string{s.sessionCookie(): b.cookies[s.sessionCookie()]}
	if !isIn(t, b) {
		t.Fatal("it ended before 12 hours")
	}
	s.clock.pass(time.Second)
	if !isIn(t, b) {
		t.Error("using it does not renew it")
	}
	if isIn(t, &copied) {
		t.Error("a cookie of 12 hours ago lets one in")
	}
}

func TestSessionEndsAtLast(t *testing.T) {
	s := newSite(t, newEngine(t), everything(t), "")
	b := s.login(t, "edith")
	for range 7*24 - 1 {
		if s.clock.pass(time.Hour); !isIn(t, b) {
			t.Fatal("it ended before 7 days")
		}
	}
	a := b.get(t, "/")
	if a.cookie(s.sessionCookie()) != nil {
		t.Error("there is a new cookie for each page")
	}
	s.clock.pass(time.Hour - time.Second)
	if a := b.get(t, "/"); a.cookie(s.sessionCookie()) == nil || a.cookie(s.sessionCookie()).MaxAge != 1 {
		t.Errorf("a second before its end the cookie is %v", a.cookie(s.sessionCookie()))
	}
	s.clock.pass(time.Second)
	if isIn(t, b) {
		t.Error("it lasts longer than 7 days")
	}
}

// TestSessionsOfAnotherStart checks whose sessions survive a restart with another
// configuration.
func TestSessionsOfAnotherStart(t *testing.T) {
	engine := newEngine(t)
	options := everything(t)
	first := newSite(t, engine, options, "")
	b := first.login(t, "edith")
	for name, c := range map[string]struct {
		change func(*access.Options)
		want   bool
	}{
		"same":             {func(*access.Options) {}, true},
		"removed":          {func(a *access.Options) { a.Users = a.Users[1:] }, false},
		"another password": {func(a *access.Options) { a.Users[0].Hash = hash(t, "another one") }, false},
		"same again":       {func(a *access.Options) { a.Users[0].Hash = hash(t, password) }, false},
		"no password":      {func(a *access.Options) { a.Users[0].Hash = "" }, false},
		"another secret":   {func(a *access.Options) { a.Secret = []byte("another secret of this test") }, false},
		"no secret":        {func(a *access.Options) { a.Secret = nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			changed := options
			changed.Users = append([]access.User(nil), options.Users...)
			c.change(&changed)
			if got := isIn(t, b.movesTo(newSite(t, engine, changed, ""))); got != c.want {
				t.Errorf("is in: %v, want %v", got, c.want)
			}
		})
	}
	options.Users[0].Role = access.Viewer
	if a := b.movesTo(newSite(t, engine, options, "")).post(t, "/experiments/button/pause"); a.StatusCode != http.StatusForbidden {
		t.Errorf("one who is a viewer now gets %s", a.Status)
	}
}

func TestLogout(t *testing.T) {
	s := newSite(t, newEngine(t), everything(t), "")
	b := s.login(t, "edith")
	stolen := s.browser("Cookie: " + b.cookieHeader())
	other := s.login(t, "edith")
	a := b.post(t, "/logout")
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/login" || a.cookie(s.sessionCookie()).MaxAge >= 0 {
		t.Errorf("%s, to %q, with %v", a.Status, a.Header.Get("Location"), a.Cookies())
	}
	if isIn(t, b) || isIn(t, stolen) {
		t.Error("the session goes on")
	}
	if !isIn(t, other) {
		t.Error("another session ended as well")
	}
	if log := s.log.String(); !strings.Contains(log, "msg=logout user=edith") {
		t.Errorf("the log is\n%s", log)
	}
}

func TestCookies(t *testing.T) {
	proxy := everything(t)
	for name, c := range map[string]struct {
		prefix  string
		headers []string
		secure  bool
		path    string
	}{
		"plain":                   {"", nil, false, "/"},
		"below a prefix":          {"/ab", nil, false, "/ab"},
		"behind TLS":              {"", []string{peer + ": 10.0.0.1:1", "X-Forwarded-Proto: https"}, true, "/"},
		"TLS that is thought up":  {"", []string{"X-Forwarded-Proto: https"}, false, "/"},
		"TLS to the first of two": {"", []string{peer + ": 10.0.0.1:1", "X-Forwarded-Proto: https, http"}, false, "/"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, newEngine(t), proxy, c.prefix)
			b := s.browser(c.headers...)
			visit := b.get(t, "/login").cookie("sixpack_visit")
			session := b.post(t, "/login", "name", "edith", "password", password).cookie(s.sessionCookie())
			for _, cookie := range []*http.Cookie{visit, session} {
				if cookie == nil {
					t.Fatal("no cookie")
				}
				if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Secure != c.secure || cookie.Path != c.path || cookie.Domain != "" {
					t.Errorf("cookie is %v", cookie)
				}
			}
			if session.MaxAge != 12*60*60 {
				t.Errorf("session is %v", session)
			}
		})
	}
}

func TestLogin(t *testing.T) {
	s := newSite(t, newEngine(t), everything(t), "")
	var pages []string
	for _, c := range [][2]string{
		{"edith", "wrong password"},
		{"nobody", password},
		{"nobody", "wrong"},
		{"sso-editor", password},
		{"sso-editor", ""},
		{"edith", ""},
		{"", ""},
		{"Edith", password},
		{"edith ", password},
	} {
		b := s.browser(peer + ": 192.0.2." + strconv.Itoa(len(pages)+1) + ":1")
		b.get(t, "/login?next=/paused")
		a := b.post(t, "/login", "name", c[0], "password", c[1], "next", "/paused")
		if a.StatusCode != http.StatusUnauthorized || a.cookie(s.sessionCookie()) != nil || !strings.Contains(a.body, `value="/paused"`) {
			t.Errorf("%q: %s\n%s", c, a.Status, a.body)
		}
		_, form, _ := strings.Cut(a.body, `role="alert"`)
		form, _, _ = strings.Cut(form, "<form")
		pages = append(pages, form)
	}
	for i, page := range pages {
		if page != pages[0] || !strings.Contains(page, "name or the password is wrong") {
			t.Errorf("answer %d differs: %s", i, page)
		}
	}
	b := s.browser()
	b.get(t, "/login?next=/paused")
	if a := b.post(t, "/login", "name", "edith", "password", password, "next", "/paused"); a.Header.Get("Location") != "/paused" {
		t.Errorf("%s, to %q", a.Status, a.Header.Get("Location"))
	}
	log := s.log.String()
	if strings.Count(log, `msg="login failed" from=192.0.2.`) != len(pages) || !strings.Contains(log, "msg=login user=edith role=editor from=127.0.0.1") {
		t.Errorf("the log is\n%s", log)
	}
	if strings.Contains(log, password) || strings.Contains(log, "wrong password") {
		t.Error("a password is in the log")
	}
}

// TestNext checks that a login leads only to pages of the dashboard.
func TestNext(t *testing.T) {
	options := everything(t)
	plain, below := newSite(t, newEngine(t), options, ""), newSite(t, newEngine(t), options, "/ab")
	for _, c := range []struct {
		site       *site
		next, want string
	}{
		{plain, "", "/"},
		{plain, "/", "/"},
		{plain, "/paused", "/paused"},
		{plain, "/experiments/a%2Fb/?kpi=x&y=%0a#z", "/experiments/a%2Fb/?kpi=x&y=%0a"},
		{plain, "//evil.example", "/"},
		{plain, "//evil.example/paused", "/"},
		{plain, "///evil.example", "/"},
		{plain, "/\\evil.example", "/"},
		{plain, "\\\\evil.example", "/"},
		{plain, "/%5cevil.example", "/"},
		{plain, "/%2fevil.example", "/"},
		{plain, "/\t/evil.example", "/"},
		{plain, "/%09/evil.example", "/"},
		{plain, "\t//evil.example", "/"},
		{plain, " //evil.example", "/"},
		{plain, "/\n/evil.example", "/"},
		{plain, "https://evil.example", "/"},
		{plain, "https://evil.example/paused", "/"},
		{plain, "https:evil.example", "/"},
		{plain, "https:/evil.example", "/"},
		{plain, "javascript:alert(1)", "/"},
		{plain, "evil.example", "/"},
		{plain, "?x", "/"},
		{plain, "/./paused", "/"},
		{plain, "/x/..//evil.example", "/"},
		{plain, "/..//evil.example", "/"},
		{plain, "/%2e%2e//evil.example", "/"},
		{plain, "/%zz", "/"},
		{plain, "/a:b@evil.example", "/a:b@evil.example"},
		{below, "/ab/paused", "/ab/paused"},
		{below, "/paused", "/ab/"},
		{below, "/abc/paused", "/ab/"},
		{below, "/ab/../paused", "/ab/"},
		{below, "/ab/%2e%2e/paused", "/ab/"},
		{below, "/ab/.%2E/paused", "/ab/"},
		{below, "/ab", "/ab/"},
	} {
		b := c.site.browser()
		b.get(t, "/login")
		if a := b.post(t, "/login", "name", "edith", "password", password, "next", c.next); a.Header.Get("Location") != c.want {
			t.Errorf("next %q: %s, to %q, want %q", c.next, a.Status, a.Header.Get("Location"), c.want)
		}
	}
}

// TestLoginLimits checks that failed logins are limited.
func TestLoginLimits(t *testing.T) {
	s := newSite(t, newEngine(t), everything(t), "")
	attempt := func(address, name, with string) answer {
		b := s.browser(peer + ": " + address)
		b.get(t, "/login")
		return b.post(t, "/login", "name", name, "password", with)
	}
	refused := func(a answer, seconds string) bool {
		return a.StatusCode == http.StatusTooManyRequests && a.Header.Get("Retry-After") == seconds &&
			strings.Contains(a.body, "Try again in "+seconds+" seconds")
	}
	for i := range 10 {
		if a := attempt("192.0.2."+strconv.Itoa(i)+":1", "victor", "guess"); a.StatusCode != http.StatusUnauthorized {
			t.Fatalf("guess %d for a name: %s", i, a.Status)
		}
	}
	if a := attempt("198.51.100.1:1", "victor", password); !refused(a, "30") {
		t.Errorf("11th guess for a name: %s after %s\n%s", a.Status, a.Header.Get("Retry-After"), a.body)
	}
	if a := attempt("198.51.100.2:1", "edith", password); a.StatusCode != http.StatusSeeOther {
		t.Errorf("another name: %s", a.Status)
	}
	s.clock.pass(30 * time.Second)
	if a := attempt("198.51.100.1:1", "victor", password); a.StatusCode != http.StatusSeeOther {
		t.Errorf("30 seconds later: %s", a.Status)
	}
	for i := range 20 {
		if a := attempt("[2001:db8::"+strconv.Itoa(i+1)+"]:1", "name "+strconv.Itoa(i), "guess"); a.StatusCode != http.StatusUnauthorized {
			t.Fatalf("guess %d from a network: %s", i, a.Status)
		}
	}
	if a := attempt("[2001:db8::ffff]:1", "edith", password); !refused(a, "10") {
		t.Errorf("21st guess from a network: %s after %s", a.Status, a.Header.Get("Retry-After"))
	}
	if a := attempt("[2001:db8:0:1::1]:1", "edith", password); a.StatusCode != http.StatusSeeOther {
		t.Errorf("another network: %s", a.Status)
	}
	if log := s.log.String(); !strings.Contains(log, `msg="too many failed logins" from=2001:db8::ffff`) {
		t.Errorf("the log is\n%s", log)
	}
}

// TestLoginsThatSucceed checks that successful logins do not count against the limits.
func TestLoginsThatSucceed(t *testing.T) {
	s := newSite(t, newEngine(t), everything(t), "")
	for range 30 {
		s.login(t, "edith")
	}
}

// TestAddresses checks which address an attempt counts for, behind proxies.
func TestAddresses(t *testing.T) {
	fromList := everything(t)
	only := everything(t)
	only.Proxy = access.Proxy{FromAnywhere: true}
	for name, c := range map[string]struct {
		options access.Options
		headers []string
		want    string
	}{
		"no proxy":                 {fromList, []string{peer + ": 192.0.2.1:1", "X-Forwarded-For: 198.51.100.1"}, "192.0.2.1"},
		"a proxy":                  {fromList, []string{peer + ": 10.0.0.1:1", "X-Forwarded-For: 198.51.100.1"}, "198.51.100.1"},
		"a proxy in IPv6's form":   {fromList, []string{peer + ": [::ffff:10.0.0.1]:1", "X-Forwarded-For: 198.51.100.1"}, "198.51.100.1"},
		"a forged one before it":   {fromList, []string{peer + ": 10.0.0.1:1", "X-Forwarded-For: 203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		"a forged one in its own":  {fromList, []string{peer + ": 10.0.0.1:1", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 198.51.100.1"}, "198.51.100.1"},
		"two proxies":              {fromList, []string{peer + ": 10.0.0.1:1", "X-Forwarded-For: 203.0.113.9, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		"nonsense":                 {fromList, []string{peer + ": 10.0.0.1:1", "X-Forwarded-For: unknown"}, "10.0.0.1"},
		"nothing":                  {fromList, []string{peer + ": 10.0.0.1:1"}, "10.0.0.1"},
		"with a port":              {fromList, []string{peer + ": 10.0.0.1:1", "X-Forwarded-For: [2001:db8::1]:80"}, "2001:db8::1"},
		"the only way":             {only, []string{peer + ": 192.0.2.1:1", "X-Forwarded-For: 203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		"the only way, no headers": {only, []string{peer + ": 192.0.2.1:1"}, "192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, newEngine(t), c.options, "")
			b := s.browser(c.headers...)
			b.get(t, "/login")
			b.post(t, "/login", "name", "edith", "password", password)
			if want := "role=editor from=" + c.want + "\n"; !strings.Contains(s.log.String(), want) {
				t.Errorf("want %s, the log is\n%s", want, s.log)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	good := everything(t)
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	h := good.Users[0].Hash
	for want, a := range map[string]access.Options{
		`"" is not a valid user name: use 1 to 255 bytes without control characters or spaces at the ends`:    {Users: []access.User{{Hash: h, Role: access.Viewer}}},
		`"a\n" is not a valid user name: use 1 to 255 bytes without control characters or spaces at the ends`: {Users: []access.User{{Name: "a\n", Hash: h, Role: access.Viewer}}},
		"the role of user a must be viewer or editor":                                                         {Users: []access.User{{Name: "a", Hash: h, Role: "admin"}}},
		"the role of user b must be viewer or editor":                                                         {Users: []access.User{{Name: "b", Hash: h}}},
		`the hash of user a is invalid: create it with "sixpack passwd"`:                                      {Users: []access.User{{Name: "a", Hash: "secret", Role: access.Viewer}}},
		`the hash of user b is invalid: create it with "sixpack passwd"`:                                      {Users: []access.User{{Name: "b", Role: access.Viewer}}},
		"user a is configured twice":                                                                          {Users: []access.User{{Name: "a", Hash: h, Role: access.Viewer}, {Name: "a", Hash: h, Role: access.Editor}}},
		"the role of token a must be viewer or editor":                                                        {Tokens: []access.Token{{Name: "a", Hash: access.HashToken("x")}}},
		`the hash of token a is invalid: create it with "sixpack passwd --token"`:                             {Tokens: []access.Token{{Name: "a", Hash: "x", Role: access.Viewer}}},
		"the proxy's addresses are missing; its header is trusted only from them":                             {Proxy: access.Proxy{Header: "X-User"}},
	} {
		if err := a.Check(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestBrokenAccess tests that options with mistakes, which Check finds, give no access.
func TestBrokenAccess(t *testing.T) {
	h := hash(t, password)
	everywhere := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for name, a := range map[string]access.Options{
		"role":        {Users: []access.User{{Name: "edith", Hash: h, Role: "admin"}}},
		"no role":     {Users: []access.User{{Name: "edith", Hash: h}}},
		"hash":        {Users: []access.User{{Name: "edith", Hash: password, Role: access.Editor}}},
		"no hash":     {Users: []access.User{{Name: "edith", Role: access.Editor}}},
		"proxy":       {Proxy: access.Proxy{Header: "X-User", Role: access.Editor}},
		"proxy, role": {Proxy: access.Proxy{Header: "X-User", From: everywhere, Role: "admin"}},
		"no role by":  {Proxy: access.Proxy{Header: "X-User", From: everywhere}},
		"token":       {Tokens: []access.Token{{Name: "x", Hash: "", Role: access.Editor}}},
	} {
		b := newSite(t, newEngine(t), a, "").browser("X-User: edith")
		b.get(t, "/login")
		b.post(t, "/login", "name", "edith", "password", password)
		if got := b.get(t, "/").StatusCode; got == http.StatusOK {
			t.Errorf("%s: has access", name)
		}
		if got := b.post(t, "/experiments/button/pause").StatusCode; got < 303 || got == 303 && len(a.Users) == 0 {
			t.Errorf("%s: a change gets %d", name, got)
		}
	}
}

func TestHashPassword(t *testing.T) {
	for password, good := range map[string]bool{"": false, "1234567": false, "ä234567": false, strings.Repeat("a", 72): true, strings.Repeat("a", 73): false} {
		h, err := access.HashPassword(password)
		if (err == nil) != good || strings.ContainsAny(h, ":,") {
			t.Errorf("%q: %s, %v", password, h, err)
		}
	}
}
