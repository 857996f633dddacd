package report

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// Progress shows how far tasks have come: on a terminal by a line that is redrawn,
// elsewhere by a line for each task.
type Progress struct {
	w        io.Writer
	terminal bool

	mu           sync.Mutex // guards the fields below
	task         string
	done, steps  int64
	bytes        bool
	begun, drawn time.Time
}

// NewProgress returns a Progress without a task.
func NewProgress(w io.Writer) *Progress {
	file, ok := w.(*os.File)
	return &Progress{w: w, terminal: ok && term.IsTerminal(int(file.Fd()))}
}

// Start begins a task of the given number of steps, and finishes the one before. If bytes
// is set the steps are bytes.
func (p *Progress) Start(task string, steps int64, bytes bool) {
	p.Finish()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.task, p.done, p.steps, p.bytes, p.begun = task, 0, steps, bytes, time.Now()
	if !p.terminal {
		fmt.Fprintln(p.w, task+"...")
	}
}

// Set begins a task if it is another one, and sets the number of steps done.
func (p *Progress) Set(task string, done, steps int64) {
	if task != p.task {
		p.Start(task, steps, false)
	}
	p.add(done - p.done)
}

// Step counts a step. It may be called concurrently.
func (p *Progress) Step() { p.add(1) }

// Write implements [io.Writer]: it counts bytes.
func (p *Progress) Write(b []byte) (int, error) {
	p.add(int64(len(b)))
	return len(b), nil
}

// add counts n steps, and draws the line unless it was drawn just now.
func (p *Progress) add(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	if !p.terminal || time.Since(p.drawn) < 100*time.Millisecond {
		return
	}
	p.drawn = time.Now()
	count := fmt.Sprintf("%d of %d", p.done, p.steps)
	if p.bytes {
		count = fmt.Sprintf("%.1f of %.1f MB", float64(p.done)/1e6, float64(p.steps)/1e6)
	}
	part := float64(p.done) / float64(max(p.done, p.steps, 1))
	left := time.Duration(float64(time.Since(p.begun)) * (1 - part) / max(part, 0.001)).Round(time.Second)
	fmt.Fprintf(p.w, "\r%-79s", fmt.Sprintf("%s: %.0f%%, %s, about %v left", p.task, 100*part, count, left))
}

// Finish removes the line.
func (p *Progress) Finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal && p.task != "" {
		fmt.Fprintf(p.w, "\r%79s\r", "")
	}
	p.task = ""
}
