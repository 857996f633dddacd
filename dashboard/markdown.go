package dashboard

import (
	"bytes"
	"html/template"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown returns a description as HTML in which nothing runs, and for which
// nothing is loaded.
func markdown(description string) template.HTML {
	var html bytes.Buffer
	if err := writer.Convert([]byte(description), &html); err != nil {
		return template.HTML(template.HTMLEscapeString(description)) //nolint:gosec // escaped
	}
	return template.HTML(sanitiser.SanitizeBytes(html.Bytes())) //nolint:gosec // sanitised
}

var writer = goldmark.New(
	goldmark.WithExtensions(extension.GFM),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(lowered{}, 0))),
)

// sanitiser is bluemonday's policy for what users write, without images, which
// would come from other hosts, and without attributes that could clash with the
// page's.
var sanitiser = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowStandardURLs()
	p.AllowAttrs("href").OnElements("a")
	p.RequireNoFollowOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true) // which makes them rel=noopener
	p.AllowLists()
	p.AllowTables()
	p.AllowElements(
		"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "em", "strong", "del",
		"b", "i", "s", "sub", "sup", "kbd", "mark", "small", "abbr",
	)
	return p
}()

// lowered puts the headings of a description below those of the page.
type lowered struct{}

// Transform implements [parser.ASTTransformer].
func (lowered) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	const below, lowest = 2, 6
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // fails only if this does
		if h, is := n.(*ast.Heading); is && entering {
			h.Level = min(h.Level+below, lowest)
		}
		return ast.WalkContinue, nil
	})
}
