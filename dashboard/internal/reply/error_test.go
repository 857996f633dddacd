package reply_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// TestErrorOf has an answer for each error that the engine exports, so that a new one is
// not taken for a failure of the store.
func TestErrorOf(t *testing.T) {
	never := http.StatusServiceUnavailable // the dashboard never participates or converts
	answers := map[string]struct {
		err    error
		status int
		says   string
	}{
		"InvalidError":        {&sixpack.InvalidError{Argument: "plan", Rule: "none"}, http.StatusBadRequest, "Invalid plan: none."},
		"ConflictError":       {&sixpack.ConflictError{Message: "It is archived."}, http.StatusConflict, "It is archived."},
		"ErrConflict":         {&sixpack.ConflictError{Message: "It is paused.", Done: true}, http.StatusConflict, "It is paused."},
		"ErrUnknown":          {sixpack.ErrUnknown, http.StatusNotFound, "no such experiment"},
		"ErrChanged":          {sixpack.ErrChanged, never, ""},
		"ErrNotParticipating": {sixpack.ErrNotParticipating, never, ""},
		"ErrPaused":           {sixpack.ErrPaused, never, ""},
		"ErrArchived":         {sixpack.ErrArchived, never, ""},
		"tooLong":             {&http.MaxBytesError{Limit: 1}, http.StatusRequestEntityTooLarge, "larger than 1 MiB"},
		"":                    {errors.New("the store is down"), http.StatusServiceUnavailable, "The store is not available."},
	}
	for name, c := range answers {
		if got := reply.ErrorOf(fmt.Errorf("wrapped: %w", c.err)); got.Status != c.status || !strings.Contains(got.Message, c.says) {
			t.Errorf("%s: %+v, want %d %s", name, got, c.status, c.says)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "../../../errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		var names []*ast.Ident
		switch n := n.(type) {
		case *ast.ValueSpec:
			names = n.Names
		case *ast.TypeSpec:
			names = []*ast.Ident{n.Name}
		}
		for _, name := range names {
			if _, known := answers[name.Name]; !known && name.IsExported() {
				t.Errorf("there is no answer for %s", name.Name)
			}
		}
		return true
	})
}
