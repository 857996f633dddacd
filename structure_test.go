package sixpack_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A listed is a package of this module as go list describes it. Import paths within the module are relative to it: "." is the
// root, "store" is github.com/sixpack-go/sixpack/store.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string // without tests
	Imports    []string
	Deps       []string // direct and indirect imports
}

func list(t *testing.T) (all []listed) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "./...").Output()
	check(t, err)
	const module = "github.com/sixpack-go/sixpack"
	out = bytes.ReplaceAll(out, []byte(`"`+module+`"`), []byte(`"."`))
	out = bytes.ReplaceAll(out, []byte(`"`+module+`/`), []byte(`"`))
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listed
		check(t, d.Decode(&p))
		all = append(all, p)
	}
	return all
}

// within reports whether a package is in one of the given trees of packages.
func within(importPath string, trees ...string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool { return importPath == tree || strings.HasPrefix(importPath, tree+"/") })
}

// TestImports keeps the engine free of everything that only a server or a store needs, and each library in one package.
func TestImports(t *testing.T) {
	const (
		cobra, viper, pflag = "github.com/spf13/cobra", "github.com/spf13/viper", "github.com/spf13/pflag"
		internal            = "store/internal"
	)
	packages := list(t)
	module := make(map[string]bool)
	for _, p := range packages {
		module[p.ImportPath] = true
	}
	standard := func(importPath string) bool {
		first, _, _ := strings.Cut(importPath, "/")
		return !module[importPath] && !strings.Contains(first, ".")
	}

	only := map[string][]string{ // the packages that a package may import, beside the standard library
		".":               {"analysis", "bandit", "stats", "store"},
		"bandit":          {"stats"},
		"analysis":        {"stats", "store", "internal/format"},
		"internal/format": {"stats"},
		"stats":           {"gonum.org/v1/gonum"},
		"store":           nil,
		"store/memory":    {"store", internal},
		"store/bolt":      {"store", internal, "go.etcd.io/bbolt"},
		"store/redis":     {"store", internal, "github.com/redis/rueidis"},
		"store/storetest": {"store", internal},
	}
	importers := map[string][]string{ // the only packages that may import another
		cobra: {"internal/cli"}, viper: {"internal/config"}, "dashboard/access": {"dashboard", "internal/config", "internal/cli", "examples"},
	}
	without := map[string][]string{ // libraries that a package must not depend on
		"internal/transfer":   {cobra, viper, pflag},
		"internal/sampledata": {cobra, viper, pflag},
		"internal/countsfile": {cobra, viper, pflag},
		"internal/samplesize": {cobra, viper, pflag},
		"internal/simulation": {cobra, viper, pflag},
		"internal/sixpack2":   {cobra, viper, pflag},
		"internal/report":     {cobra, viper, pflag},
	}
	for p := range only {
		if !module[p] {
			t.Errorf("there is no package %s", p)
		}
	}
	for p := range without {
		if !module[p] {
			t.Errorf("there is no package %s", p)
		}
	}
	for _, p := range packages {
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "model", "models"}, path.Base(p.ImportPath)) {
			t.Errorf("the name of %s does not describe its content", p.ImportPath)
		}
		allowed, limited := only[p.ImportPath]
		for _, i := range p.Imports {
			if limited && !standard(i) && !within(i, allowed...) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
			for imported, by := range importers {
				if within(i, imported) && !within(p.ImportPath, by...) {
					t.Errorf("%s imports %s, which only %v may", p.ImportPath, i, by)
				}
			}
			if within(i, "cmd") && module[i] {
				t.Errorf("%s imports the program %s", p.ImportPath, i)
			}
		}
		for _, d := range p.Deps {
			if within(d, without[p.ImportPath]...) {
				t.Errorf("%s depends on %s", p.ImportPath, d)
			}
		}
	}
}

// TestPackagesAreSmall keeps each package so small that it can be read in an evening.
func TestPackagesAreSmall(t *testing.T) {
	const usualLines, maxFiles = 2600, 26
	limits := map[string]int{"cmd/sixpack": 40, "dashboard": 3300}
	for _, p := range list(t) {
		if p.ImportPath == "store/storetest" { // as long as its promises
			continue
		}
		lines := 0
		for _, f := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, f))
			check(t, err)
			lines += bytes.Count(text, []byte("\n"))
		}
		maxLines, ok := limits[p.ImportPath]
		if !ok {
			maxLines = usualLines
		}
		if lines > maxLines || len(p.GoFiles) > maxFiles {
			t.Errorf("%s has %d lines in %d files, more than %d in %d", p.ImportPath, lines, len(p.GoFiles), maxLines, maxFiles)
		}
	}
}
