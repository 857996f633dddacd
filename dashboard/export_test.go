package dashboard

import (
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// APIRoutes returns the routes of the API, as method and path.
func APIRoutes() [][2]string {
	var all [][2]string
	for _, r := range new(dashboard).routes() {
		if strings.HasPrefix(r.path, "/api/") {
			all = append(all, [2]string{r.method, r.path})
		}
	}
	return all
}

// Bodies returns what the API reads, by method and path below the experiment's.
func Bodies() map[string]any {
	return map[string]any{
		"PUT /winner": winnerBody{}, "PUT /description": descriptionBody{}, "PUT /override": store.Override{}, "PUT /plan": store.Plan{}, "POST /undo": undoBody{},
		"PUT /ramp": rampBody{},
	}
}
