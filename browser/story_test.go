package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// operation is an operation on an experiment by the pages.
type operation struct {
	name  string
	menu  string // menu with the link, if any
	link  string // link to the confirmation page
	fill  func(p *tab)
	press string                                  // button
	says  string                                  // notice on the next page
	is    func(p *tab, x string, d *details) bool // checks the API's answer afterwards
}

// The alternatives of the experiments in these tests.
var both = []string{"a", "b"}

// life is every operation on an experiment, in order.
var life = []operation{
	{
		name: "describe", menu: "More", link: "Add description", press: "Save description", says: "Description saved.",
		fill: func(p *tab) { p.fill("Description", "Is **b** better?") },
		is:   func(_ *tab, _ string, d *details) bool { return d.Description == "Is **b** better?" },
	},
	{
		name: "plan", menu: "More", link: "Edit plan", press: "Save plan", says: "Plan saved.",
		fill: func(p *tab) { p.fill("Participants", "60") },
		is: func(p *tab, _ string, _ *details) bool {
			p.see("Planned size reached") // by the 81 participants
			return true
		},
	},
	{
		name: "override", menu: "More", link: "Set traffic, weights or algorithm", press: "Save overrides", says: "These settings now override the ones in your code.",
		fill: func(p *tab) {
			p.fill("Weight of a", "0")
			p.fill("Weight of b", "1")
		},
		is: func(p *tab, x string, _ *details) bool {
			took, got := p.server.count(p.T, x, both, "overridden", "b", 20)
			return took == 20 && got == 20
		},
	},
	{
		name: "clear", menu: "More", link: "Set traffic, weights or algorithm", press: "Remove overrides", says: "Overrides removed. The settings in your code apply again.",
		fill: func(p *tab) {
			p.press("a", "Remove all overrides")
			p.see("Removes these overrides")
		},
		is: func(p *tab, x string, _ *details) bool {
			took, got := p.server.count(p.T, x, both, "cleared", "b", 20)
			return took == 20 && got > 0 && got < 20
		},
	},
	{
		name: "pause", link: "Pause experiment", press: "Pause experiment", says: "Experiment paused.",
		is: func(p *tab, x string, d *details) bool {
			return d.Paused && p.server.participate(p.T, x, both, "while paused").Reason == "paused"
		},
	},
	{
		name: "resume", link: "Resume experiment", press: "Resume experiment", says: "Experiment resumed.",
		is: func(p *tab, x string, d *details) bool {
			return !d.Paused && p.server.participate(p.T, x, both, "resumed").Participating
		},
	},
	{
		name: "winner", menu: "Set winner", link: "b", press: "Set winner", says: "Winner set.",
		is: func(p *tab, x string, d *details) bool {
			return d.Winner == "b" && p.server.participate(p.T, x, both, "decided").Reason == "winner"
		},
	},
	{
		name: "undo", press: "Undo", says: "Undone.", // in the notice
		is: func(_ *tab, _ string, d *details) bool { return d.Winner == "" },
	},
	{
		name: "winner again", menu: "Set winner", link: "a", press: "Set winner", says: "Winner set.",
		is: func(_ *tab, _ string, d *details) bool { return d.Winner == "a" },
	},
	{
		name: "another winner", menu: "Change winner", link: "b", press: "Set winner", says: "Winner: b",
		is: func(_ *tab, _ string, d *details) bool { return d.Winner == "b" },
	},
	{
		name: "reset winner", link: "Remove winner", press: "Remove winner", says: "Winner removed.",
		is: func(_ *tab, _ string, d *details) bool { return d.Winner == "" },
	},
	{
		name: "archive", link: "Archive experiment", press: "Archive experiment", says: "Experiment archived.",
		is: func(p *tab, x string, d *details) bool {
			return d.Archived && p.server.participate(p.T, x, both, "while archived").Reason == "archived"
		},
	},
	{
		name: "unarchive", link: "Restore experiment", press: "Restore experiment", says: "Experiment restored.",
		is: func(_ *tab, _ string, d *details) bool { return !d.Archived },
	},
	{
		name: "archive again", link: "Archive experiment", press: "Archive experiment", says: "Experiment archived.",
		is: func(_ *tab, _ string, d *details) bool { return d.Archived },
	},
	{
		name: "purge", link: "Purge client data", press: "Purge client data", says: "Client data purged.",
		is: func(_ *tab, _ string, d *details) bool { return d.Archived && d.Participants > 0 },
	},
	{
		name: "reset", menu: "More", link: "Restart experiment", press: "Restart experiment", says: "Experiment restarted; all counts are zero.",
		is: func(_ *tab, _ string, d *details) bool {
			return !d.Archived && d.Participants == 0 && d.Conversions == 0 && d.Description != ""
		},
	},
	{
		name: "delete", menu: "More", link: "Delete experiment", press: "Delete experiment", says: " deleted.",
		fill: func(p *tab) { p.fill("Type the experiment’s name to confirm", p.subject) },
		is:   func(_ *tab, _ string, d *details) bool { return d == nil },
	},
}

// TestActions carries out every operation with the mouse, in every view, and checks
// the result by the API.
func TestActions(t *testing.T) {
	for _, v := range views {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			p := begin(t, v, "life "+v.String())
			for _, d := range life {
				p.act(d)
				if d.name == "purge" {
					p.shows("Purged client data", "Restored experiment", "Undid: Set winner", editor)
					p.check("history")
				}
			}
		})
	}
}

// begin creates an experiment, logs in, and opens its page from the list.
func begin(t *testing.T, v view, x string) *tab {
	t.Helper()
	s := need(t, guarded)
	if err := s.visit(crowd{experiment: x, arms: []arm{{both[0], 40, 10}, {both[1], 41, 11}}, days: 4}); err != nil {
		t.Fatal(err)
	}
	p := newTab(t, s, v)
	p.subject = x
	p.login(editor)
	p.press("a", x)
	p.see("Over time")
	p.settle()
	return p
}

// act carries out an operation, and checks the result.
func (p *tab) act(d operation) {
	p.Helper()
	if d.menu != "" {
		p.press("summary", d.menu)
	}
	if d.link != "" {
		p.press("a", d.link)
		p.until(`document.querySelector("form.confirm") !== null`)
		if d.fill != nil {
			d.fill(p)
		}
		p.check("confirm " + d.name)
	}
	p.press("button", d.press)
	p.see(d.says)
	p.settle()
	if !d.is(p, p.subject, p.server.details(p.T, p.subject)) {
		p.Errorf("%s: the API says %+v", d.name, p.server.details(p.T, p.subject))
	}
}

// TestInvalidForm submits an invalid form, which changes nothing.
func TestInvalidForm(t *testing.T) {
	for _, v := range []view{desk, bed} {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			p := begin(t, v, "mistakes "+v.String())
			p.press("summary", "More")
			p.press("a", "Set traffic, weights or algorithm")
			p.see("Save overrides")
			p.fill("Traffic, in percent of visitors", "many")
			p.faults.expect()
			p.press("button", "Save overrides")
			p.see("Nothing was saved.")
			p.shows("“many” is not a number")
			p.check("mistake")
			if d := p.server.details(t, p.subject); d.Traffic != 1 {
				t.Errorf("traffic is %g", d.Traffic)
			}
			p.fill("Traffic, in percent of visitors", "50")
			p.press("button", "Save overrides")
			p.see("These settings now override the ones in your code.")
			if d := p.server.details(t, p.subject); d.Traffic != 0.5 {
				t.Errorf("traffic is %g", d.Traffic)
			}
		})
	}
}

// TestWinnerWithSampleRatioMismatch sets a winner in spite of a sample-ratio mismatch,
// which takes a second confirmation.
func TestWinnerWithSampleRatioMismatch(t *testing.T) {
	t.Parallel()
	s, x := need(t, guarded), "broken"
	if err := s.visit(crowd{experiment: x, arms: []arm{{both[0], 300, 30}, {both[1], 100, 20}}, days: 4}); err != nil {
		t.Fatal(err)
	}
	p := newTab(t, s, desk)
	p.login(editor)
	p.press("a", x)
	p.see("Do not trust this test.")
	p.press("summary", "Set winner")
	p.press("a", "b")
	p.see("even though the data is unreliable")
	p.faults.expect()
	p.press("button", "Set winner")
	p.see("Select this box to confirm.")
	if d := s.details(t, x); d.Winner != "" {
		t.Fatalf("the winner is %s after one confirmation", d.Winner)
	}
	p.click("#anyway")
	p.press("button", "Set winner")
	p.see("Winner set.")
	if d := s.details(t, x); d.Winner != "b" {
		t.Errorf("the winner is %q", d.Winner)
	}
}

// TestUndoInHistory undoes an earlier change from the change history.
func TestUndoInHistory(t *testing.T) {
	t.Parallel()
	p := begin(t, phone, "undo in history")
	p.act(life[0]) // describes the experiment
	p.act(life[4]) // pauses the experiment
	p.click(`button[aria-label^="Undo: Edited description"]`)
	p.see("Undone.")
	if d := p.server.details(t, p.subject); d.Description != "" || !d.Paused {
		t.Errorf("after undoing the description: %+v", d)
	}
}

// TestKeyboard pauses an experiment without the mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := begin(t, desk, "keyboard")
	p.tabTo("Pause experiment")
	p.key(kb.Enter)
	p.until(`document.querySelector("form.confirm") !== null`)
	p.tabTo("Pause experiment")
	p.key(kb.Enter)
	p.see("Experiment paused.")
	if d := p.server.details(t, p.subject); !d.Paused {
		t.Errorf("%+v", d)
	}
	p.settle()
	p.tabTo("More") // menus open by Enter, and Escape closes them
	p.key(kb.Enter)
	p.until(`document.querySelector(".menu[open]") !== null`)
	p.key(kb.Escape)
	p.until(`document.querySelector(".menu[open]") === null && document.activeElement.textContent === "More"`)
}

// tabTo presses Tab until the element with a text has the focus, which must be visible.
func (p *tab) tabTo(text string) {
	p.Helper()
	const maxTabs = 60
	for range maxTabs {
		p.key(kb.Tab)
		if eval[string](p, `document.activeElement.textContent.trim()`) == text {
			if outline := eval[string](p, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
				p.Errorf("the focus of %s is not visible", text)
			}
			return
		}
	}
	p.Fatalf("%d tabs do not lead to %s", maxTabs, text)
}

func (p *tab) key(keys string) {
	p.Helper()
	p.do("press a key", chromedp.KeyEvent(keys))
}
