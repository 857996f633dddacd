// Package markdown renders the descriptions of experiments as HTML that is safe to
// show.
package markdown

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// HTML renders a description, which is GitHub Flavored Markdown. The result runs no
// scripts and loads nothing from other hosts.
func HTML(description string) template.HTML {
	var html bytes.Buffer
	if err := renderer.Convert([]byte(description), &html); err != nil {
		return template.HTML(template.HTMLEscapeString(description)) //nolint:gosec // escaped
	}
	return template.HTML(policy.SanitizeBytes(html.Bytes())) //nolint:gosec // sanitized
}

var renderer = goldmark.New(
	goldmark.WithExtensions(extension.GFM),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(headings{}, 0))),
)

// policy is bluemonday's policy for user-generated content without images, which
// would be loaded from other hosts, and without attributes that could clash with
// the page's own.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowStandardURLs()
	p.AllowAttrs("href").OnElements("a")
	p.RequireNoFollowOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true) // also adds rel=noopener
	p.AllowLists()
	p.AllowTables()
	p.AllowElements(
		"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "em", "strong", "del",
		"b", "i", "s", "sub", "sup", "kbd", "mark", "small", "abbr",
	)
	return p
}()

// headings lowers the headings of a description below the page's own headings.
type headings struct{}

// Transform implements [parser.ASTTransformer].
func (headings) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	const offset, maxLevel = 2, 6
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // fails only if this function does
		if h, ok := n.(*ast.Heading); ok && entering {
			h.Level = min(h.Level+offset, maxLevel)
		}
		return ast.WalkContinue, nil
	})
}

// Normalize returns a description as it is stored: valid UTF-8 with Unix line ends,
// without spaces at its ends.
func Normalize(description string) string {
	description = strings.ReplaceAll(description, "\r\n", "\n")
	return strings.ToValidUTF8(strings.TrimSpace(description), "\uFFFD")
}
