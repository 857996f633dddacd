package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/store/memory"
)

func TestHost(t *testing.T) {
	host := newHost(new(memory.Store))
	get := func(target string) string {
		t.Helper()
		answer := httptest.NewRecorder()
		host.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
		if answer.Code != http.StatusOK {
			t.Fatalf("GET %s: %d %s", target, answer.Code, answer.Body)
		}
		return answer.Body.String()
	}
	get("/ab/_status")
	over := get("/ab/participate?experiment=button&alternatives=red&alternatives=blue&client_id=anna&explain=true")
	if !strings.Contains(over, `"blue"`) || !strings.Contains(over, `"assigned"`) {
		t.Errorf("over HTTP: %s", over)
	}
	if got := get("/hello?visitor=anna"); got != "Your button is blue." {
		t.Errorf("in process: %s", got)
	}
}
