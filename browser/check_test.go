package browser_test

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axe string

// check tests that a page is accessible and no wider than the window, and takes a
// screenshot.
func (p *tab) check(name string) {
	p.Helper()
	p.fits(name)
	p.accessible(name)
	p.shoot(name)
}

// fits fails the test if the page scrolls horizontally.
func (p *tab) fits(name string) {
	p.Helper()
	if wide := eval[float64](p, `document.documentElement.scrollWidth`); wide > float64(p.view.width) {
		p.Errorf("%s is %g pixels wide in a window of %d: %s", name, wide, p.view.width, eval[string](p, fmt.Sprintf(widest, p.view.width)))
	}
}

// widest lists elements that extend beyond the window.
const widest = `[...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > %d && !e.closest(".wide, pre"))
	.map((e) => [e.localName, ...e.classList].join(".") + " " + e.id).slice(0, 5).join(", ")`

// violation is a violation of a rule that axe found.
type violation struct {
	ID, Help string
	Nodes    []struct {
		HTML, FailureSummary string
		Target               []any
	}
}

// accessible reports violations of WCAG 2, A and AA, that axe finds. Dark views are
// checked only for contrast.
func (p *tab) accessible(name string) {
	p.Helper()
	only := `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}`
	if p.view.dark {
		only = `{type: "rule", values: ["color-contrast"]}`
	}
	if !eval[bool](p, `"axe" in window`) {
		eval[chromedp.Void](p, axe)
	}
	found := eval[[]violation](p, `axe.run(document, {runOnly: `+only+`, resultTypes: ["violations"], preload: false}).then((r) => r.violations)`)
	for _, v := range found {
		for _, n := range v.Nodes {
			p.Errorf("%s, %s: %s: %s: %v %s\n%s", name, p.view, v.ID, v.Help, n.Target, n.HTML, n.FailureSummary)
		}
	}
}

// shoot takes a screenshot of the whole page.
func (p *tab) shoot(name string) {
	p.Helper()
	height := eval[float64](p, `document.documentElement.scrollHeight`)
	picture := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: new(true), Clip: &page.Viewport{Width: float64(p.view.width), Height: height, Scale: 1},
	})
	name = strings.ReplaceAll(name, " ", "-")
	if err := os.MkdirAll("screenshots", 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("screenshots", fmt.Sprintf("%s-%s.png", name, p.view)), picture.Data, 0o644); err != nil {
		p.Fatal(err)
	}
}
