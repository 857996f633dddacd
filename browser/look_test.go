package browser_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestList searches and sorts the list, and opens its tabs.
func TestList(t *testing.T) {
	t.Parallel()
	p := newTab(t, need(t, open), desk)
	p.open("/")
	all := eval[int](p, shown)
	p.fill("Search experiments", "checkout")
	p.until(shown + " === 1")
	p.shows("checkout-steps")
	p.fill("Search experiments", "nothing like it")
	p.see("No active experiments match your search.")
	p.fill("Search experiments", "")
	p.until(fmt.Sprintf("%s === %d", shown, all))

	p.fill("Search experiments", "checkout")
	p.key(kb.Enter) // submits the search to the server
	p.until(`location.search.includes("q=checkout") && ` + shown + ` === 1`)
	p.tabOf("Paused") // which keeps the search
	p.see("No paused experiments match “checkout”.")
	p.press("a", "Show all")
	p.see("onboarding-tour")
	p.tabOf("Archived")
	p.see("footer-links")

	p.tabOf("Active")
	p.see("newsletter-box")
	p.choose("Sort by", "participants")
	p.until(`location.search.includes("sort=participants")`)
	counts := eval[[]int](p, `[...document.querySelectorAll("#list > li")].map((x) =>
		[...x.querySelectorAll("tbody td:nth-child(2)")].reduce((n, e) => n + Number(e.textContent.replaceAll(",", "")), 0))`)
	for i := 1; i < len(counts); i++ {
		if counts[i] > counts[i-1] {
			t.Errorf("sorted by participants: %d", counts)
			break
		}
	}
	p.choose("Sort by", "most conclusive")
	p.until(`location.search.includes("sort=surest")`)
	if first := eval[string](p, `document.querySelector("#list .badge").textContent`); first == "Running" || first == "Waiting" {
		t.Errorf("the most conclusive result is %q", first)
	}
}

// tabOf opens the tab of a state.
func (p *tab) tabOf(state string) {
	p.Helper()
	p.click(fmt.Sprintf(`//nav//a[starts-with(normalize-space(), %q)]`, state))
}

// shown is the number of visible experiments in the list.
const shown = `[...document.querySelectorAll("#list > li")].filter((e) => e.checkVisibility()).length`

// TestExperiment uses the controls of an experiment's page.
func TestExperiment(t *testing.T) {
	for _, v := range []view{desk, phone} {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			p := newTab(t, need(t, open), v)
			p.open(pageOf("many-kpis") + "?kpi=click")
			p.choose("KPI", "signup")
			p.click(`//form[.//select[@id="kpi"]]//button`)
			p.until(`new URLSearchParams(location.search).get("kpi") === "signup"`)
			p.settle()
			p.shows("“signup” is exploratory")
			p.choose("Period", "month")
			p.click(`//form[.//select[@id="period"]]//button`)
			p.until(`new URLSearchParams(location.search).get("period") === "month"`)
			p.settle()
			p.shows("Participants per month")
			if kpi := eval[string](p, `document.querySelector("#kpi").selectedOptions[0].textContent`); !strings.HasPrefix(kpi, "signup") {
				t.Errorf("the period changed the KPI to %s", kpi)
			}
			p.open(pageOf("newsletter-box"))
			if below := eval[float64](p, `(([swatch, badge]) => badge.bottom - swatch.bottom)(
				[...document.querySelectorAll("#numbers-table tr:nth-child(2) :is(.swatch, .badge)")].map((e) => e.getBoundingClientRect()))`); below > 12 {
				t.Errorf("the badge stands %g pixels below the name", below)
			}
			p.hover()
			p.toggle()
			p.table()
			p.copies()
		})
	}
}

// hover points at the chart, which shows the values of that day.
func (p *tab) hover() {
	p.Helper()
	p.do("scroll", chromedp.ScrollIntoView(`.u-over`))
	last := eval[string](p, `document.querySelector(".when").textContent`)
	type point struct{ X, Y float64 }
	at := eval[point](p, `(({x, y, width, height}) => ({X: x + width / 2, Y: y + height / 2}))(document.querySelector(".u-over").getBoundingClientRect())`)
	p.do("point at the chart", chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Y))
	p.until(fmt.Sprintf(`document.querySelector(".when").textContent !== %q`, last))
	p.check("chart hover")
	p.do("point elsewhere", chromedp.MouseEvent(chromedp.MouseMoved, 1, 1))
	p.until(fmt.Sprintf(`document.querySelector(".when").textContent === %q`, last))
}

// toggle hides an alternative in the charts, and shows it again.
func (p *tab) toggle() {
	p.Helper()
	picture := func() string {
		return eval[string](p, `document.querySelector("[data-plot=rate] canvas").toDataURL()`)
	}
	before := picture()
	p.click(`.legend label:nth-of-type(2) input`)
	p.until(`document.querySelector(".legend label:nth-of-type(2) input").checked === false`)
	if picture() == before {
		p.Error("an unchecked alternative stays in the chart")
	}
	p.click(`.legend label:nth-of-type(2) input`)
	p.until(`document.querySelector(".legend label:nth-of-type(2) input").checked`)
}

// table opens the data table, which has the same numbers as the charts.
func (p *tab) table() {
	p.Helper()
	p.press("summary", "Show data table")
	p.until(`document.querySelector("#series-table").checkVisibility()`)
	p.check("table")
	if came := eval[int](p, `[...document.querySelectorAll("#series-table tbody tr")].reduce((n, r) => n + Number(r.cells[1].textContent) + Number(r.cells[4].textContent), 0)`); came != 3205 {
		p.Errorf("the table has %d participants", came)
	}
}

// clipboard guards the clipboard, which all tabs share.
var clipboard sync.Mutex

// TestShares points at the chart of a bandit's shares, and opens their table.
func TestShares(t *testing.T) {
	t.Parallel()
	p := newTab(t, need(t, open), phone)
	p.open(pageOf("newsletter-teaser"))
	p.until(`document.querySelector("[data-plot=shares] canvas") !== null`)
	p.do("scroll", chromedp.ScrollIntoView(`[data-plot=shares] .u-over`))
	type point struct{ X, Y float64 }
	at := eval[point](p, `(({x, y, width, height}) => ({X: x + width / 2, Y: y + height / 2}))(document.querySelector("[data-plot=shares] .u-over").getBoundingClientRect())`)
	p.do("point at the chart", chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Y))
	p.until(`document.querySelector(".legend output").textContent.includes("% of new participants")`)
	p.do("point elsewhere", chromedp.MouseEvent(chromedp.MouseMoved, 1, 1))
	p.until(`!document.querySelector(".legend output").textContent.includes("% of new participants")`)
	p.press("summary", "Show table of shares")
	p.until(`document.querySelector("#epochs-table").checkVisibility()`)
	p.check("bandit table")
	sums := eval[[]int](p, `[...document.querySelectorAll("#epochs-table tbody tr")].reduce((n, r) =>
		n.map((x, i) => x + Number(r.cells[3 + 2 * i].textContent.replaceAll(",", ""))), [0, 0, 0])`)
	all := eval[[]int](p, `[...document.querySelectorAll("#numbers-table tbody tr")].map((r) => Number(r.cells[1].textContent.replaceAll(",", "")))`)
	if !slices.Equal(sums, all) {
		t.Errorf("the epochs have %d participants of %d", sums, all)
	}
}

// copies presses the button of the code in each language and of the preview of an alternative.
func (p *tab) copies() {
	p.Helper()
	clipboard.Lock()
	defer clipboard.Unlock()
	languages := []string{"curl", "JavaScript", "Python", "Ruby", "PHP", "Go"}
	for i, language := range languages {
		p.press("label", language)
		panel := fmt.Sprintf(`.panel:nth-child(%d)`, i+1)
		p.until(fmt.Sprintf(`document.querySelector(%q).checkVisibility()`, panel))
		p.click(panel + " button")
		p.until(fmt.Sprintf(`document.querySelector(%q).textContent === "Copied"`, panel+" button"))
		if text, want := p.pasted(), eval[string](p, fmt.Sprintf(`document.querySelector(%q).textContent.trimEnd()`, panel+" pre")); text != want {
			p.Errorf("copied %q of %q", text, want)
		}
		p.shoot("code " + language)
	}
	p.click(`.forced li:nth-child(2) button`)
	p.until(`document.querySelector(".forced li:nth-child(2) button").textContent === "Copied"`)
	if text, want := p.pasted(), "?sixpack-force-newsletter-box=beside%20the%20text"; text != want {
		p.Errorf("copied %q, want %q", text, want)
	}
}

// pasted returns what is in the clipboard.
func (p *tab) pasted() string {
	p.Helper()
	return eval[string](p, `navigator.clipboard.readText()`)
}

// TestLogin logs in, with a wrong password first, and out again. Viewers are offered
// no changes.
func TestLogin(t *testing.T) {
	for _, v := range views {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			s := need(t, guarded)
			x := "for viewers " + v.String()
			if err := s.visit(crowd{experiment: x, arms: []arm{{both[0], 4, 1}, {both[1], 4, 1}}, days: 4}); err != nil {
				t.Fatal(err)
			}
			p := newTab(t, s, v)
			p.open(pageOf(x)) // leads to the login, and from there back
			p.check("login")
			p.fill("Name", viewer)
			p.fill("Password", "a guess")
			p.faults.expect()
			p.press("button", "Log in")
			p.until(`document.querySelector("[role=alert]") !== null`)
			p.check("login wrong")
			p.fill("Password", password)
			p.press("button", "Log in")
			p.see("Over time")
			p.settle()
			p.shows(viewer)
			if n := eval[int](p, `document.querySelectorAll("nav.actions, form[action*='/do/']").length`); n != 0 {
				t.Errorf("a viewer is offered %d ways to change something", n)
			}
			p.check("viewer")
			p.faults.expect()
			if status := p.open(pageOf(x) + "do/pause"); status != 403 {
				t.Errorf("a viewer who wants to pause: status %d", status)
			}
			p.check("forbidden")
			p.press("button", "Log out")
			p.until(`document.querySelector("#password") !== null`)
			p.open(pageOf(x))
			if eval[bool](p, `document.querySelector("#password") === null`) {
				t.Error("still in after logging out")
			}
		})
	}
}
