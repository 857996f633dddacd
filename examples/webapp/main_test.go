package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/memory"
)

func TestShop(t *testing.T) {
	server := httptest.NewServer(newShop(sixpack.New(new(memory.Store), sixpack.Config{})))
	defer server.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := http.Client{Jar: jar}
	ask := func(method, path string) string {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("User-Agent", "Mozilla/5.0")
		response, err := browser.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %s %v", method, path, response.Status, err)
		}
		return string(body)
	}
	first := ask("GET", "/")
	if second := ask("GET", "/"); second != first {
		t.Errorf("the button changed:\n%s%s", first, second)
	}
	ask("POST", "/buy")
	ask("POST", "/buy")
	got := ask("GET", "/results")
	if strings.Count(got, "1 visitors, 1 bought") != 1 || strings.Count(got, "0 visitors, 0 bought") != 1 {
		t.Errorf("results:\n%s", got)
	}
}
