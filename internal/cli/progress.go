package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows how far something is: on a terminal by a bar, else by one line.
type bar struct{ terminal *progressbar.ProgressBar }

// newBar returns a bar for something with that many steps, or bytes.
func newBar(w io.Writer, what string, bytes bool, steps int64) bar {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		fmt.Fprintln(w, what+"...")
		return bar{}
	}
	return bar{progressbar.NewOptions64(steps,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowBytes(bytes),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)}
}

// step tells that one more step is done.
func (b bar) step() { b.steps(1) }

// steps tells that so many more are done.
func (b bar) steps(n int64) {
	if b.terminal != nil {
		_ = b.terminal.Add64(n) // a bar that cannot be drawn is no reason to stop
	}
}

// Write implements [io.Writer]: it counts bytes.
func (b bar) Write(p []byte) (int, error) {
	if b.terminal != nil {
		_ = b.terminal.Add(len(p))
	}
	return len(p), nil
}

// finish takes the bar away.
func (b bar) finish() {
	if b.terminal != nil {
		_ = b.terminal.Finish()
	}
}
