package report

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A Progress shows how far tasks have come: on a terminal by a bar, elsewhere by a line
// for each task.
type Progress struct {
	w    io.Writer
	task string
	bar  *progressbar.ProgressBar
}

// NewProgress returns a Progress without a task.
func NewProgress(w io.Writer) *Progress { return &Progress{w: w} }

// Start begins a task of the given number of steps, and finishes the one before. If bytes
// is set the steps are bytes.
func (p *Progress) Start(task string, steps int64, bytes bool) {
	p.Finish()
	p.task = task
	file, ok := p.w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		fmt.Fprintln(p.w, task+"...")
		return
	}
	p.bar = progressbar.NewOptions64(steps,
		progressbar.OptionSetWriter(p.w),
		progressbar.OptionSetDescription(task),
		progressbar.OptionShowBytes(bytes),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
}

// Set begins a task if it is another one, and sets the number of steps done.
func (p *Progress) Set(task string, done, steps int64) {
	if task != p.task {
		p.Start(task, steps, false)
	}
	if p.bar != nil {
		_ = p.bar.Set64(done) // a bar that cannot be drawn is no reason to stop
	}
}

// Step counts a step. It may be called concurrently.
func (p *Progress) Step() {
	if p.bar != nil {
		_ = p.bar.Add(1) // as in Set
	}
}

// Write implements [io.Writer]: it counts bytes.
func (p *Progress) Write(b []byte) (int, error) {
	if p.bar != nil {
		_ = p.bar.Add(len(b)) // as in Set
	}
	return len(b), nil
}

// Finish removes the bar.
func (p *Progress) Finish() {
	if p.bar != nil {
		_ = p.bar.Finish() // as in Set
	}
	p.task, p.bar = "", nil
}
