package httpapi_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store/memory"
)

const (
	benchTarget = "/participate?experiment=button-color&alternatives=red&alternatives=blue&client_id=0b2a7f9e-6d1c-4a53-9a1f-3e5d7c9b1a42"
	benchAnswer = `{"status":"ok","alternative":{"name":"blue"},"experiment":{"name":"button-color"},` +
		`"client_id":"0b2a7f9e-6d1c-4a53-9a1f-3e5d7c9b1a42"}`
)

// contenders holds the handlers to compare: the service over a memory store, for a client
// that already participates, and a handler that only writes the same answer.
var contenders = []struct {
	name string
	new  func() http.Handler
}{
	{"sixpack", func() http.Handler {
		return httpapi.New(sixpack.New(new(memory.Store), sixpack.Config{}), quiet(httpapi.Options{}))
	}},
	{"bare", func() http.Handler {
		e := echo.New()
		e.GET("/participate", func(c echo.Context) error {
			return c.JSONBlob(http.StatusOK, []byte(benchAnswer))
		})
		return e
	}},
}

// BenchmarkParticipateHTTP measures a server with its connections kept alive.
func BenchmarkParticipateHTTP(b *testing.B) {
	for _, c := range contenders {
		b.Run(c.name, func(b *testing.B) {
			server := httptest.NewServer(c.new())
			defer server.Close()
			request := "GET " + benchTarget + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
			b.ReportAllocs()
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) { keepAsking(b, pb, server.Listener.Addr().String(), request) })
		})
	}
}

// keepAsking repeats a request on one connection. It checks the first answer and only counts
// the bytes of the others, so that the benchmark measures the server.
func keepAsking(b *testing.B, pb *testing.PB, address, request string) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Error(err)
		return
	}
	defer func() { _ = conn.Close() }()
	length := 0
	for answer := make([]byte, 4<<10); pb.Next(); {
		if _, err := io.WriteString(conn, request); err != nil {
			b.Error(err)
			return
		}
		if length == 0 {
			length = firstAnswer(b, conn)
		} else if _, err := io.ReadFull(conn, answer[:length]); err != nil {
			b.Error(err)
			return
		}
	}
}

// firstAnswer checks an answer and returns its length.
func firstAnswer(b *testing.B, conn net.Conn) int {
	counted := &counter{Reader: conn}
	response, err := http.ReadResponse(bufio.NewReader(counted), nil)
	if err != nil {
		b.Error(err)
		return 0
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != benchAnswer {
		b.Errorf("%s, %v", body, err)
	}
	return counted.n
}

type counter struct {
	io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// BenchmarkParticipateHandler measures the handler alone.
func BenchmarkParticipateHandler(b *testing.B) {
	for _, c := range contenders {
		b.Run(c.name, func(b *testing.B) {
			handler := c.new()
			request := httptest.NewRequest(http.MethodGet, benchTarget, http.NoBody)
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, request)
				if w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
