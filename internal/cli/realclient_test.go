package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// clientStep is what one call of the npm package sixpack-client came to.
type clientStep struct {
	Name   string
	Error  string
	Result struct {
		Status      string
		Message     string
		Alternative struct{ Name string }
		ClientID    string `json:"client_id"`
	}
}

// TestRealClient lets the JavaScript client, unchanged, take part and convert
// against the binary, and stops the binary under it.
func TestRealClient(t *testing.T) {
	need(t, "node", "npm")
	folder := t.TempDir()
	script, err := os.ReadFile(filepath.Join("testdata", "client", "session.js"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "session.js"), script, 0o600); err != nil {
		t.Fatal(err)
	}
	install := exec.CommandContext(t.Context(), "npm", "install", "--no-save", "--no-audit", "--no-fund", "sixpack-client@2.1.0")
	install.Dir = folder
	if out, err := install.CombinedOutput(); err != nil {
		if os.Getenv("SIXPACK_CI") != "" {
			t.Fatalf("npm install: %v\n%s", err, out)
		}
		t.Skipf("npm install: %v", err)
	}

	server := startServer(t, t.TempDir())
	up := runClient(t, folder, server.url, "up")
	want := map[string]clientStep{}
	say := func(name, status, alternative, message string) {
		s := clientStep{Name: name}
		s.Result.Status, s.Result.Alternative.Name, s.Result.Message = status, alternative, message
		want[name] = s
	}
	say("participate", "ok", "not-trolled", "")
	say("again", "ok", "not-trolled", "")
	say("force", "ok", "trolled", "")
	say("traffic", "ok", "trolled", "")
	say("traffic convert", "failed", "", "this client was not participating")
	say("spaces", "ok", up["spaces"].Result.Alternative.Name, "")
	say("robot", "ok", "trolled", "")
	say("prefetch", "ok", up["prefetched"].Result.Alternative.Name, "")
	say("prefetch convert", "failed", "", "this client was not participating")
	say("prefetched", "ok", up["prefetch"].Result.Alternative.Name, "")
	say("convert", "ok", "not-trolled", "")
	say("convert again", "ok", "not-trolled", "")
	say("convert kpi", "ok", "not-trolled", "")
	say("convert stranger", "failed", "", "this client was not participating")
	compare(t, up, want)
	runQuickstart(t, folder, server.url)

	server.stop(t)
	down := runClient(t, folder, server.url, "down")
	clear(want)
	say("participate", "failed", "trolled", "")
	say("convert", "failed", "", "")
	compare(t, down, want)
}

// runQuickstart runs the JavaScript code of the quick start. Its two calls run at the same
// time, so that the conversion counts the second time at the latest.
func runQuickstart(t *testing.T, folder, url string) {
	t.Helper()
	guide, err := os.ReadFile("../../docs/quickstart.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("(?s)```js\n(const sixpack.*?)```").FindSubmatch(guide)
	if code == nil {
		t.Fatal("the quick start has no code for Node.js")
	}
	script := "const clientID = 'anna', show = console.log;\n" + strings.ReplaceAll(string(code[1]), "http://127.0.0.1:5000", url)
	for range 2 {
		cmd := exec.CommandContext(t.Context(), "node", "-e", script)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "blue\n" {
			t.Errorf("the quick start prints %q, %v", out, err)
		}
	}
	if _, body := get(t, url+"/experiments/button"); !strings.Contains(body, `"total_participants":1,"total_conversions":1,`) {
		t.Errorf("after the quick start: %s", body)
	}
}

// runClient runs the script and returns its steps by name.
func runClient(t *testing.T, folder, url, state string) map[string]clientStep {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "session.js", url, state)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("node session.js: %v\n%s", err, out)
	}
	steps := make(map[string]clientStep)
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var s clientStep
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		steps[s.Name] = s
	}
	return steps
}

func compare(t *testing.T, got, want map[string]clientStep) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d steps, want %d", len(got), len(want))
	}
	for name, w := range want {
		g := got[name]
		g.Result.ClientID = ""
		if g != w {
			t.Errorf("%s: got %+v, want %+v", name, g, w)
		}
	}
}
