package main

import (
	"html/template"
	"net"
	"net/http"
)

var placeholderPage = template.Must(template.New("placeholder").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sixpack</title>
<style>
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1.5rem; color: #222; }
pre { background: #f3f3f0; padding: 1rem; overflow-x: auto; border-radius: .3rem; }
@media (prefers-color-scheme: dark) { body { background: #1a1a1a; color: #ddd; } pre { background: #2a2a2a; } a { color: #8bf; } }
</style>
</head>
<body>
<h1>Sixpack is running</h1>
<p>The dashboard will be here: it is not in this version. The API is at <a href="{{.}}">{{.}}</a>.</p>
<p>Let somebody take part in an experiment:</p>
<pre>curl '{{.}}/participate?experiment=button-color&amp;alternatives=red&amp;alternatives=blue&amp;client_id=alice'</pre>
<p>And convert:</p>
<pre>curl '{{.}}/convert?experiment=button-color&amp;client_id=alice'</pre>
<p>And look at the counts:</p>
<pre>curl '{{.}}/experiments/button-color'</pre>
</body>
</html>
`))

// placeholder is what the dashboard's port serves until there is one.
func placeholder(api net.Addr, status http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /_status", status)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host // without a port
		}
		header := w.Header()
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		_ = placeholderPage.Execute(w, baseURL(api, host)) // fails only if the visitor is gone
	})
	return mux
}
