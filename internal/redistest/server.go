// Package redistest runs real Redis servers for tests and benchmarks, as processes on free ports
// of the loopback interface.
package redistest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Server is a redis-server process with its own folder, which Stop removes.
type Server struct {
	Addr string // host:port

	dir  string
	args []string

	cmd    *exec.Cmd
	exited chan struct{}
	log    *logs
}

// Start starts a redis-server with additional command-line arguments, and returns
// when it accepts connections. The server writes nothing to disk unless the arguments
// enable that: "--appendonly", "yes".
func Start(args ...string) (*Server, error) {
	return retry(func() (*Server, error) { return start("", args) })
}

// retry repeats start if another process has taken the port.
func retry(start func() (*Server, error)) (*Server, error) {
	for range 5 {
		s, err := start()
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			return s, err
		}
	}
	return nil, syscall.EADDRINUSE
}

// start starts a server, or a sentinel if sentinel, the content of its configuration
// file, is not empty.
func start(sentinel string, args []string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "redis")
	if err != nil {
		return nil, err
	}
	common := []string{"--bind", host, "--port", port, "--save", "", "--appendonly", "no", "--dir", dir}
	s := &Server{Addr: net.JoinHostPort(host, port), dir: dir, args: slices.Concat(common, args)}
	if sentinel != "" {
		file := filepath.Join(dir, "sentinel.conf")
		err = os.WriteFile(file, []byte(sentinel), 0o600)
		s.args = slices.Concat([]string{file, "--sentinel"}, s.args)
	}
	if err == nil {
		err = s.run()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

const host = "127.0.0.1"

// run starts the process and waits until it accepts connections.
func (s *Server) run(args ...string) error {
	s.cmd, s.exited, s.log = exec.Command("redis-server", slices.Concat(s.args, args)...), make(chan struct{}), new(logs) //nolint:gosec,noctx // tests choose the arguments and stop the process
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ready := make(chan bool, 1)
	go func() {
		defer close(s.exited)
		for lines := bufio.NewScanner(io.TeeReader(out, s.log)); lines.Scan(); {
			// A sentinel logs its ID once it listens.
			if line := lines.Text(); strings.Contains(line, "Ready to accept connections") || strings.Contains(line, "Sentinel ID is") {
				ready <- true
			}
		}
		close(ready)
		_ = s.cmd.Wait() // it was killed, most likely
	}()
	if <-ready {
		return nil
	}
	<-s.exited
	if strings.Contains(s.Log(), "Address already in use") {
		return syscall.EADDRINUSE
	}
	return fmt.Errorf("redis-server did not start:\n%s", s.Log())
}

// Log returns the log of the process.
func (s *Server) Log() string { return s.log.String() }

// Kill ends the process at once, without a chance to clean up.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.exited
}

// Restart starts the process again after Kill, with the same port and files and
// additional command-line arguments.
func (s *Server) Restart(args ...string) error { return s.run(args...) }

// Suspend stops the process until Resume.
func (s *Server) Suspend() error { return s.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume ends Suspend.
func (s *Server) Resume() error { return s.cmd.Process.Signal(syscall.SIGCONT) }

// Stop ends the process and removes its files.
func (s *Server) Stop() error {
	s.Kill()
	return os.RemoveAll(s.dir)
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// logs collects the output of a process.
type logs struct {
	mu  sync.Mutex // guards all
	all bytes.Buffer
}

// Write implements [io.Writer].
func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

// String returns all output.
func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
