package browser_test

import (
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"testing"
)

// TestRefresh tests that numbers update automatically, while the scroll position and
// the focus stay.
func TestRefresh(t *testing.T) {
	for _, v := range []view{desk, phone} {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			p := begin(t, v, "refresh "+v.String())
			p.press("summary", "Show data table")
			p.until(`document.querySelector("#series-table").checkVisibility()`)
			eval[bool](p, `document.querySelector("[aria-label='Results over time']").focus(), document.querySelector("#code").scrollIntoView(), true`)
			type place struct {
				Focus string
				Open  bool
				Top   float64
			}
			const where = `({Focus: document.activeElement.getAttribute("aria-label"), Open: document.querySelector("#series").open, Top: document.querySelector("#code").getBoundingClientRect().top})`
			before := eval[place](p, where)
			for i := range 30 {
				p.server.participate(t, p.subject, both, fmt.Sprint("one more ", i))
			}
			p.until(`document.querySelector("#facts dd").textContent === "111"`)
			after := eval[place](p, where)
			if moved := after.Top - before.Top; after.Focus != before.Focus || after.Open != before.Open || math.Abs(moved) > 1 { // pages scroll by whole pixels
				t.Errorf("was at %+v, and after the refresh is at %+v", before, after)
			}
			p.until(`document.querySelector(".legend output").textContent.length > 0`)
		})
	}
}

// TestRefreshedList tests that the numbers of the list update automatically, and that the
// list announces new experiments.
func TestRefreshedList(t *testing.T) {
	t.Parallel()
	x := "refreshed list"
	p := begin(t, desk, x)
	p.press("a", "← Active experiments")
	p.until(`location.pathname === "/" && document.querySelector("#list") !== null`)
	p.settle()
	p.server.participate(t, x, both, "one more")
	p.server.participate(t, "another one", both, "one")
	p.until(fmt.Sprintf(`[...document.querySelectorAll("#list > li")].some((e) => e.querySelector("h2").textContent === %q &&
		[...e.querySelectorAll("tbody td:nth-child(2)")].reduce((n, c) => n + Number(c.textContent), 0) === 82)`, x))
	p.press("a", "New experiments – show")
	p.see("another one")
}

// TestFirst follows the instructions of the empty page, which shows the first
// participant.
func TestFirst(t *testing.T) {
	for _, v := range views {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			s, err := start(filepath.Join(t.TempDir(), "new"))
			if err != nil {
				t.Fatal(err)
			}
			p := newTab(t, s, v)
			p.open("/")
			p.shows("Run your first experiment", "Waiting for the first participant.", "sixpack seed --url "+s.api)
			p.check("empty")
			call := eval[string](p, `document.querySelector(".first").textContent.match(/https?:[^'"\s]+/)[0]`)
			answer, err := http.Get(call)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Fatalf("%s: %s", call, answer.Status)
			}
			p.until(`document.querySelector("#list > li") !== null`)
			p.settle()
			p.check("first")
		})
	}
}
