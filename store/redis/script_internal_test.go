package redis

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// TestIncludes assembles every script. The files that it includes must exist and be inserted.
func TestIncludes(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(sources, "lua/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("scripts %q: %v", files, err)
	}
	for _, file := range files {
		text, err := source(sources, strings.TrimSuffix(strings.TrimPrefix(file, "lua/"), ".lua"))
		if err != nil {
			t.Error(err)
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(strings.TrimLeft(line, "- "), "#include") {
				t.Errorf("%s: not included: %s", file, line)
			}
		}
	}
}

func TestUnknownInclude(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"lua/a.lua": {Data: []byte("--#include b.lua\n")}, "lua/b.lua": {Data: []byte("--#include c.lua\n")}}
	if text, err := source(files, "a"); err == nil {
		t.Errorf("an unknown file was included: %q", text)
	}
	files["lua/c.lua"] = &fstest.MapFile{Data: []byte("return 1\n")}
	if text, err := source(files, "a"); err != nil || text != "return 1\n" {
		t.Errorf("got %q, %v", text, err)
	}
}
