package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A host mounts the service under a prefix of its own.
func ExampleRegister() {
	data := new(memory.Store)
	engine := sixpack.New(data, sixpack.Config{})

	router := echo.New()
	httpapi.Register(router.Group("/ab"), engine, httpapi.Options{Ping: data.Ping})

	for _, target := range []string{
		"/ab/participate?experiment=button-color&alternatives=red&alternatives=blue&client_id=alice",
		"/ab/convert?experiment=button-color&client_id=alice&kpi=sale&value=12.50",
		"/ab/convert?experiment=button-color&client_id=bob",
	} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, http.NoBody))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 {"status":"ok","alternative":{"name":"blue"},"experiment":{"name":"button-color"},"client_id":"alice"}
	// 200 {"status":"ok","alternative":{"name":"blue"},"experiment":{"name":"button-color"},"conversion":{"value":12.5,"kpi":"sale"},"client_id":"alice"}
	// 400 {"status":"failed","message":"this client was not participating"}
}
