package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocs runs what the documents say that one may run: each line "$ sixpack …"
// of a console block must print what stands below it.
func TestDocs(t *testing.T) {
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(documents) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, path := range append(documents, "../../README.md") {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got := executed(t, string(content))
		if got == string(content) {
			continue
		}
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		was, is := firstDifference(string(content), got)
		t.Errorf("%s says\n%s\nwhere the command prints\n%s\n(go test ./internal/cli -run TestDocs -update writes what it prints)", path, was, is)
	}
}

// progress is what stands where a terminal has a bar, which goes when it is full.
var progress = regexp.MustCompile(`(?m)^[a-z ]+\.{3}\n`)

// executed returns a text with its console blocks as they should be.
func executed(t *testing.T, text string) string {
	t.Helper()
	block := regexp.MustCompile("(?ms)^```console\n(.*?\n)```$")
	return block.ReplaceAllStringFunc(text, func(whole string) string {
		var out strings.Builder
		for line := range strings.Lines(block.FindStringSubmatch(whole)[1]) {
			command, found := strings.CutPrefix(line, "$ sixpack ")
			if !found {
				continue // of what was printed
			}
			stdout, stderr, err := call(t, nil, strings.Fields(command)...)
			if err != nil {
				t.Errorf("%s%v", line, err)
			}
			out.WriteString(line + stdout + progress.ReplaceAllString(stderr, ""))
		}
		return "```console\n" + out.String() + "```"
	})
}

func firstDifference(a, b string) (inA, inB string) {
	rest := strings.Split(b, "\n")
	for i, line := range strings.Split(a, "\n") {
		if i >= len(rest) || line != rest[i] {
			return line, strings.Join(rest[min(i, len(rest)):min(i+1, len(rest))], "")
		}
	}
	return "", rest[strings.Count(a, "\n")+1]
}

// TestExecuted sees that a block which says something else is mended.
func TestExecuted(t *testing.T) {
	const text = "Before.\n\n```console\n$ sixpack help version\nsomething else\n```\n\nAfter.\n"
	printed, _, err := call(t, nil, "help", "version")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(text, "something else\n", printed, 1)
	if got := executed(t, text); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := executed(t, want); got != want {
		t.Errorf("what was right became\n%s", got)
	}
}
