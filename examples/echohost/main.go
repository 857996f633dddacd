// Echohost is an echo application that serves Sixpack's HTTP API beside its own
// routes, with one store.
//
//	go run ./examples/echohost
//	curl 'http://127.0.0.1:8080/ab/participate?experiment=button&alternatives=red&alternatives=blue&client_id=anna'
//	curl 'http://127.0.0.1:8080/hello?visitor=anna'
package main

import (
	"log"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

func main() {
	st, err := bolt.Open("echohost.db")
	if err != nil {
		log.Fatal(err)
	}
	host := newHost(st)
	err = host.Start("127.0.0.1:8080")
	if closing := st.Close(); closing != nil {
		log.Print(closing)
	}
	log.Fatal(err)
}

// newHost returns the application. Its own pages call the engine. Scripts and other
// programs send requests below /ab, and get the same answers.
func newHost(st store.Store) *echo.Echo {
	engine := sixpack.New(st, sixpack.Config{})
	host := echo.New()
	host.HideBanner = true
	host.GET("/hello", func(c echo.Context) error {
		button := sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}}
		a, err := engine.Participate(c.Request().Context(), button, c.QueryParam("visitor"))
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, "Your button is "+a.Alternative+".")
	})
	httpapi.Register(host.Group("/ab"), engine, httpapi.Options{Ping: st.Ping})
	return host
}
