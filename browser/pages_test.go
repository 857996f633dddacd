package browser_test

import (
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
)

// pageOf returns the path of an experiment's page.
func pageOf(experiment string) string { return "/experiments/" + url.PathEscape(experiment) + "/" }

// TestPages opens every page in every view.
func TestPages(t *testing.T) {
	long := crowds[8].experiment
	for _, c := range []struct {
		name, path string
		status     int64
		shows      []string
	}{
		{"list", "/", 200, []string{"signup-button", "newsletter-box", "Active", "Do not trust this test."}},
		{"list paused", "/paused", 200, []string{"onboarding-tour", "pause-me"}},
		{"list archived", "/archived", 200, []string{"footer-links", "keep-for-later"}},
		{"list surest", "/?sort=surest", 200, []string{"signup-button"}},
		{"list search", "/?q=Checkout", 200, []string{"checkout-steps"}},
		{"list nothing", "/?q=nothing+like+it", 200, []string{"No active experiments match"}},
		{"running", pageOf("hero-image"), 200, []string{"Keep running."}},
		{"winner", pageOf("newsletter-box"), 200, []string{"“beside the text” is better than “below the text”."}},
		{"control best", pageOf("one-click"), 200, []string{"Keep “off”."}},
		{"no difference", pageOf("logo-colour"), 200, []string{"No practical difference."}},
		{"inconclusive", pageOf("planned-size"), 200, []string{"Planned size reached without a decision."}},
		{"broken", pageOf("lost-half"), 200, []string{"Do not trust this test."}},
		{"no data", pageOf("nobody-yet"), 200, []string{"No participants yet"}},
		{"values", pageOf("basket") + "?kpi=purchase", 200, []string{"Mean per participant"}},
		{"many kpis", pageOf("many-kpis") + "?kpi=share&period=month", 200, []string{"exploratory"}},
		{"long names", pageOf(long), 200, []string{"seven"}},
		{"weights", pageOf("weights-changed"), 200, []string{"overridden", "Changed traffic, weights or algorithm"}},
		{"bandit", pageOf("newsletter-teaser"), 200, []string{"Algorithm: thompson", "Traffic split over time", "Probabilities and expected losses are hidden"}},
		{"bandit override", pageOf("newsletter-teaser") + "do/override", 200, []string{"Thompson sampling: sends more visitors to better alternatives"}},
		{"decided", pageOf("search-ranking"), 200, []string{"Winner: relevance", "Remove winner"}},
		{"paused", pageOf("pause-me"), 200, []string{"paused", "Resume experiment"}},
		{"archived", pageOf("keep-for-later"), 200, []string{"archived", "Purge client data"}},
		{"ramp", pageOf("slow-start"), 200, []string{"set by ramp", "Running: 1% of visitors", "“purchase” falls, or “error” rises", "Pause ramp"}},
		{"ramp stopped", pageOf("false-start"), 200, []string{"Stopped at 10% of visitors.", "Stopped ramp"}},
		{"ramp form", pageOf("many-kpis") + "do/ramp", 200, []string{"Hours at each step", "KPI subscribe", "must not rise"}},
		{"unknown", pageOf("nothing-like-it"), 404, []string{"There is no such experiment."}},
		{"no page", "/nothing", 404, []string{"There is no such page."}},
		{"refused", pageOf("search-ranking") + "do/resume", 409, []string{"The experiment is not paused."}},
		{"winner broken", pageOf("lost-half") + "do/winner?alternative=new", 200, []string{"even though the data is unreliable"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := need(t, open)
			p := newTab(t, s, desk)
			if c.status >= 400 {
				p.faults.expect()
			}
			if status := p.open(c.path); status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			for _, v := range views {
				p.look(v)
				p.shows(c.shows...)
				p.check(c.name)
			}
			eval[chromedp.Void](p, `for (const d of document.querySelectorAll("details")) d.open = true`) // menus as well
			for _, width := range []int64{700, 500, 360} {
				p.look(view{width: width, height: 900})
				p.fits(c.name)
			}
		})
	}
}
