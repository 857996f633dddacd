package docs_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?\n)```$")

// frame is a file around the Go code of a document. It declares what the code uses and
// leaves to its reader.
const frame = `package snippets

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/labstack/echo/v4"
	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/redis"
)

func _(
	ctx context.Context, t *testing.T, r *http.Request, mux *http.ServeMux, e *echo.Echo, engine *sixpack.Engine,
	st store.Store, client, clientID, hash string, secret []byte, colors []string, show func(string), err error,
) error {
	%s
	return nil
}
`

// TestGoSnippets compiles the Go code of each document, block within block, so that each
// can use what the blocks before it declare.
func TestGoSnippets(t *testing.T) {
	guides, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	check := types.Config{
		Importer: importer.ForCompiler(files, "gc", exported(t)),
		Error: func(err error) {
			if e := (types.Error{}); errors.As(err, &e) && !e.Soft { // soft: something is not used
				t.Error(err)
			}
		},
	}
	compiled := 0
	for _, name := range guides {
		if name == "quickstart.md" {
			continue // its code is of another module; a test of dashboard/internal/snippet compares it
		}
		body, end := "", ""
		for _, block := range goBlock.FindAllStringSubmatch(read(t, name), -1) {
			body, end = body+"{\n"+block[1], end+"}\n"
			compiled++
		}
		file, err := parser.ParseFile(files, name, fmt.Sprintf(frame, body+end), 0)
		if err != nil {
			t.Error(err)
			continue
		}
		_, _ = check.Check("snippets", files, []*ast.File{file}, nil) // Error has its errors
	}
	if compiled == 0 {
		t.Error("there is no Go code: this test sees nothing")
	}
}

// exported returns a function that opens the export data of a package that frame
// imports, or of one of its dependencies.
func exported(t *testing.T) importer.Lookup {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "frame.go", frame, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}
	for _, i := range file.Imports {
		args = append(args, strings.Trim(i.Path.Value, `"`))
	}
	out, err := exec.CommandContext(t.Context(), "go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	paths := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		name, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		paths[name] = path
	}
	return func(name string) (io.ReadCloser, error) { return os.Open(paths[name]) }
}

// TestReadme runs the program of the README, and compares what it prints with the
// comments beside it.
func TestReadme(t *testing.T) {
	program := goBlock.FindStringSubmatch(read(t, "../README.md"))
	if program == nil {
		t.Fatal("the README has no Go program")
	}
	path := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(path, []byte(program[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := exec.CommandContext(t.Context(), "go", "run", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	var want strings.Builder
	for _, comment := range regexp.MustCompile(`(?m)Println.* // (.*\n)`).FindAllStringSubmatch(program[1], -1) {
		want.WriteString(comment[1])
	}
	if string(got) != want.String() || len(got) == 0 {
		t.Errorf("the program prints\n%s\nnot, as its comments say,\n%s", got, want.String())
	}
}
