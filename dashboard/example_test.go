package dashboard_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A dashboard below a prefix of a server of one's own. It gets the whole path: do not
// strip the prefix.
func ExampleNew() {
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	mux := http.NewServeMux()
	mux.Handle("/admin/experiments/", dashboard.New(engine, dashboard.Options{Prefix: "/admin/experiments"}))

	fmt.Println(status(mux, "/admin/experiments/"))
	// Output: 200 OK
}

// The same in echo. The first route redirects the prefix without a slash.
func ExampleNew_echo() {
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	pages := echo.WrapHandler(dashboard.New(engine, dashboard.Options{Prefix: "/admin"}))
	e := echo.New()
	e.Any("/admin", pages)
	e.Any("/admin/*", pages)

	fmt.Println(status(e, "/admin"), status(e, "/admin/"))
	// Output: 307 Temporary Redirect 200 OK
}

// Users log in with a password, programs send a token. Without either, only this
// machine has access.
func ExampleNew_access() {
	hash, err := access.HashPassword("correct horse")
	if err != nil {
		panic(err)
	}
	options := access.Options{
		Users:  []access.User{{Name: "anna", Hash: hash, Role: access.Editor}},
		Tokens: []access.Token{{Name: "reports", Hash: access.HashToken(access.NewToken()), Role: access.Viewer}},
		Secret: []byte("32 random bytes or more, so that sessions survive a restart"),
	}
	if err := options.Check(); err != nil {
		panic(err)
	}
	h := dashboard.New(sixpack.New(new(memory.Store), sixpack.Config{}), dashboard.Options{Access: options})

	fmt.Println(status(h, "/"), status(h, "/api/v1/experiments"))
	// Output: 303 See Other 401 Unauthorized
}

// status returns the status with which a handler answers this machine.
func status(h http.Handler, path string) string {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "http://localhost"+path, http.NoBody)
	r.RemoteAddr = "127.0.0.1:1234"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result().Status
}
