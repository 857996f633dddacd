package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// deed is something that is done to an experiment.
type deed struct {
	name  string
	menu  string // that has the link, if any
	link  string // to the page that says what will happen
	fill  func(p *tab)
	press string                                  // what does it
	says  string                                  // what is seen then
	is    func(p *tab, x string, d *details) bool // what the API says then
}

// The alternatives of the experiments that things are done to.
var both = []string{"a", "b"}

// life is what is done to an experiment, in order. It is everything that can be done.
var life = []deed{
	{
		name: "describe", menu: "More", link: "Describe it", press: "Save the description", says: "The description is saved.",
		fill: func(p *tab) { p.fill("Description", "Is **b** better?") },
		is:   func(_ *tab, _ string, d *details) bool { return d.Description == "Is **b** better?" },
	},
	{
		name: "plan", menu: "More", link: "Plan", press: "Save the plan", says: "The plan is saved.",
		fill: func(p *tab) { p.fill("Participants", "60") },
		is: func(p *tab, _ string, _ *details) bool {
			p.see("Planned size reached") // by the 81 who take part
			return true
		},
	},
	{
		name: "override", menu: "More", link: "Traffic, weights, algorithm", press: "Set them", says: "What is set here goes before what programs say.",
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
		name: "clear", menu: "More", link: "Traffic, weights, algorithm", press: "Clear what is set here", says: "Programs decide again.",
		fill: func(p *tab) {
			p.press("a", "Clear all that is set here")
			p.see("Takes back what is set here")
		},
		is: func(p *tab, x string, _ *details) bool {
			took, got := p.server.count(p.T, x, both, "cleared", "b", 20)
			return took == 20 && got > 0 && got < 20
		},
	},
	{
		name: "pause", link: "Pause", press: "Pause", says: "Paused.",
		is: func(p *tab, x string, d *details) bool {
			return d.Paused && p.server.participate(p.T, x, both, "while paused").Reason == "paused"
		},
	},
	{
		name: "resume", link: "Resume", press: "Resume", says: "Resumed.",
		is: func(p *tab, x string, d *details) bool {
			return !d.Paused && p.server.participate(p.T, x, both, "resumed").Participating
		},
	},
	{
		name: "winner", menu: "Set the winner", link: "b", press: "Set the winner", says: "The winner is set.",
		is: func(p *tab, x string, d *details) bool {
			return d.Winner == "b" && p.server.participate(p.T, x, both, "decided").Reason == "winner"
		},
	},
	{
		name: "undo", press: "Undo", says: "Undone.", // beside what was done last
		is: func(_ *tab, _ string, d *details) bool { return d.Winner == "" },
	},
	{
		name: "winner again", menu: "Set the winner", link: "a", press: "Set the winner", says: "The winner is set.",
		is: func(_ *tab, _ string, d *details) bool { return d.Winner == "a" },
	},
	{
		name: "another winner", menu: "Change the winner", link: "b", press: "Set the winner", says: "everyone gets b",
		is: func(_ *tab, _ string, d *details) bool { return d.Winner == "b" },
	},
	{
		name: "reset winner", link: "Reset the winner", press: "Take the winner back", says: "The winner is taken back.",
		is: func(_ *tab, _ string, d *details) bool { return d.Winner == "" },
	},
	{
		name: "archive", link: "Archive", press: "Archive", says: "Archived.",
		is: func(p *tab, x string, d *details) bool {
			return d.Archived && p.server.participate(p.T, x, both, "while archived").Reason == "archived"
		},
	},
	{
		name: "unarchive", link: "Take out of the archive", press: "Take it out of the archive", says: "Taken out of the archive.",
		is: func(_ *tab, _ string, d *details) bool { return !d.Archived },
	},
	{
		name: "archive again", link: "Archive", press: "Archive", says: "Archived.",
		is: func(_ *tab, _ string, d *details) bool { return d.Archived },
	},
	{
		name: "purge", link: "Purge client data", press: "Purge the client data", says: "The client data is purged.",
		is: func(_ *tab, _ string, d *details) bool { return d.Archived && d.Participants > 0 },
	},
	{
		name: "reset", menu: "More", link: "Reset", press: "Reset", says: "Reset: counting starts anew.",
		is: func(_ *tab, _ string, d *details) bool {
			return !d.Archived && d.Participants == 0 && d.Conversions == 0 && d.Description != ""
		},
	},
	{
		name: "delete", menu: "More", link: "Delete", press: "Delete", says: " is deleted.",
		fill: func(p *tab) { p.fill("Type the name of the experiment to confirm", p.subject) },
		is:   func(_ *tab, _ string, d *details) bool { return d == nil },
	},
}

// TestActions does everything that can be done to an experiment by the mouse, in
// every view, and asks the API what came of it.
func TestActions(t *testing.T) {
	for _, v := range views {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			p := begin(t, v, "life "+v.String())
			for _, d := range life {
				p.act(d)
				if d.name == "purge" {
					p.shows("Purged the client data", "Took it out of the archive", "Undid: Set the winner", editor)
					p.check("history")
				}
			}
		})
	}
}

// begin makes an experiment, and goes from the login by way of the list to its page.
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

// act does something, and checks what came of it.
func (p *tab) act(d deed) {
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

// TestMistakes fills in what cannot be, which changes nothing.
func TestMistakes(t *testing.T) {
	for _, v := range []view{desk, bed} {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			p := begin(t, v, "mistakes "+v.String())
			p.press("summary", "More")
			p.press("a", "Traffic, weights, algorithm")
			p.see("Set them")
			p.fill("Traffic, in percent of the visitors", "many")
			p.faults.expect()
			p.press("button", "Set them")
			p.see("Nothing was changed.")
			p.shows("“many” is not a number")
			p.check("mistake")
			if d := p.server.details(t, p.subject); d.Traffic != 1 {
				t.Errorf("traffic is %g", d.Traffic)
			}
			p.fill("Traffic, in percent of the visitors", "50")
			p.press("button", "Set them")
			p.see("What is set here goes before what programs say.")
			if d := p.server.details(t, p.subject); d.Traffic != 0.5 {
				t.Errorf("traffic is %g", d.Traffic)
			}
		})
	}
}

// TestBrokenSplit sets a winner while the split is broken, which takes a second
// confirmation.
func TestBrokenSplit(t *testing.T) {
	t.Parallel()
	s, x := need(t, guarded), "broken"
	if err := s.visit(crowd{experiment: x, arms: []arm{{both[0], 300, 30}, {both[1], 100, 20}}, days: 4, lossy: true}); err != nil {
		t.Fatal(err)
	}
	p := newTab(t, s, desk)
	p.login(editor)
	p.press("a", x)
	p.see("Do not trust this test.")
	p.press("summary", "Set the winner")
	p.press("a", "b")
	p.see("even though the data is unreliable")
	p.faults.expect()
	p.press("button", "Set the winner")
	p.see("Select this box to confirm.")
	if d := s.details(t, x); d.Winner != "" {
		t.Fatalf("the winner is %s after one confirmation", d.Winner)
	}
	p.click("#anyway")
	p.press("button", "Set the winner")
	p.see("The winner is set.")
	if d := s.details(t, x); d.Winner != "b" {
		t.Errorf("the winner is %q", d.Winner)
	}
}

// TestUndoInTheLog undoes something from the log rather than right after it.
func TestUndoInTheLog(t *testing.T) {
	t.Parallel()
	p := begin(t, phone, "undo in the log")
	p.act(life[0]) // describes it
	p.act(life[4]) // pauses it
	p.click(`button[aria-label^="Undo: Described it"]`)
	p.see("Undone.")
	if d := p.server.details(t, p.subject); d.Description != "" || !d.Paused {
		t.Errorf("after undoing the description: %+v", d)
	}
}

// TestKeyboard pauses an experiment without the mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := begin(t, desk, "keyboard")
	p.tabTo("Pause")
	p.key(kb.Enter)
	p.until(`document.querySelector("form.confirm") !== null`)
	p.tabTo("Pause")
	p.key(kb.Enter)
	p.see("Paused.")
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

// tabTo presses Tab until what has a text has the focus, which must be seen on it.
func (p *tab) tabTo(text string) {
	p.Helper()
	const most = 60
	for range most {
		p.key(kb.Tab)
		if eval[string](p, `document.activeElement.textContent.trim()`) == text {
			if outline := eval[string](p, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
				p.Errorf("one cannot see that %s has the focus", text)
			}
			return
		}
	}
	p.Fatalf("%d tabs do not lead to %s", most, text)
}

func (p *tab) key(keys string) {
	p.Helper()
	p.do("press a key", chromedp.KeyEvent(keys))
}
