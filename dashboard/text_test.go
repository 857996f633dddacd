package dashboard_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// between returns what is between two parts of a text.
func between(tb testing.TB, text, from, to string) string {
	tb.Helper()
	_, rest, found := strings.Cut(text, from)
	inside, _, ended := strings.Cut(rest, to)
	if !found || !ended {
		tb.Fatalf("nothing between %q and %q", from, to)
	}
	return inside
}

func TestDescriptionIsSafeMarkdown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ description, html string }{
		{"*Why*: **because**", "<p><em>Why</em>: <strong>because</strong></p>"},
		{"# Why\n\n- one\n- two", "<h3>Why</h3>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>"},
		{"[x](https://example.com/?a=1&b=2)", `<p><a href="https://example.com/?a=1&amp;b=2" rel="nofollow noopener" target="_blank">x</a></p>`},
		{"[x](/experiments/y/)", `<p><a href="/experiments/y/" rel="nofollow">x</a></p>`},
		{"[x](javascript:alert(1))", "<p>x</p>"},
		{"[x](JaVaScRiPt:alert(1))", "<p>x</p>"},
		{"[x](data:text/html;base64,PHNjcmlwdD4=)", "<p>x</p>"},
		{"[x](vbscript:x)", "<p>x</p>"},
		{"<javascript:alert(1)>", "<p>javascript:alert(1)</p>"},
		{"a <script>alert(1)</script> b", "<p>a alert(1) b</p>"},
		{"<script>alert(1)</script>", ""},
		{`<b onclick="alert(1)">x</b>`, "<p>x</p>"},
		{`<a href="x" onclick="alert(1)" style="color:red">x</a>`, "<p>x</p>"},
		{"![x](https://example.com/x.png)", "<p></p>"},
		{`<img src="https://example.com/x.png" onerror="alert(1)">`, ""},
		{"<iframe src=//example.com></iframe>", ""},
		{"<style>*{display:none}</style>", ""},
		{"<form action=/experiments/x/delete/><button>x</button></form>", ""},
		{"a | b\n--|--:\n1 | 2", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>"},
		{"`<b>`", "<p><code>&lt;b&gt;</code></p>"},
	} {
		i := sample("x", 1, arm{"a", 10, 1}, arm{"b", 10, 1})
		i.Record.Description = c.description
		text := page(t, serve(t, filled(t, i))+"/experiments/x/")
		if c.html == "" && !strings.Contains(text, "about-title") {
			continue
		}
		got := strings.TrimSpace(between(t, text, `id="about-title">Description</h2>`, "</section>"))
		if got != c.html {
			t.Errorf("%q becomes\n%s\nnot\n%s", c.description, got, c.html)
		}
	}
}

// hard are names that no language quotes alike.
var hard = []string{`it's`, `say "x"`, `back\slash\`, "two\nlines", "$HOME `id` #{x} %s {{x}}", "</script><b>", "ünï", `'); DROP`}

// code returns the snippet of a language.
func code(tb testing.TB, i store.Import, query, language string) string {
	tb.Helper()
	text := page(tb, serve(tb, filled(tb, i))+"/experiments/"+url.PathEscape(i.Record.Name)+"/"+query)
	panel := between(tb, text, `<div class="panel in-`+language+`">`, "</div>")
	return html.UnescapeString(between(tb, panel, `tabindex="0"><code>`, "</code></pre>"))
}

// hardExperiment has a hard name, and all of them as alternatives.
func hardExperiment(name string) store.Import {
	arms := make([]arm, len(hard))
	for i, h := range hard {
		arms[i] = arm{h, 10, 1}
	}
	i := valued(sample(name, 1, arms...), "ka'ching", 1e6)
	return i
}

func TestCurlSnippet(t *testing.T) {
	t.Parallel()
	for _, name := range hard {
		snippet := code(t, hardExperiment(name), "?kpi=ka%27ching", "curl")
		command := exec.CommandContext(t.Context(), "sh", "-c", `curl() { printf '%s\n' "$@"; }`+"\n"+snippet)
		out, err := command.Output()
		if err != nil {
			t.Fatalf("%s: %v", snippet, err)
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

// TestGoSnippet reads the snippet as Go does.
func TestGoSnippet(t *testing.T) {
	t.Parallel()
	for _, name := range hard {
		snippet := code(t, hardExperiment(name), "", "go")
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() error {\n"+snippet+"return err\n}\n", 0)
		if err != nil {
			t.Fatalf("%v in\n%s", err, snippet)
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

// TestQuotes has the literals that each language reads as the names they are.
func TestQuotes(t *testing.T) {
	t.Parallel()
	i := hardExperiment("x")
	double := `"it's", "say \"x\"", "back\\slash\\", "two\nlines", "$HOME ` + "`id`" + ` #{x} %s {{x}}", "\u003c/script\u003e\u003cb\u003e", "ünï", "'); DROP"`
	single := `'it\'s', 'say "x"', 'back\\slash\\', 'two` + "\n" + `lines', '$HOME ` + "`id`" + ` #{x} %s {{x}}', '</script><b>', 'ünï', '\'); DROP'`
	for language, want := range map[string][]string{
		"js":     {`session.participate("x", [` + double + `], (err, res)`, `session.convert("x", "ka'ching", (err)`},
		"python": {`session.participate("x", [` + double + `])`, `session.convert("x", "ka'ching")`},
		"ruby":   {`session.participate('x', [` + single + `])`, `session.convert('x', 'ka\'ching')`},
		"php":    {`$session->participate('x', [` + single + `])`, `$session->convert('x', 'ka\'ching')`},
	} {
		wants(t, code(t, i, "?kpi=ka%27ching", language), want...)
	}
}

// TestForceLinks has what the JavaScript client reads: it decodes what is behind
// the sign of equality.
func TestForceLinks(t *testing.T) {
	t.Parallel()
	text := page(t, serve(t, filled(t, sample("buy button", 1, arm{"red & blue", 10, 1}, arm{"a+b", 10, 1})))+"/experiments/buy%20button/")
	wants(t, html.UnescapeString(text), "<code>?sixpack-force-buy%20button=red%20%26%20blue</code>", "<code>?sixpack-force-buy%20button=a%2Bb</code>")
}
