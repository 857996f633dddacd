package browser_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// faults collects what must not happen in a tab: console errors, violations of the
// content security policy, and requests to other hosts.
type faults struct {
	home string // the only origin of requests

	mu      sync.Mutex // guards the fields below
	all     []string
	refused int // expected error responses
}

// notice handles an event of the tab.
func (f *faults) notice(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		f.addf("exception: %s", (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *runtime.EventConsoleAPICalled:
		for _, a := range e.Args {
			f.addf("console.%s: %s %s", e.Type, a.Value, a.Description)
		}
	case *log.EventEntryAdded:
		f.logged(e.Entry)
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, f.home+"/") && !strings.HasPrefix(u, "data:") {
			f.addf("request to %s", u)
		}
	case *audits.EventIssueAdded:
		if e.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			f.addf("security policy: %+v", *e.Issue.Details.ContentSecurityPolicyIssueDetails)
		}
	}
}

func (f *faults) addf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, fmt.Sprintf(format, args...))
}

// logged handles messages of the browser in the console, which include error responses.
func (f *faults) logged(e *log.Entry) {
	f.mu.Lock()
	if e.Source == log.EntrySourceNetwork && f.refused > 0 {
		f.refused--
		f.mu.Unlock()
		return
	}
	f.mu.Unlock()
	if e.Level == log.EntryLevelError || e.Level == log.EntryLevelWarning {
		f.addf("console, %s: %s (%s)", e.Source, e.Text, e.URL)
	}
}

// expect announces one error response.
func (f *faults) expect() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused++
}

func (f *faults) report(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.all {
		t.Error(fault)
	}
}
