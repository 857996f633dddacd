package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// dataFile is the name of the file in the data folder of the server.
const dataFile = "sixpack.db"

// start measures the time that the real program takes until it answers, and its private memory.
// There is no other program to compare with.
func (b *bench) start(ctx context.Context) ([]row, error) {
	binary := filepath.Join(b.scratch, "sixpack")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/sixpack") //nolint:gosec // the path is ours
	build.Dir = ".."
	if text, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w: %s", build, err, text)
	}
	fresh := func(i int) string { return filepath.Join(b.scratch, fmt.Sprintf("empty-%d", i)) }
	empty, err := b.starts(ctx, binary, fresh)
	if err != nil {
		return nil, err
	}
	large := filepath.Join(b.scratch, "large")
	filled, err := b.fill(ctx, large)
	if err != nil {
		return nil, err
	}
	loaded, err := b.starts(ctx, binary, func(int) string { return large })
	if err != nil {
		return nil, err
	}
	n := grouped(float64(b.loaded))
	took := func(s started) float64 { return s.took.Seconds() * 1e9 }
	memory := func(s started) float64 { return s.anonymous }
	return slices.DeleteFunc([]row{
		alone("start to first answer: empty store", nanoseconds, scaled(empty, took)...).withMax(300e6),
		alone("start to first answer: bolt with "+n+" clients", nanoseconds, scaled(loaded, took)...).withMax(2e9),
		alone("memory not mapped: after loading "+n+" clients", bytesOf, filled.Anonymous).withMax(100e6),
		alone("memory not mapped: server of these, after its start", bytesOf, scaled(loaded, memory)...),
		alone("file, for each of these clients", bytesOf, filled.Size/float64(b.loaded)),
		alone(fmt.Sprintf("loading these, %d callers", crowd), perSecond, filled.PerSecond),
	}, func(r row) bool { return r.Ours.Median == 0 }), nil // figures that this system does not have
}

// started holds the figures of one start of the server.
type started struct {
	took      time.Duration // until the first answer
	anonymous float64       // bytes, then
}

// starts repeats the start of the server over the same folder.
func (b *bench) starts(ctx context.Context, binary string, data func(i int) string) (all []started, err error) {
	for i := range b.rounds {
		s, err := startOnce(ctx, binary, data(i), uuidOf(1<<60+uint64(i)))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// startOnce starts the server, requests the alternative of a new client, which the server has to
// write, and stops it.
func startOnce(ctx context.Context, binary, data string, client uuid) (s started, err error) {
	server := exec.CommandContext(ctx, binary, "server", "--host=127.0.0.1", "--port=0", "--log-format=json", "--data-dir="+data) //nolint:gosec // we built it
	server.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "SIXPACK_") })
	log, err := server.StderrPipe()
	if err != nil {
		return s, err
	}
	began := time.Now()
	if err := server.Start(); err != nil {
		return s, err
	}
	lines := bufio.NewReader(log)
	defer func() {
		stopping := server.Process.Signal(os.Interrupt)
		rest, reading := io.ReadAll(lines)
		if err = errors.Join(err, stopping, reading, server.Wait()); err != nil {
			err = fmt.Errorf("%w: %s", err, rest)
		}
	}()
	address, err := announced(lines)
	if err != nil {
		return s, err
	}
	if err := ask(ctx, "http://"+address+participatePath+client.String()); err != nil {
		return s, err
	}
	return started{time.Since(began), anonymous(server.Process.Pid)}, nil
}

// announced reads a log up to the address on which the server listens.
func announced(log *bufio.Reader) (address string, err error) {
	for {
		line, err := log.ReadBytes('\n')
		if err != nil {
			return "", fmt.Errorf("the server did not start: %w: %s", err, line)
		}
		var entry struct {
			Msg string `json:"msg"`
			API string `json:"api"`
		}
		if err := json.Unmarshal(line, &entry); err != nil {
			return "", fmt.Errorf("the server did not start: %s", line)
		}
		if entry.Msg == "listening" {
			return entry.API, nil
		}
	}
}

func ask(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	return nil
}

// crowd is the number of callers that load clients. The more callers share a transaction, the
// faster the load is, and the more memory it takes.
const crowd = 512

// A filling is a file to create, and its number of clients.
type filling struct {
	Path    string `json:"path"`
	Clients int    `json:"clients"`
}

// filled holds the figures of a filling.
type filled struct {
	PerSecond float64 `json:"perSecond"` // clients
	Anonymous float64 `json:"anonymous"` // bytes of memory, at the end
	Size      float64 `json:"size"`      // of the file
}

func (b *bench) fill(ctx context.Context, folder string) (f filled, err error) {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return f, err
	}
	c, err := startPart(ctx, "fill", filling{filepath.Join(folder, dataFile), b.loaded}, &f)
	if err != nil {
		return f, err
	}
	return f, c.end()
}

// fill is the part that loads clients into a file, like a program with the engine in process.
func fill(ctx context.Context, task []byte, _ io.Reader, stdout io.Writer) error {
	var what filling
	if err := json.Unmarshal(task, &what); err != nil {
		return err
	}
	ours, err := openOurs(ctx, what.Path)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := ours.bring(crowd, what.Clients); err != nil {
		return errors.Join(err, ours.close())
	}
	done := filled{
		PerSecond: float64(what.Clients) / time.Since(began).Seconds(),
		Anonymous: anonymous(os.Getpid()),
	}
	if err := ours.close(); err != nil {
		return err
	}
	info, err := os.Stat(what.Path)
	if err != nil {
		return err
	}
	done.Size = float64(info.Size())
	return json.NewEncoder(stdout).Encode(done)
}
