package access

import (
	"net/http"
	"strings"
)

// Route is a method and a path of the dashboard and the role that callers need.
type Route struct {
	Method string
	Path   string // below the prefix, as a pattern of [http.ServeMux]

	role  Role
	serve Serve
}

// Serve answers a request, or returns an error and writes nothing.
type Serve func(w http.ResponseWriter, r *http.Request) error

// For returns a route for callers who have a role. The pattern is a method and a path.
func For(role Role, pattern string, serve Serve) Route {
	method, path, _ := strings.Cut(pattern, " ")
	return Route{method, path, role, serve}
}
