package config

import (
	"cmp"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write config.yaml")

// TestReference checks that config.yaml is what the declaration of Config says.
func TestReference(t *testing.T) {
	want := generated(t)
	if *update {
		if err := os.WriteFile("config.yaml", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if Reference() != want {
		t.Error("config.yaml is not what config.go says: run go test ./internal/config -run TestReference -update")
	}
	documented := Settings{values: viper.New()}
	documented.values.SetConfigType("yaml")
	if err := documented.values.ReadConfig(strings.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	documented.decode()
	if defaults := loaded(t, nil).Config; !reflect.DeepEqual(documented.Config, defaults) || len(documented.Problems) > 0 {
		t.Errorf("config.yaml has the values %+v, want %+v (%q)", documented.Config, defaults, documented.Problems)
	}
	for line := range strings.Lines(want) {
		if len(line) > 121 && !strings.HasPrefix(line, "robot_regex") {
			t.Errorf("config.yaml has a long line: %s", line)
		}
	}
}

// generated returns config.yaml as config.go declares it.
func generated(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	declaration := file.Scope.Lookup("Config").Decl.(*ast.TypeSpec).Type.(*ast.StructType) //nolint:staticcheck // of one file, that is enough
	documented := make(map[*ast.CommentGroup]*ast.Field)
	for _, f := range declaration.Fields.List {
		documented[f.Doc] = f
	}
	var b strings.Builder
	for _, comment := range file.Comments {
		if comment.Pos() < declaration.Pos() || comment.Pos() > declaration.End() {
			continue
		}
		for _, line := range comment.List {
			b.WriteString("#" + strings.TrimPrefix(line.Text, "//") + "\n")
		}
		if f, ok := documented[comment]; ok {
			b.WriteString(entry(t, f))
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// entry returns the last lines of the documentation of a key: how it is set, and
// its default.
func entry(t *testing.T, field *ast.Field) string {
	t.Helper()
	text, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(reflect.StructTag(text).Get("key"), ",")
	k, _ := findKey(name)
	value := k.Default
	switch {
	case k.kind == reflect.Slice && value == "":
		value = "[]"
	case k.kind == reflect.String || value == "" || strings.ContainsAny(value[:1], "*["):
		quoted, err := yaml.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		value = strings.TrimSpace(string(quoted))
	}
	flag := "no flag"
	if k.Flag != "" {
		flag = "--" + k.Flag
	}
	return "# [" + k.Variable + ", " + flag + "]\n" + cmp.Or(name, "?") + ": " + value + "\n"
}
