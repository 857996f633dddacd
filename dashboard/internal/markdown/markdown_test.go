package markdown_test

import (
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/dashboard/internal/markdown"
)

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
		if got := strings.TrimSpace(string(markdown.HTML(c.description))); got != c.html {
			t.Errorf("%q becomes\n%s\nnot\n%s", c.description, got, c.html)
		}
	}
}
