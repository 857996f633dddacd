package config

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write config.yaml and docs/configuration.md")

// TestReference checks that config.yaml and docs/configuration.md match the declaration of Config.
func TestReference(t *testing.T) {
	want := generated(t)
	for path, text := range map[string]string{"config.yaml": want, "../../docs/configuration.md": markdown(want)} {
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		} else if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%s does not match config.go (%v): run go test ./internal/config -run TestReference -update", path, err)
		}
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

// markdown returns docs/configuration.md for a config.yaml.
func markdown(reference string) string {
	text := strings.NewReplacer("# ", "", "#\n", "\n", "*", `\*`)
	_, head, _ := strings.Cut(reference, "#\n")
	b := strings.Builder{}
	b.WriteString("# Configuration reference\n\nEvery key of the configuration with its default, environment variable and flag. This page is generated\n" +
		"from [config.go](../internal/config/config.go); `sixpack help config` prints it as a configuration file.\n")
	key := regexp.MustCompile(`(?s)^(.*)# \[(\S+), (no flag|\S+)\]\n(\w+): (.*)$`)
	for block := range strings.SplitSeq(strings.TrimSpace(head), "\n\n") {
		if m := key.FindStringSubmatch(block); m != nil {
			ways := "`" + m[2] + "` or `" + m[3] + "`"
			if m[3] == "no flag" {
				ways = "`" + m[2] + "`"
			}
			fmt.Fprintf(&b, "\n### %s\n\n%s\nDefault: `%s`. Set by %s.\n", m[4], text.Replace(m[1]), m[5], ways)
		} else if title, ok := strings.CutPrefix(block, "# ---- "); ok {
			title, rest, _ := strings.Cut(title, ". ")
			fmt.Fprintf(&b, "\n## %s\n", title)
			if rest != "" {
				fmt.Fprintf(&b, "\n%s\n", text.Replace(rest))
			}
		} else {
			fmt.Fprintf(&b, "\n%s\n", text.Replace(block))
		}
	}
	return b.String()
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
