// Command bench compares sixpack with other programs and prints a table: what is measured,
// sixpack, the other program, their ratio, and the limit of the ratio.
//
//	cd bench && go run .
//
// The two sides of a comparison are measured in turn, round by round, on one machine in one run:
// their ratio is repeatable, although times are not. HTTP clients and servers are separate
// processes, all on the loopback interface.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// effort is the amount of work for a figure.
type effort struct {
	rounds    int
	calls     int           // in process, in a turn
	turn      time.Duration // of a server under load
	newcomers int           // to a bolt file, in a turn
	known     int           // clients that a server has before the load
	loaded    int           // clients of the large file
}

var (
	full  = effort{rounds: 5, calls: 50_000, turn: 2 * time.Second, newcomers: 9_600, known: 100_000, loaded: 1_000_000}
	short = effort{rounds: 3, calls: 10_000, turn: 500 * time.Millisecond, newcomers: 1_280, known: 10_000, loaded: 20_000}
)

// bench is one run of the program.
type bench struct {
	effort

	scratch  string // folder for files
	profiles string // folder for profiles of the sixpack servers; empty: none
	progress io.Writer
}

// sections are the parts of the table, by their names for -run.
var sections = []struct {
	name string
	rows func(*bench, context.Context) ([]row, error)
}{
	{"memory", (*bench).memory},
	{"http", (*bench).http},
	{"bolt", (*bench).bolt},
	{"start", (*bench).start},
	{"redis", (*bench).redis},
}

var errBelow = errors.New("some figures are below the bar")

// run runs the program, or the part of it that the first argument names.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 2 && parts[args[0]] != nil {
		return parts[args[0]](ctx, []byte(args[1]), stdin, stdout)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	quick := flags.Bool("short", false, "take 20 seconds, for figures that only show that everything works")
	asJSON := flags.Bool("json", false, "print JSON instead of a table")
	strict := flags.Bool("strict", false, "exit with status 1 if a figure is below its bar")
	only := flags.String("run", "", "measure only the sections that match this `expression`: memory, http, bolt, start, redis")
	// Not the folder for temporary files, which is often in memory, where nothing waits for a
	// disk.
	dir := flags.String("dir", ".", "the `folder` to write files to, on the kind of disk that matters")
	profiles := flags.String("profiles", "", "a `folder` for CPU profiles of our servers under load")
	if err := flags.Parse(args); err != nil {
		return err
	}
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	b := &bench{effort: full, profiles: *profiles, progress: stderr}
	if *quick {
		b.effort = short
	}
	rows, err := b.measure(ctx, *dir, wanted)
	if len(rows) > 0 {
		err = errors.Join(err, show(stdout, rows, *asJSON))
	}
	if err != nil {
		return err
	}
	if *strict && anyBelow(rows) {
		return errBelow
	}
	return nil
}

// measure returns the rows. If it fails, it returns the rows so far.
func (b *bench) measure(ctx context.Context, dir string, wanted *regexp.Regexp) (rows []row, err error) {
	if b.scratch, err = os.MkdirTemp(dir, "scratch-"); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.scratch)) }()
	if b.scratch, err = filepath.Abs(b.scratch); err != nil {
		return nil, err
	}
	fmt.Fprintf(b.progress, "%s %s/%s, %d processors%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load1())
	for _, s := range sections {
		if !wanted.MatchString(s.name) {
			continue
		}
		fmt.Fprintf(b.progress, "measuring %s …\n", s.name)
		more, err := s.rows(b, ctx)
		if err != nil {
			return rows, fmt.Errorf("%s: %w", s.name, err)
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// load1 returns how busy the machine is at the start. If others use it, even ratios are noise.
func load1() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	load, _, _ := strings.Cut(string(text), " ")
	return ", load average " + load
}

func show(w io.Writer, rows []row, asJSON bool) error {
	if !asJSON {
		return printTable(w, rows)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(rows)
}
