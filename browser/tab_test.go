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

// view is the window and the color scheme of a tab.
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

// tab is a tab of the browser with a server's pages. It shares no cookies with other
// tabs.
type tab struct {
	*testing.T

	ctx     context.Context //nolint:containedctx // as long as the tab is open
	server  *server
	view    view
	subject string // experiment under test
	faults  *faults
}

// newTab opens a tab. Its faults until the end of the test fail the test.
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
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}) // all tabs behave as if in front
	p.look(v)
	t.Cleanup(func() { f.report(t) })
	return p
}

// allow grants permissions for which the browser would ask the user.
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

// look changes the view of the tab.
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

// call sends a command of the protocol to the tab.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.Helper()
	return retry(p, command.Method, func(ctx context.Context) (R, error) { return chromedp.Call(ctx, command, params) })
}

// do carries out actions of a user in a settled page. It retries if the page changes
// meanwhile.
func (p *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	retry(p, what, func(ctx context.Context) (none chromedp.Void, err error) {
		p.settle()
		return none, chromedp.Do(ctx, steps...)
	})
}

// retry repeats an operation until the page does not change meanwhile.
func retry[T any](p *tab, what string, try func(context.Context) (T, error)) T {
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

// changed reports whether an operation failed because the page changed meanwhile: a node
// is gone or hidden, or the page was left. Other failures in the page have the same
// code.
func changed(err error) bool {
	const serverError = -32000
	var e *cdproto.Error
	return errors.As(err, &e) && e.Code == serverError || errors.Is(err, chromedp.ErrInvalidDimensions)
}

// while returns a context that ends after the timeout.
func (p *tab) while() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, timeout)
}

// open opens a page, and returns its HTTP status.
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

// settle waits until a page is completely loaded.
func (p *tab) settle() {
	p.Helper()
	p.until(`document.readyState === "complete" && (!document.querySelector("#charts .plots[hidden]") || !document.querySelector("#series-table tbody tr"))`)
}

// eval evaluates an expression in a settled page, and awaits promises. If the page is
// left meanwhile, it evaluates the expression again in the next page.
func eval[T any](p *tab, expression string) T {
	p.Helper()
	return retry(p, fmt.Sprintf("%.200s", expression), func(ctx context.Context) (T, error) {
		p.settle()
		return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	})
}

// until waits until an expression is true in the present page.
func (p *tab) until(expression string) {
	p.Helper()
	soon(p.T, expression, func() bool {
		ctx, cancel := p.while()
		defer cancel()
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		return err == nil && is // pages that were just left return errors
	})
}

// see waits until the page shows a text.
func (p *tab) see(text string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.body !== null && document.body.innerText.includes(%q)`, text))
}

// shows fails the test unless the page shows the texts now.
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

// press clicks the element that has a text.
func (p *tab) press(element, text string) {
	p.Helper()
	p.click(fmt.Sprintf(`//%s[normalize-space()=%q]`, element, text))
}

// click clicks an element, by its XPath or selector.
func (p *tab) click(which string) {
	p.Helper()
	p.do("click on "+which, chromedp.Click(which))
}

// fill replaces the content of a field.
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

// choose selects an option of a select box by its text.
func (p *tab) choose(label, option string) {
	p.Helper()
	// The protocol does not reach the system's list of options, but typing selects too.
	// The first key may lead to another page, which the further keys do not reach.
	soon(p.T, option+" as "+label, func() bool {
		id := p.labelled(label)
		p.do("choose "+option, chromedp.Focus(id), chromedp.KeyEvent(option))
		return eval[bool](p, fmt.Sprintf(`document.querySelector(%q)?.selectedOptions[0]?.textContent.startsWith(%q) ?? false`, id, option))
	})
}

// labelled returns the selector of the field with a label.
func (p *tab) labelled(label string) string {
	p.Helper()
	id := eval[string](p, fmt.Sprintf(`[...document.querySelectorAll("label")].find((l) => l.textContent.trim() === %q)?.control?.id ?? ""`, label))
	if id == "" {
		p.Fatalf("%s has no field %q", p.path(), label)
	}
	return "#" + id
}

// login logs a user in.
func (p *tab) login(name string) {
	p.Helper()
	p.open("/")
	p.fill("Name", name)
	p.fill("Password", password)
	p.press("button", "Log in")
	p.until(`document.querySelector(".person") !== null`)
	p.settle()
}
