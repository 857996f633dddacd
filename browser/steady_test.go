package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestChangingPages uses pages that change during use, as refreshes change them but far
// more often, and by navigation.
func TestChangingPages(t *testing.T) {
	t.Parallel()
	p := newTab(t, need(t, open), desk)
	p.open("/")
	const shake = `{
		let left = 100;
		const timer = setInterval(() => {
			for (const e of document.querySelectorAll(".tools, .tabs")) {
				const fresh = e.cloneNode(true);
				fresh.querySelectorAll("input, select").forEach((f) => { f.value = document.getElementById(f.id).value; });
				e.replaceWith(fresh);
			}
			window.done = --left === 0;
			if (done) clearInterval(timer);
		}, 3);
	}`
	for range 2 {
		eval[chromedp.Void](p, shake)
		p.choose("Sort by", "participants")
		p.fill("Search experiments", "button")
		p.tabOf("Paused")
		p.until(`location.pathname === "/paused"`)
		eval[chromedp.Void](p, shake)
		p.tabOf("Active")
		p.until(`location.pathname === "/"`)
		eval[chromedp.Void](p, shake)
		p.choose("Sort by", "most conclusive")
		p.fill("Search experiments", "button")
		p.until("done")
		p.click("#q")
		p.key(kb.Enter)
		p.until(`location.search === "?q=button&sort=surest"`)
		p.open("/")
	}
	at := eval[string](p, `location.pathname === "/" ? (location.assign("archived"), new Promise(() => {})) : location.pathname`)
	if at != "/archived" {
		t.Errorf("is at %s", at)
	}
}
