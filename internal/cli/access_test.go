package cli

import (
	"bytes"
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/sixpack-go/sixpack/internal/config"
)

// passwdOf runs sixpack passwd in a process of its own.
func passwdOf(t *testing.T, typed string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), path, append([]string{"passwd"}, args...)...)
	cmd.Env = append(environment(), "USER=carol")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(typed), &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// Hashes of the password "correct horse" and of a token.
const (
	passwordHash = "$2a$04$UiLqYtTNyUDV8PTFGtkd1u0FpqdciAJeo5V0WzESmwe3oiTCN2kQ2"
	tokenHash    = "sha256:abababababababababababababababababababababababababababababababab"
)

var userLine = regexp.MustCompile(`^- \{name: "(.*)", role: (.*), hash: "(.*)"\}\n$`)

func TestPasswd(t *testing.T) {
	for _, c := range []struct {
		typed            string
		args             []string
		name, role, with string
	}{
		{"correct horse\n", []string{"anna"}, "anna", "editor", "correct horse"},
		{"ä2345678", []string{"anna"}, "anna", "editor", "ä2345678"},
		{" correct horse \r\nand more\n", []string{"--role=viewer", "anna@example.com"}, "anna@example.com", "viewer", " correct horse "},
		{"pässword\n", nil, "carol", "editor", "pässword"},
	} {
		out, errs, err := passwdOf(t, c.typed, c.args...)
		m := userLine.FindStringSubmatch(out)
		if err != nil || m == nil || m[1] != c.name || m[2] != c.role {
			t.Fatalf("%v: %q, %q", err, out, errs)
		}
		if err := bcrypt.CompareHashAndPassword([]byte(m[3]), []byte(c.with)); err != nil {
			t.Errorf("%q: %v", c.with, err)
		}
		variable := "SIXPACK_USERS='" + c.name + ":" + c.role + ":" + m[3] + "'\n"
		if !strings.Contains(errs, variable) || strings.Contains(out+errs, c.with) {
			t.Errorf("it says %q, want %q", errs, variable)
		}
		file := writeFile(t, "config.yml", "users:\n"+out)
		for _, s := range []*config.Settings{loaded(t, nil, "--config", file), loaded(t, []string{"SIXPACK_USERS=" + c.name + ":" + c.role + ":" + m[3]})} {
			if len(s.Problems) > 0 || len(s.Users) != 1 || s.Users[0].Name != c.name || s.Users[0].Hash != m[3] {
				t.Errorf("read as %v: %v", s.Users, s.Problems)
			}
		}
	}
}

func TestPasswdRefuses(t *testing.T) {
	for _, c := range []struct {
		typed string
		args  []string
		want  string
	}{
		{"", nil, "a password must have at least 8 characters"},
		{"\n", nil, "a password must have at least 8 characters"},
		{"1234567\n", nil, "a password must have at least 8 characters"},
		{strings.Repeat("a", 73), nil, "a password can have at most 72 bytes"},
		{"correct horse", []string{"--role=admin"}, `--role "admin" must be viewer or editor`},
		{"correct horse", []string{" "}, `" " is not a valid user name: use 1 to 255 bytes without control characters or spaces at the ends`},
		{"", []string{"--token", "a\nb"}, `"a\nb" is not a valid token name: use 1 to 255 bytes without control characters or spaces at the ends`},
		{"correct horse", []string{"a", "b"}, `unexpected argument "b": the usage is "sixpack passwd [NAME] [flags]" (see "sixpack help passwd")`},
	} {
		out, errs, err := passwdOf(t, c.typed, c.args...)
		if err == nil || !strings.HasSuffix(errs, "sixpack: "+c.want+"\n") || strings.Contains(out, "hash") {
			t.Errorf("%q %q: %v, %q, %q, want %q", c.typed, c.args, err, out, errs, c.want)
		}
	}
}

func TestPasswdToken(t *testing.T) {
	out, errs, err := passwdOf(t, "", "--token", "--role=viewer", "deploy")
	token, line, _ := strings.Cut(out, "\n")
	m := userLine.FindStringSubmatch(line)
	if err != nil || len(token) != 43 || m == nil || strings.Contains(errs, token) || strings.Contains(line, token) {
		t.Fatalf("%v: %q, %q", err, out, errs)
	}
	again, _, err := passwdOf(t, "", "--token", "--role=viewer", "deploy")
	if err != nil || again == out {
		t.Errorf("%v: the same token again", err)
	}
	file := writeFile(t, "config.yml", "tokens:\n"+line)
	s := startServer(t, t.TempDir(), "--config="+file)
	for sent, want := range map[string]int{token: http.StatusOK, m[3]: http.StatusUnauthorized, "": http.StatusUnauthorized} {
		r, err := http.NewRequest(http.MethodGet, s.web+"/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+sent)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _ = answer.Body.Close(); answer.StatusCode != want {
			t.Errorf("token %q: %s, want %d", sent, answer.Status, want)
		}
	}
}

// TestExposed checks that a dashboard without users does not listen to other machines.
func TestExposed(t *testing.T) {
	const want = `where other machines can reach the dashboard, but it has no users: run "sixpack passwd"`
	for _, host := range []string{"", "0.0.0.0", "::", "192.0.2.1", "example.com"} {
		for _, command := range []string{"serve", "web"} {
			folder := filepath.Join(t.TempDir(), "data")
			_, _, err := call(t, nil, command, "--port=0", "--web-port=0", "--web-host="+host, "--data-dir="+folder)
			if err == nil || !strings.Contains(err.Error(), "configuration: web_host from flag --web-host is ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%s on %q: %v", command, host, err)
			}
			if _, err := os.Stat(folder); err == nil {
				t.Errorf("%s made a folder before it looked", command)
			}
		}
		out, _, err := call(t, nil, "check-config", "--web-host="+host)
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("check-config on %q: %v\n%s", host, err, out)
		}
	}
	for _, host := range []string{"127.0.0.1", "127.1.2.3", "::1", "localhost"} {
		if err := loaded(t, nil, "--web-host="+host).CheckExposure(); err != nil {
			t.Error(err)
		}
	}
	for _, access := range []string{"SIXPACK_USERS=a:viewer:" + passwordHash, "SIXPACK_TOKENS=a:viewer:" + tokenHash, "SIXPACK_PROXY_HEADER=X-User"} {
		if err := loaded(t, []string{access, "SIXPACK_PROXY_FROM=10.0.0.1"}, "--web-host=0.0.0.0").CheckExposure(); err != nil {
			t.Error(err)
		}
	}
	// The API alone has no dashboard.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log, exited := newLogs(), make(chan struct{})
	go func() {
		defer close(exited)
		_ = run(ctx, []string{"server", "--host=127.0.0.1", "--port=0", "--web-host=0.0.0.0", "--store=memory", "--log-format=json"}, nil, io.Discard, log)
	}()
	log.wait(t, "listening", exited)
	cancel()
	<-exited
}

// TestHashesAreNotShown checks what check-config shows of users and tokens.
func TestHashesAreNotShown(t *testing.T) {
	environ := []string{"SIXPACK_USERS=anna:editor:" + passwordHash + ",bob:viewer:" + passwordHash, "SIXPACK_TOKENS=deploy:editor:" + tokenHash}
	out, _, err := call(t, environ, "check-config")
	if err != nil || !strings.Contains(out, "anna (editor), bob (viewer)\n") || !strings.Contains(out, "deploy (editor)\n") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, yaml := range []string{"users: {a: {hash: hush}}", "users: [[hush]]", "tokens: hush", "users: [{hush: 1}, 2]", "users: [{name: a, hash: hush}]"} {
		bad, _, err := call(t, environ[:1], "check-config", "--config="+writeFile(t, "config.yml", yaml))
		if strings.HasPrefix(yaml, "tokens") && err == nil {
			t.Errorf("%s is taken", yaml)
		}
		out += strings.ReplaceAll(bad, `"hush"`, "") // as the name of a field
	}
	if strings.Contains(out, "hush") || strings.Contains(out, passwordHash[10:]) || strings.Contains(out, tokenHash[10:]) {
		t.Errorf("hashes are shown:\n%s", out)
	}
}

// person is a browser.
type person struct {
	http.Client

	token string
}

func newPerson(t *testing.T) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{Client: http.Client{Jar: jar}}
}

// see reads an answer and returns the path that redirects led to.
func (p *person) see(t *testing.T, answer *http.Response, err error) (status int, path, body string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`name="_csrf_token" value="([^"]*)"`).FindSubmatch(content); m != nil {
		p.token = html.UnescapeString(string(m[1]))
	}
	return answer.StatusCode, answer.Request.URL.Path, string(content)
}

func (p *person) open(t *testing.T, address string) (status int, path, body string) {
	t.Helper()
	answer, err := p.Get(address)
	return p.see(t, answer, err)
}

func (p *person) login(t *testing.T, web, name, password string) (status int, path, body string) {
	t.Helper()
	p.open(t, web+"/login")
	answer, err := p.PostForm(web+"/login", url.Values{"_csrf_token": {p.token}, "name": {name}, "password": {password}})
	return p.see(t, answer, err)
}

// move copies a session's cookie to another port, which is part of its name.
func (p *person) move(t *testing.T, from, to string) {
	t.Helper()
	was, err := url.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	is, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Jar.Cookies(was) {
		if name, ok := strings.CutSuffix(c.Name, "_"+was.Port()); ok {
			p.Jar.SetCookies(is, []*http.Cookie{{Name: name + "_" + is.Port(), Value: c.Value, Path: is.Path}})
		}
	}
}

// TestLogin makes a password, logs in with it, and restarts the server.
func TestLogin(t *testing.T) {
	line, _, err := passwdOf(t, "correct horse\n", "anna")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file := "--config=" + writeFile(t, "config.yml", "web_prefix: /ab\napi_url: https://api.example\nusers:\n"+line)
	s := startServer(t, folder, file)
	web := s.web + "/ab"
	anna := newPerson(t)
	if status, path, _ := anna.open(t, web+"/"); status != http.StatusOK || path != "/ab/login" {
		t.Errorf("nobody in particular gets %d at %s", status, path)
	}
	if status, path, body := anna.login(t, web, "anna", "wrong horse"); status != http.StatusUnauthorized || path != "/ab/login" || !strings.Contains(body, "wrong") {
		t.Errorf("a wrong password gets %d at %s", status, path)
	}
	if status, path, body := anna.login(t, web, "anna", "correct horse"); status != http.StatusOK || path != "/ab/" || !strings.Contains(body, "anna") {
		t.Errorf("the password gets %d at %s\n%s", status, path, body)
	}
	e := s.log.wait(t, "login", s.exited)
	if e["user"] != "anna" || e["from"] != "127.0.0.1" {
		t.Errorf("the log has %v", e)
	}
	secret, err := os.ReadFile(filepath.Join(folder, "sixpack.secret"))
	if err != nil {
		t.Fatal(err)
	}
	about, err := os.Stat(filepath.Join(folder, "sixpack.secret"))
	if err != nil || about.Mode().Perm() != 0o600 || len(secret) < config.MinSecret {
		t.Errorf("the secret's file is %v: %v", about.Mode(), err)
	}
	s.stop(t)

	before := web
	s = startServer(t, folder, file)
	web = s.web + "/ab"
	anna.move(t, before, web) // tests get another port each time
	if status, path, _ := anna.open(t, web+"/"); status != http.StatusOK || path != "/ab/" {
		t.Errorf("after a restart %d at %s", status, path)
	}
	if again, err := os.ReadFile(filepath.Join(folder, "sixpack.secret")); err != nil || !bytes.Equal(again, secret) {
		t.Errorf("the secret is another one: %v", err)
	}
	answer, err := anna.PostForm(web+"/logout", url.Values{"_csrf_token": {anna.token}})
	if status, path, _ := anna.see(t, answer, err); status != http.StatusOK || path != "/ab/login" {
		t.Errorf("log out leads to %d at %s", status, path)
	}
	s.stop(t)

	if err := os.WriteFile(filepath.Join(folder, "sixpack.secret"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = call(t, nil, append(serverFlags(folder), file)...)
	if err == nil || !strings.HasSuffix(err.Error(), "has no secret of at least 16 characters: delete the file to get a random one") {
		t.Errorf("an empty secret: %v", err)
	}
}

// TestSecretOfOthers checks the warnings about a secret that others can read or that
// is not kept.
func TestSecretOfOthers(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sixpack.secret")
	if err := os.WriteFile(path, []byte("a secret that others can read\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	users := []string{"SIXPACK_USERS=anna:editor:" + passwordHash}
	s := startServerWith(t, users, folder)
	if !strings.Contains(s.log.String(), "other users of this machine can read the secret") {
		t.Errorf("the log is\n%s", s.log)
	}
	s.stop(t)
	for variable, noted := range map[string]bool{"": true, "SIXPACK_CONFIG_SECRET=<your secret key here>": true, "SIXPACK_CONFIG_SECRET=0123456789abcdef": false} {
		folder := filepath.Join(t.TempDir(), "data")
		s := startServerWith(t, append(users, variable), folder, "--store=memory")
		if strings.Contains(s.log.String(), "users have to log in again after each restart") != noted {
			t.Errorf("%q: the log is\n%s", variable, s.log)
		}
		if status, _, _ := newPerson(t).login(t, s.web, "anna", "correct horse"); status != http.StatusOK {
			t.Errorf("%q: login gets %d", variable, status)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Error("the store in memory made a folder")
		}
		s.stop(t)
	}
}

// TestWeb checks that "web" serves the dashboard and leaves the API's port alone.
func TestWeb(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log, exited := newLogs(), make(chan struct{})
	var out bytes.Buffer
	var exit error
	go func() {
		defer close(exited)
		args := []string{"web", "--port=5000", "--web-port=0", "--web-prefix=/ab/", "--data-dir=" + t.TempDir(), "--log-format=json"}
		exit = run(ctx, args, nil, &out, log)
	}()
	e := log.wait(t, "listening", exited)
	if e["api"] != nil {
		t.Errorf("listening says %v", e)
	}
	if status, path, _ := newPerson(t).open(t, "http://"+e["dashboard"].(string)+"/ab"); status != http.StatusOK || path != "/ab/" {
		t.Errorf("the dashboard answers %d at %s", status, path)
	}
	cancel()
	if <-exited; exit != nil {
		t.Error(exit)
	}
}
