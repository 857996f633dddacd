package browser_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// view is how somebody looks at a page.
type view struct {
	width, height int64
	dark          bool
}

var (
	desk  = view{width: 1280, height: 900}
	night = view{width: 1280, height: 900, dark: true}
	phone = view{width: 390, height: 844}
	bed   = view{width: 390, height: 844, dark: true}
	views = []view{desk, night, phone, bed}
)

func (v view) String() string {
	if v.dark {
		return fmt.Sprintf("%d-dark", v.width)
	}
	return fmt.Sprintf("%d-light", v.width)
}

// tab is a tab of the browser in which somebody looks at a server's pages. It shares
// no cookie with others.
type tab struct {
	*testing.T

	ctx     context.Context //nolint:containedctx // as long as the tab is open
	server  *server
	view    view
	subject string // the experiment that it is about
	faults  *faults
}

// newTab opens one. Whatever goes wrong in it until the test ends fails the test.
func newTab(t *testing.T, s *server, v view) *tab {
	t.Helper()
	parent, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	f := &faults{home: s.web}
	ctx, end := chromedp.NewContext(parent, chromedp.WithNewBrowserContext(), chromedp.WithListener(f.notice))
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	p := &tab{T: t, ctx: ctx, server: s, faults: f}
	call(p, network.Enable, network.EnableParams{})
	p.allow("clipboard-read", "clipboard-write")
	call(p, audits.Enable, cdp.Empty{})
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}) // as if each tab were the one in front
	p.look(v)
	t.Cleanup(func() { f.report(t) })
	return p
}

// allow lets the pages do what the browser would ask for.
func (p *tab) allow(permissions ...string) {
	p.Helper()
	for _, name := range permissions {
		_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			Origin: p.server.web, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
		})
		if err != nil {
			p.Fatalf("allow %s: %v", name, err)
		}
	}
}

// look changes how the tab is looked at.
func (p *tab) look(v view) {
	p.Helper()
	p.view = v
	scheme := "light"
	if v.dark {
		scheme = "dark"
	}
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: v.width, Height: v.height, DeviceScaleFactor: 1, Mobile: v.width < 800,
	})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// call has the browser do something to the tab.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.Helper()
	return again(p, command.Method, func(ctx context.Context) (R, error) { return chromedp.Call(ctx, command, params) })
}

// do does things in the tab as somebody would: in a page that has all that it loads,
// and once more if it changes just then.
func (p *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	again(p, what, func(ctx context.Context) (none chromedp.Void, err error) {
		p.settle()
		return none, chromedp.Do(ctx, steps...)
	})
}

// again tries something until the page does not change under it.
func again[T any](p *tab, what string, try func(context.Context) (T, error)) T {
	p.Helper()
	ctx, cancel := p.while()
	defer cancel()
	for {
		value, err := try(ctx)
		if err == nil {
			return value
		}
		if !changed(err) || ctx.Err() != nil {
			p.Fatalf("%s: %v", what, err)
		}
	}
}

// changed tells whether something failed because the page changed meanwhile: a node
// is there no more or is not shown, or an expression's page was left. Whatever else
// cannot be done in the page as it is has the same code.
func changed(err error) bool {
	const serverError = -32000
	var e *cdproto.Error
	return errors.As(err, &e) && e.Code == serverError || errors.Is(err, chromedp.ErrInvalidDimensions)
}

// while is how long something may take.
func (p *tab) while() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, patience)
}

// open goes to a page, and returns the status with which it is answered.
func (p *tab) open(path string) (status int64) {
	p.Helper()
	ctx, cancel := p.while()
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.NavigateResponse(p.server.web+path))
	if err != nil {
		p.Fatalf("%s: %v", path, err)
	}
	p.settle()
	return answer.Status
}

// settle waits until a page has all that it loads.
func (p *tab) settle() {
	p.Helper()
	p.until(`document.readyState === "complete" && (!document.querySelector("#charts .plots[hidden]") || !document.querySelector("#series-table tbody tr"))`)
}

// eval evaluates an expression in the page once that has all that it loads, and
// waits for what it promises. It does so anew in the next page if this one is left
// meanwhile.
func eval[T any](p *tab, expression string) T {
	p.Helper()
	return again(p, fmt.Sprintf("%.200s", expression), func(ctx context.Context) (T, error) {
		p.settle()
		return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	})
}

// until waits until an expression is true in the page, whichever that is by then.
func (p *tab) until(expression string) {
	p.Helper()
	soon(p.T, expression, func() bool {
		ctx, cancel := p.while()
		defer cancel()
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		return err == nil && is // an error is of a page that was just left
	})
}

// see waits until the page shows a text.
func (p *tab) see(text string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.body !== null && document.body.innerText.includes(%q)`, text))
}

// shows fails the test unless the page shows a text by now.
func (p *tab) shows(texts ...string) {
	p.Helper()
	all := eval[string](p, `document.body.innerText`)
	for _, text := range texts {
		if !strings.Contains(all, text) {
			p.Errorf("%s does not show %q, but\n%.2000s", p.path(), text, all)
		}
	}
}

func (p *tab) path() string {
	p.Helper()
	return eval[string](p, `location.pathname + location.search`)
}

// press clicks what has a text in it: the element in which somebody would see the
// pointer change.
func (p *tab) press(element, text string) {
	p.Helper()
	p.click(fmt.Sprintf(`//%s[normalize-space()=%q]`, element, text))
}

// click clicks an element, by its XPath or selector.
func (p *tab) click(which string) {
	p.Helper()
	p.do("click on "+which, chromedp.Click(which))
}

// fill types a text into a field in place of what is in it.
func (p *tab) fill(label, text string) {
	p.Helper()
	soon(p.T, fmt.Sprintf("%q in %s", text, label), func() bool {
		id := p.labelled(label)
		p.do("fill in "+label, chromedp.Focus(id))
		eval[chromedp.Void](p, fmt.Sprintf(`document.querySelector(%q)?.select()`, id))
		call(p, input.InsertText, input.InsertTextParams{Text: text})
		return eval[bool](p, fmt.Sprintf(`document.querySelector(%q)?.value === %q`, id, text))
	})
}

// choose picks one of a select box, by what it shows.
func (p *tab) choose(label, option string) {
	p.Helper()
	// The list that opens is the system's, which the protocol does not reach; typing
	// picks as well. The first key may lead to another page already, which the others
	// do not reach.
	soon(p.T, option+" as "+label, func() bool {
		id := p.labelled(label)
		p.do("choose "+option, chromedp.Focus(id), chromedp.KeyEvent(option))
		return eval[bool](p, fmt.Sprintf(`document.querySelector(%q)?.selectedOptions[0]?.textContent.startsWith(%q) ?? false`, id, option))
	})
}

// labelled returns the selector of the field of a label.
func (p *tab) labelled(label string) string {
	p.Helper()
	id := eval[string](p, fmt.Sprintf(`[...document.querySelectorAll("label")].find((l) => l.textContent.trim() === %q)?.control?.id ?? ""`, label))
	if id == "" {
		p.Fatalf("%s has no field %q", p.path(), label)
	}
	return "#" + id
}

// login logs somebody in.
func (p *tab) login(name string) {
	p.Helper()
	p.open("/")
	p.fill("Name", name)
	p.fill("Password", password)
	p.press("button", "Log in")
	p.until(`document.querySelector(".person") !== null`)
	p.settle()
}
