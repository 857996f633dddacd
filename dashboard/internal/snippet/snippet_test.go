package snippet_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/dashboard/internal/snippet"
)

// hard are names that each language quotes in another way.
var hard = []string{`it's`, `say "x"`, `back\slash\`, "two\nlines", "$HOME `id` #{x} %s {{x}}", "</script><b>", "ünï", `'); DROP`}

// code returns the snippet in a language, for an experiment whose alternatives have
// hard names.
func code(t *testing.T, experiment, kpi, language string) string {
	t.Helper()
	call := snippet.Call{API: "http://127.0.0.1:5000", Experiment: experiment, Alternatives: hard, KPI: kpi}
	for _, s := range call.All() {
		if s.ID == language {
			return s.Code
		}
	}
	t.Fatal("no snippet in", language)
	return ""
}

func TestCurlSnippet(t *testing.T) {
	t.Parallel()
	for _, name := range hard {
		text := code(t, name, "ka'ching", "curl")
		command := exec.CommandContext(t.Context(), "sh", "-c", `curl() { printf '%s\n' "$@"; }`+"\n"+text)
		out, err := command.Output()
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if len(lines) != 2 {
			t.Fatalf("curl gets %q", lines)
		}
		participate, convert := parsed(t, lines[0]), parsed(t, lines[1])
		if participate.Path != "/participate" || participate.Query().Get("experiment") != name || !slices.Equal(participate.Query()["alternatives"], hard) {
			t.Errorf("participate: %v", participate.Query())
		}
		if convert.Path != "/convert" || convert.Query().Get("experiment") != name || convert.Query().Get("kpi") != "ka'ching" {
			t.Errorf("convert: %v", convert.Query())
		}
	}
}

func parsed(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestGoSnippet parses the snippet as Go.
func TestGoSnippet(t *testing.T) {
	t.Parallel()
	for _, name := range hard {
		text := code(t, name, "", "go")
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() error {\n"+text+"return err\n}\n", 0)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		var literals []string
		ast.Inspect(file, func(n ast.Node) bool {
			if l, is := n.(*ast.BasicLit); is && l.Kind == token.STRING {
				s, err := strconv.Unquote(l.Value)
				if err != nil {
					t.Error(err)
				}
				literals = append(literals, s)
			}
			return true
		})
		want := append(append([]string{"http://127.0.0.1:5000", name}, hard...), "", name)
		if !slices.Equal(literals, want) {
			t.Errorf("the snippet has the strings %q, not %q", literals, want)
		}
	}
}

// TestQuotes checks the literals of each language.
func TestQuotes(t *testing.T) {
	t.Parallel()
	double := `"it's", "say \"x\"", "back\\slash\\", "two\nlines", "$HOME ` + "`id`" + ` #{x} %s {{x}}", "\u003c/script\u003e\u003cb\u003e", "ünï", "'); DROP"`
	single := `'it\'s', 'say "x"', 'back\\slash\\', 'two` + "\n" + `lines', '$HOME ` + "`id`" + ` #{x} %s {{x}}', '</script><b>', 'ünï', '\'); DROP'`
	for language, want := range map[string][]string{
		"js":     {`session.participate("x", [` + double + `], (err, res)`, `session.convert("x", "ka'ching", (err)`},
		"python": {`session.participate("x", [` + double + `])`, `session.convert("x", "ka'ching")`},
		"ruby":   {`session.participate('x', [` + single + `])`, `session.convert('x', 'ka\'ching')`},
		"php":    {`$session->participate('x', [` + single + `])`, `$session->convert('x', 'ka\'ching')`},
	} {
		got := code(t, "x", "ka'ching", language)
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s lacks %s:\n%s", language, part, got)
			}
		}
	}
}

// TestQuickstart checks that the quick start shows the same code.
func TestQuickstart(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../../docs/quickstart.md")
	if err != nil {
		t.Fatal(err)
	}
	alike := strings.NewReplacer("'", `"`) // the guide has no quotes to escape
	text := alike.Replace(string(guide))
	call := snippet.Call{API: "http://127.0.0.1:5000", Experiment: "button", Alternatives: []string{"red", "blue"}}
	for _, s := range call.All() {
		for _, part := range []string{s.Install, s.Code} {
			if !strings.Contains(text, alike.Replace(part)) {
				t.Errorf("docs/quickstart.md does not show\n%s", part)
			}
		}
	}
}

// TestPreview checks what the JavaScript client decodes.
func TestPreview(t *testing.T) {
	t.Parallel()
	for alternative, want := range map[string]string{
		"red & blue": "?sixpack-force-buy%20button=red%20%26%20blue", "a+b": "?sixpack-force-buy%20button=a%2Bb",
	} {
		if got := snippet.Preview("buy button", alternative); got != want {
			t.Errorf("%q: %s, want %s", alternative, got, want)
		}
	}
}
