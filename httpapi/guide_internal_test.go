package httpapi

import (
	"cmp"
	"os"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
)

// TestGuide checks that docs/http-api.md describes every parameter, reason and error of
// a request.
func TestGuide(t *testing.T) {
	text, err := os.ReadFile("../docs/http-api.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(text)
	described := func(what string) {
		t.Helper()
		if !strings.Contains(guide, "`"+what+"`") {
			t.Errorf("docs/http-api.md does not describe %s", what)
		}
	}
	for _, name := range names {
		described(name)
	}
	for _, r := range []sixpack.Reason{
		sixpack.ReasonRobot, sixpack.ReasonIgnored, sixpack.ReasonForced, sixpack.ReasonDisabled, sixpack.ReasonWinner, sixpack.ReasonArchived,
		sixpack.ReasonPaused, sixpack.ReasonExcluded, sixpack.ReasonPrefetched, sixpack.ReasonAssigned, sixpack.ReasonExisting,
	} {
		described(string(r))
	}
	for _, e := range wire {
		described(cmp.Or(e.message, e.err.Error()))
	}
}
