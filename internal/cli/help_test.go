package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/internal/config"
)

var update = flag.Bool("update", false, "write what is printed to testdata instead of comparing it")

// golden compares output with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant, as in %s:\n%s", got, path, want)
	}
}

func TestHelp(t *testing.T) {
	overview, _, err := call(t, nil, "help")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "help.txt", overview)
	for _, args := range [][]string{{"--help"}, {"-h"}, {"help", "help"}, {"help", "-h"}} {
		if got, _, err := call(t, nil, args...); err != nil || got != overview {
			t.Errorf("sixpack %s: %v\n%s", strings.Join(args, " "), err, got)
		}
	}
	if got, _, err := call(t, nil, "help", "config"); err != nil || got != config.Reference() {
		t.Errorf("help config: %v\n%s", err, got)
	}
}

// TestCommandHelp checks that every command is explained, in lines that fit a
// terminal.
func TestCommandHelp(t *testing.T) {
	for _, c := range rootCommand(new(process)).Commands() {
		if c.Name() == "help" || c.Name() == "config" {
			continue
		}
		text, _, err := call(t, nil, "help", c.Name())
		if err != nil {
			t.Fatal(err)
		}
		if again, _, err := call(t, nil, c.Name(), "--help"); err != nil || again != text {
			t.Errorf("sixpack %s --help: %v\n%s", c.Name(), err, again)
		}
		if !strings.HasPrefix(text, "Usage: sixpack "+c.Name()) || !strings.Contains(text, "\n\n"+c.Long) || len(c.Long) < 40 {
			t.Errorf("sixpack help %s:\n%s", c.Name(), text)
		}
		if c.Name() != "version" && !strings.Contains(text, "\n  sixpack "+c.Name()) && c.Name() != "server" {
			t.Errorf("sixpack help %s has no example:\n%s", c.Name(), text)
		}
		for line := range strings.Lines(c.Long + "\n" + c.Example) {
			if len(line) > 95 {
				t.Errorf("sixpack help %s has a long line: %s", c.Name(), line)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--version"}} {
		got, _, err := call(t, nil, args...)
		if err != nil || !strings.HasPrefix(got, "sixpack "+version()+" (go") {
			t.Errorf("sixpack %v: %v\n%s", args, err, got)
		}
	}
}

// TestCompletion asks for completions as a shell does, and for the scripts by
// which shells do so.
func TestCompletion(t *testing.T) {
	for _, c := range []struct {
		args      []string
		want      []string // some of the lines
		directive string
	}{
		{[]string{"se"}, []string{"seed", "serve", "server"}, ":4"},
		{[]string{"help", "back"}, []string{"backup"}, ":4"},
		{[]string{"completion", ""}, []string{"bash", "zsh", "fish", "powershell"}, ":4"},
		{[]string{"analyze", "--k"}, []string{"--kpi"}, ":4"},
		{[]string{"serve", "--web-p"}, []string{"--web-port", "--web-prefix"}, ":4"},
		{[]string{"serve", "--store", ""}, []string{"embedded", "redis", "memory"}, ":4"},
		{[]string{"web", "--log-level", "w"}, []string{"debug", "info", "warn", "error"}, ":4"},
		{[]string{"--algorithm", ""}, []string{"hash", "random", "thompson", "whiplash", "whiplash-legacy", "epsilon-greedy"}, ":4"},
		{[]string{"passwd", "--role", ""}, []string{"viewer", "editor"}, ":4"},
		{[]string{"serve", "--port", ""}, nil, ":4"},
		{[]string{"serve", "--data-dir", ""}, nil, ":0"},
		{[]string{"check-config", "--config", ""}, nil, ":0"},
		{[]string{"serve", ""}, nil, ":4"},
		{[]string{"backup", ""}, nil, ":0"},
		{[]string{"copy", "--from", ""}, nil, ":0"},
	} {
		out, _, err := call(t, nil, append([]string{"__completeNoDesc"}, c.args...)...)
		got, want := strings.Join(strings.Fields(out), " "), strings.TrimSpace(strings.Join(c.want, " ")+" "+c.directive)
		if err != nil || got != want {
			t.Errorf("%q is completed by %q, %v; want %q", c.args, got, err, want)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if script, _, err := call(t, nil, "completion", shell); err != nil || !strings.Contains(script, "__complete") {
			t.Errorf("completion %s: %v\n%s", shell, err, script)
		}
	}
}

func TestMan(t *testing.T) {
	folder := t.TempDir()
	if _, _, err := call(t, nil, "man", folder); err != nil {
		t.Fatal(err)
	}
	for page, lines := range map[string][]string{
		"sixpack.1":        {`.TH "SIXPACK" 1 "" "sixpack ` + version() + `"`, ".SH SYNOPSIS"},
		"sixpack-backup.1": {`sixpack\-backup \- copy all data to FILE, even while the server runs`, "  sixpack backup sixpack\\-$(date +%F).db"},
	} {
		content, err := os.ReadFile(filepath.Join(folder, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if !strings.Contains("\n"+string(content), "\n"+line+"\n") {
				t.Errorf("%s lacks %q:\n%s", page, line, content)
			}
		}
	}
}
