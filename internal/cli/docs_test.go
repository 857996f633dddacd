package cli

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/sixpack-go/sixpack/dashboard/access"
)

// documents returns the paths of the documents with examples.
func documents(t *testing.T) []string {
	t.Helper()
	guides, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(guides) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	return append(guides, "../../README.md")
}

// TestDocs runs the console blocks of the documents: each line "$ sixpack …" or
// "$ curl …" must print what stands below it.
func TestDocs(t *testing.T) {
	need(t, "sh", "curl")
	for _, path := range documents(t) {
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

var (
	// progress is what stands where a terminal has a bar, which goes when it is full.
	progress = regexp.MustCompile(`(?m)^[a-z ]+\.{3}\n`)

	// minute is a time in an answer. The documents keep theirs.
	minute = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d`)
)

// executed returns a text with its console blocks as they should be. All requests of a
// text go to one server.
func executed(t *testing.T, text string) string {
	t.Helper()
	server := documentServer(t)
	block := regexp.MustCompile("(?ms)^```console\n(.*?\n)```$")
	return block.ReplaceAllStringFunc(text, func(whole string) string {
		var out strings.Builder
		for line := range strings.Lines(block.FindStringSubmatch(whole)[1]) {
			command, found := strings.CutPrefix(line, "$ ")
			if !found {
				continue // of what was printed
			}
			var stdout, stderr string
			var err error
			if arguments, found := strings.CutPrefix(command, "sixpack "); found {
				stdout, stderr, err = call(t, nil, strings.Fields(arguments)...)
			} else {
				stdout, err = server().shell(t, "curl -s", command)
				stdout = strings.TrimSuffix(stdout, "\n") + "\n"
			}
			if err != nil {
				t.Errorf("%s%v", line, err)
			}
			if was := minute.FindString(whole); was != "" {
				stdout = minute.ReplaceAllLiteralString(stdout, was)
			}
			out.WriteString(line + stdout + progress.ReplaceAllString(stderr, ""))
		}
		return "```console\n" + out.String() + "```"
	})
}

// documentServer returns a function that starts a server at its first call. The
// token "TOKEN" is an editor's.
func documentServer(t *testing.T) func() *testServer {
	t.Helper()
	return sync.OnceValue(func() *testServer {
		return startServerWith(t, []string{"SIXPACK_TOKENS=deploy:editor:" + access.HashToken("TOKEN")}, t.TempDir())
	})
}

// shell runs a line with the given command in place of curl, and the addresses of the
// server in place of the default ones.
func (s *testServer) shell(t *testing.T, curl, line string) (stdout string, err error) {
	t.Helper()
	line = strings.NewReplacer("http://127.0.0.1:5000", s.url, "http://127.0.0.1:5001", s.web).Replace(line)
	out, err := exec.CommandContext(t.Context(), "sh", "-c", `curl() { command `+curl+` "$@"; }`+"\n"+line).Output()
	return string(out), err
}

// TestDocsCommands checks the commands of the documents whose output is not shown:
// requests must succeed, and commands and flags of sixpack must exist.
func TestDocsCommands(t *testing.T) {
	need(t, "sh", "curl")
	block := regexp.MustCompile("(?ms)^```sh\n(.*?\n)```$")
	example := regexp.MustCompile(`^([A-Z_]+=\S+ )*(sixpack|curl)\b`)
	checked := 0
	for _, path := range documents(t) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		server := sync.OnceValue(func() *testServer {
			s := documentServer(t)()
			if status, body := get(t, s.url+"/participate?experiment=button&alternatives=red&alternatives=blue&client_id=CLIENT_ID"); status != http.StatusOK {
				t.Fatal(body)
			}
			return s
		})
		for _, b := range block.FindAllStringSubmatch(string(content), -1) {
			for line := range strings.Lines(strings.ReplaceAll(b[1], "\\\n", "")) {
				switch m := example.FindStringSubmatch(line); {
				case m == nil:
					continue
				case m[2] == "curl":
					if out, err := server().shell(t, "curl -s --fail-with-body", line); err != nil {
						t.Errorf("%s: %s%v: %s", path, line, err, out)
					}
				default:
					checkCommand(t, path, line)
				}
				checked++
			}
		}
	}
	if checked == 0 {
		t.Error("there are no commands: this test sees nothing")
	}
}

// TestDocsPython parses the Python code of the documents.
func TestDocsPython(t *testing.T) {
	need(t, "python3")
	for _, path := range documents(t) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range regexp.MustCompile("(?s)```python\n(.*?)```").FindAllStringSubmatch(string(content), -1) {
			if out, err := exec.CommandContext(t.Context(), "python3", "-c", "import ast, sys; ast.parse(sys.argv[1])", block[1]).CombinedOutput(); err != nil {
				t.Errorf("%s: %s", path, out)
			}
		}
	}
}

// checkCommand checks that a line names a command of sixpack, its flags, and as many
// arguments as it takes.
func checkCommand(t *testing.T, path, line string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", `sixpack() { printf '%s\n' "$@"; }`+"\n"+line).Output()
	if err != nil {
		t.Fatalf("%s: %s%v", path, line, err)
	}
	arguments := strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
	command, rest, err := rootCommand(new(process)).Find(arguments)
	if err == nil {
		err = command.ParseFlags(rest)
	}
	if err == nil {
		err = command.ValidateArgs(command.Flags().Args())
	}
	if err != nil {
		t.Errorf("%s: %s%v", path, line, err)
	}
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

// TestExecuted checks that a block with another output is corrected.
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
		t.Errorf("a correct text became\n%s", got)
	}
}
