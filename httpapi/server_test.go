package httpapi_test

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
)

// quiet returns options without a log.
func quiet(o httpapi.Options) httpapi.Options {
	o.Log = slog.New(slog.DiscardHandler)
	return o
}

// serve starts a server over a store and returns its address.
func serve(tb testing.TB, s store.Store, c sixpack.Config, o httpapi.Options) (*sixpack.Engine, string) {
	tb.Helper()
	engine := sixpack.New(s, c)
	server := httptest.NewServer(httpapi.New(engine, quiet(o)))
	tb.Cleanup(server.Close)
	return engine, server.Listener.Addr().String()
}

// A response holds the parts of an answer that tests check.
type response struct {
	status int
	header http.Header
	body   string
}

func (r response) contentType() string { return r.header.Get("Content-Type") }

// send sends the bytes of a request, which http.Client would change.
func send(tb testing.TB, address, request string) response {
	tb.Helper()
	conn, err := (&net.Dialer{}).DialContext(tb.Context(), "tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		tb.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	got, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		tb.Fatalf("%.200q: %v", request, err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return response{got.StatusCode, got.Header, string(body)}
}

// get sends a GET request for a target, without changes.
func get(tb testing.TB, address, target string, headers ...string) response {
	tb.Helper()
	return send(tb, address, request("GET", target, "HTTP/1.1", "", headers...))
}

func request(method, target, proto, body string, headers ...string) string {
	var b strings.Builder
	b.WriteString(method + " " + target + " " + proto + "\r\nHost: 127.0.0.1\r\nConnection: close\r\n")
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	return b.String() + "\r\n" + body
}
