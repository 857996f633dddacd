package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/sixpack-go/sixpack/internal/config"
)

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

// shared is a folder that all tests share.
var shared string

func TestMain(m *testing.M) {
	var err error
	if shared, err = os.MkdirTemp("", "sixpack"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(shared)
	os.Exit(status)
}

// need skips a test if one of the commands is missing. If SIXPACK_CI is set, the test
// fails instead.
func need(t *testing.T, commands ...string) {
	t.Helper()
	for _, command := range commands {
		if _, err := exec.LookPath(command); err != nil {
			if os.Getenv("SIXPACK_CI") != "" {
				t.Fatal(err)
			}
			t.Skipf("%v (make test installs what tests need)", err)
		}
	}
}

// program builds the program, once for all tests.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(shared, "sixpack")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/sixpack").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// testServer is a server in a process of its own.
type testServer struct {
	url, web string
	took     time.Duration // from its start to its first answer
	cmd      *exec.Cmd
	log      *logs
	exited   chan struct{}
	exit     error // once exited is closed
}

// startServer starts a server on free ports and returns when it answers. It is
// stopped after the test at the latest.
func startServer(t *testing.T, folder string, flags ...string) *testServer {
	t.Helper()
	return startServerWith(t, nil, folder, flags...)
}

// startServerWith is startServer with variables.
func startServerWith(t *testing.T, variables []string, folder string, flags ...string) *testServer {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	s := &testServer{log: newLogs(), exited: make(chan struct{})}
	s.cmd = exec.Command(path, append(serverFlags(folder), flags...)...)
	s.cmd.Env = append(environment(), variables...)
	s.cmd.Stderr = s.log
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.exit = s.cmd.Wait()
		close(s.exited)
	}()
	t.Cleanup(s.kill)
	s.url, s.web = s.log.addresses(t, s.exited)
	if status, body := get(t, s.url+"/_status"); status != http.StatusOK {
		t.Fatalf("/_status answers %d %s", status, body)
	}
	s.took = time.Since(began)
	return s
}

func serverFlags(folder string) []string {
	return []string{"serve", "--host=127.0.0.1", "--port=0", "--web-port=0", "--log-format=json", "--data-dir=" + folder}
}

// environment returns our environment without variables that configure the program.
func environment() (clean []string) {
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "SIXPACK_") && !strings.HasPrefix(e, "STATSD_URL=") {
			clean = append(clean, e)
		}
	}
	return clean
}

// stop stops the server with SIGTERM and checks its exit status.
func (s *testServer) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.exited:
	case <-time.After(patience):
		t.Fatalf("does not stop:\n%s", s.log)
	}
	if s.exit != nil {
		t.Fatalf("stopped with %v:\n%s", s.exit, s.log)
	}
}

// kill kills the server with SIGKILL.
func (s *testServer) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.exited
}

// startHere starts a server in this process. It is stopped after the test.
func startHere(t *testing.T, folder string, flags ...string) (url string) {
	t.Helper()
	return startHereWith(t, nil, folder, flags...)
}

// startHereWith is startHere with variables.
func startHereWith(t *testing.T, variables []string, folder string, flags ...string) (url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	log, exited := newLogs(), make(chan struct{})
	go func() {
		defer close(exited)
		if err := run(ctx, append(serverFlags(folder), flags...), variables, io.Discard, log); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-exited
	})
	url, _ = log.addresses(t, exited)
	return url
}

// logs collects a log of JSON objects, one per line.
type logs struct {
	entries chan map[string]any

	mu   sync.Mutex // guards the fields below
	all  bytes.Buffer
	rest []byte // of a line
}

func newLogs() *logs { return &logs{entries: make(chan map[string]any, 1000)} }

// Write implements [io.Writer].
func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.Write(b)
	l.rest = append(l.rest, b...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		l.rest = rest
		entry := make(map[string]any)
		if json.Unmarshal(line, &entry) != nil {
			continue
		}
		select {
		case l.entries <- entry:
		default: // nobody is interested
		}
	}
}

// String returns all that was logged.
func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// wait returns the next entry with a message.
func (l *logs) wait(t *testing.T, message string, exited <-chan struct{}) map[string]any {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e := <-l.entries:
			if e["msg"] == message {
				return e
			}
		case <-exited:
			t.Fatalf("ended before it logged %q:\n%s", message, l)
		case <-deadline:
			t.Fatalf("did not log %q:\n%s", message, l)
		}
	}
}

func (l *logs) addresses(t *testing.T, exited <-chan struct{}) (url, web string) {
	t.Helper()
	e := l.wait(t, "listening", exited)
	return fmt.Sprintf("http://%v", e["api"]), fmt.Sprintf("http://%v", e["dashboard"])
}

// call runs a command in this process.
func call(t *testing.T, environ []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = run(t.Context(), args, environ, &out, &errs)
	return out.String(), errs.String(), err
}

// loaded returns the configuration for an environment and flags.
func loaded(t *testing.T, environ []string, args ...string) *config.Settings {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	s, err := config.Load(environ, flags)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}

// writeFile writes a file that is removed after the test.
func writeFile(t *testing.T, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// id returns a UUID, the usual form of a client's id.
func id(n int64) string {
	h := uint64(n) * 0x9e3779b97f4a7c15
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", h>>32, h>>16&0xffff, h&0xfff, h>>20&0xfff, n)
}
