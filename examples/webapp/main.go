// Webapp is a small web shop that tests its buy button in process, without a
// server for the experiments.
//
//	go run ./examples/webapp
//
// Then open http://127.0.0.1:8080, click Buy, and open /results.
package main

import (
	"crypto/rand"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/bolt"
)

var buyButton = sixpack.Experiment{Name: "buy-button", Alternatives: []string{"green", "orange"}}

var page = template.Must(template.New("page").Parse(`<!doctype html><title>Shop</title>
<form method="post" action="/buy"><button style="background:{{.Alternative}}">Buy</button></form>
`))

func main() {
	st, err := bolt.Open("webapp.db")
	if err != nil {
		log.Fatal(err)
	}
	server := http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           newShop(sixpack.New(st, sixpack.Config{})),
		ReadHeaderTimeout: 5 * time.Second,
	}
	log.Printf("open http://%s", server.Addr)
	err = server.ListenAndServe()
	log.Fatal(err, st.Close())
}

func newShop(engine *sixpack.Engine) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		a, err := engine.Participate(r.Context(), buyButton, visitor(w, r), sixpack.UserAgent(r.UserAgent()))
		if err != nil {
			log.Print(err) // show the control
			a.Alternative = buyButton.Alternatives[0]
		}
		_ = page.Execute(w, a)
	})
	mux.HandleFunc("POST /buy", func(w http.ResponseWriter, r *http.Request) {
		_, err := engine.Convert(r.Context(), buyButton.Name, visitor(w, r), sixpack.UserAgent(r.UserAgent()), sixpack.Value(19.90))
		if err != nil {
			log.Print(err)
		}
		fmt.Fprintln(w, "Thank you.")
	})
	mux.HandleFunc("GET /results", func(w http.ResponseWriter, r *http.Request) {
		counts, err := engine.Counts(r.Context(), buyButton.Name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		for i, a := range counts.Alternatives {
			fmt.Fprintf(w, "%-8s %d visitors, %d bought\n",
				counts.Record.Alternatives[i], a.Participants(), a.KPI("").Converted())
		}
	})
	return mux
}

// visitor returns the client ID of a visitor: the value of a cookie, which the first
// request sets.
func visitor(w http.ResponseWriter, r *http.Request) string {
	if c, err := r.Cookie("visitor"); err == nil && c.Value != "" {
		return c.Value
	}
	id := rand.Text()
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // this shop is served over plain HTTP; add Secure to yours
		Name: "visitor", Value: id, MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return id
}
