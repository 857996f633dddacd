package browser_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// timeout is how long a test waits for the browser.
const timeout = 30 * time.Second

// picture writes the README's picture.
var picture = flag.Bool("picture", false, "write docs/dashboard.png")

// Shared by all tests: a folder, and functions to call after the tests.
var (
	shared string
	mu     sync.Mutex // guards ends
	ends   []func()
)

func TestMain(m *testing.M) {
	flag.Parse()
	if _, err := exec.LookPath("chromium"); err != nil && os.Getenv("SIXPACK_CI") == "" {
		fmt.Fprintln(os.Stderr, "skipped: no chromium; with SIXPACK_CI set this fails")
		return
	}
	var err error
	if shared, err = os.MkdirTemp("", "sixpack"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	for _, end := range ends {
		end()
	}
	_ = os.RemoveAll(shared)
	os.Exit(status)
}

// atEnd calls a function after all tests.
func atEnd(end func()) {
	mu.Lock()
	defer mu.Unlock()
	ends = append(ends, end)
}

// program builds the program.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(shared, "sixpack")
	build := exec.Command("go", "build", "-o", path, "./cmd/sixpack")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// chromium starts the browser.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(shared, "profile")))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(allocator, chromedp.WithErrorf(func(format string, args ...any) {
		slog.Debug("chromium: " + fmt.Sprintf(format, args...)) // such as events that the package does not know
	}))
	atEnd(func() {
		leave()
		end()
	})
	return ctx, chromedp.Do(ctx)
})

// run runs the program to its end.
func run(environment []string, args ...string) error {
	path, err := program()
	if err != nil {
		return err
	}
	cmd := exec.Command(path, args...)
	cmd.Env = environment
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("sixpack %q: %w\n%s", args, err, &out)
	}
	return nil
}
