package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// A part is a part of this program that runs in its own process. The first argument is its name,
// the second its configuration as JSON. It answers with a line of JSON, and runs until its input
// ends.
type part func(ctx context.Context, task []byte, stdin io.Reader, stdout io.Writer) error

var parts = map[string]part{
	"serve": serve,
	"fill":  fill,
}

// A child is a running part. So the measured code and the measuring code share neither a heap
// nor a scheduler.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
}

// startPart starts a part and waits for its answer.
func startPart(ctx context.Context, name string, task, answer any) (*child, error) {
	argument, err := json.Marshal(task)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, name, string(argument)) //nolint:gosec // this program
	cmd.Env = append(os.Environ(), "GOGC=400")                    // as sixpack sets it for the embedded store; on both sides
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{cmd: cmd, stdin: stdin}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, answer)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: no answer: %w", name, err), c.end())
	}
	return c, nil
}

// end ends the part and waits for its exit.
func (c *child) end() error {
	_ = c.stdin.Close() // fails only if the part has exited, which Wait reports
	if err := c.cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w", c.cmd.Args[1], err)
	}
	return nil
}
