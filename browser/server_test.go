package browser_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/dashboard/access"
)

// server is the program in its own process, on free ports.
type server struct {
	api, web string
}

// The users of the guarded server and their password.
const (
	editor, viewer = "ada", "bob"
	password       = "correct horse battery"
)

// The servers.
var (
	// open has experiments of all kinds and no users.
	open = sync.OnceValues(func() (*server, error) {
		folder := filepath.Join(shared, "open")
		if err := run(clean(), "seed", "--seed=7", "--data-dir="+folder); err != nil {
			return nil, err
		}
		s, err := start(folder)
		if err != nil {
			return nil, err
		}
		return s, s.populate()
	})
	// guarded has no experiments, and requires a login.
	guarded = sync.OnceValues(func() (*server, error) {
		hash, err := access.HashPassword(password)
		if err != nil {
			return nil, err
		}
		users := fmt.Sprintf("SIXPACK_USERS=%s:editor:%s,%s:viewer:%s", editor, hash, viewer, hash)
		return start(filepath.Join(shared, "guarded"), users)
	})
)

// need returns a server, or ends the test.
func need(t *testing.T, s func() (*server, error)) *server {
	t.Helper()
	is, err := s()
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// clean returns the environment without variables that configure the program.
func clean() (all []string) {
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "SIXPACK_") && !strings.HasPrefix(e, "STATSD_URL=") {
			all = append(all, e)
		}
	}
	return all
}

// start starts the program and returns when it listens. It ends with the tests.
func start(folder string, variables ...string) (*server, error) {
	path, err := program()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, "serve", "--host=127.0.0.1", "--port=0", "--web-port=0", "--log-format=json", "--data-dir="+folder)
	cmd.Env = append(clean(), variables...)
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	atEnd(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	var said strings.Builder
	for lines := bufio.NewScanner(log); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		var entry struct{ Msg, API, Dashboard string }
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Msg == "listening" {
			go func() { _, _ = io.Copy(io.Discard, log) }() // until it ends
			return &server{api: "http://" + entry.API, web: "http://" + entry.Dashboard}, nil
		}
	}
	return nil, errors.New("the server ended:\n" + said.String())
}

func readAll(answer *http.Response) (string, error) {
	content, err := io.ReadAll(answer.Body)
	return string(content), err
}

// ask sends a request to the API.
func (s *server) ask(path string, query url.Values, into any) error {
	answer, err := http.Get(s.api + path + "?" + query.Encode())
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", answer.Request.URL, answer.Status, content)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(content, into)
	}
	return err
}

// facts is the API's answer about a client of an experiment.
type facts struct {
	Alternative   struct{ Name string }
	Participating bool
	Reason        string
}

// participate returns the alternative of a client, and the reason.
func (s *server) participate(t *testing.T, experiment string, alternatives []string, client string) facts {
	t.Helper()
	var f facts
	err := s.ask("/participate", url.Values{
		"experiment": {experiment}, "alternatives": alternatives, "client_id": {client}, "explain": {"true"},
	}, &f)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// count returns how many new clients participate, and how many of them got the
// alternative.
func (s *server) count(t *testing.T, experiment string, alternatives []string, clients, alternative string, n int) (took, got int) {
	t.Helper()
	for i := range n {
		f := s.participate(t, experiment, alternatives, clients+strconv.Itoa(i))
		if f.Participating {
			took++
		}
		if f.Participating && f.Alternative.Name == alternative {
			got++
		}
	}
	return took, got
}

// details is the API's answer about an experiment.
type details struct {
	Description  string
	Traffic      float64 `json:"traffic_fraction"`
	Participants int     `json:"total_participants"`
	Conversions  int     `json:"total_conversions"`
	Winner       string
	Paused       bool `json:"is_paused"`
	Archived     bool `json:"is_archived"`
}

// details returns the details of an experiment, or nil if it does not exist.
func (s *server) details(t *testing.T, experiment string) *details {
	t.Helper()
	answer, err := http.Get(s.api + "/experiments/" + url.PathEscape(experiment))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNotFound {
		return nil
	}
	d := new(details)
	if err := json.NewDecoder(answer.Body).Decode(d); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", answer.Request.URL, answer.Status, err)
	}
	return d
}

// soon waits until a condition is true.
func soon(t *testing.T, what string, is func() bool) {
	t.Helper()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for deadline := time.After(timeout); !is(); {
		select {
		case <-retry.C:
		case <-deadline:
			t.Fatalf("timeout waiting for %s", what)
		}
	}
}
