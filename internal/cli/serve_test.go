package cli

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/config"
)

func TestServe(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "data")
	s := startServer(t, folder, "--access-log", "--timezone=Asia/Tokyo")
	t.Logf("first answer %v after the start", s.took.Round(time.Millisecond))
	status, body := get(t, s.web+"/")
	if status != http.StatusOK || !strings.Contains(body, s.url+"/participate?") {
		t.Errorf("the empty dashboard says %d %s", status, body)
	}
	status, body = get(t, s.url+"/participate?experiment=button-color&alternatives=red&alternatives=blue&client_id=alice")
	if status != http.StatusOK || !strings.Contains(body, `"client_id":"alice"`) {
		t.Errorf("participate answers %d %s", status, body)
	}
	s.log.wait(t, "request", s.exited) // that of startServer
	if e := s.log.wait(t, "request", s.exited); e["status"] != 200.0 || !strings.HasPrefix(e["uri"].(string), "/participate?") {
		t.Errorf("access log has %v", e)
	}
	if status, body = get(t, s.web+"/"); status != http.StatusOK || !strings.Contains(body, `href="/experiments/button-color/"`) {
		t.Errorf("the dashboard says %d %s", status, body)
	}
	if status, body = get(t, s.web+"/_status"); status != http.StatusOK || !strings.Contains(body, `"version"`) {
		t.Errorf("the dashboard's status is %d %s", status, body)
	}
	if status, _ = get(t, s.web+"/participate"); status != http.StatusNotFound {
		t.Errorf("the dashboard's port serves the API: %d", status)
	}
	s.stop(t)
	if !strings.Contains(s.log.String(), `"stopped"`) {
		t.Errorf("no word at the end:\n%s", s.log)
	}
	if _, err := os.Stat(filepath.Join(folder, "sixpack.sock")); err == nil {
		t.Error("the socket is left")
	}

	s = startServer(t, folder)
	if _, body = get(t, s.url+"/experiments/button-color"); !strings.Contains(body, `"total_participants":1`) {
		t.Errorf("after a restart: %s", body)
	}
}

// TestServer checks that "server" does not open the dashboard's port, and that a
// store in memory writes no file.
func TestServer(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log, exited := newLogs(), make(chan struct{})
	var exit error
	go func() {
		defer close(exited)
		flags := serverFlags(folder)
		flags[0] = "server"
		exit = run(ctx, append(flags, "--store=memory"), nil, io.Discard, log)
	}()
	e := log.wait(t, "listening", exited)
	if e["dashboard"] != nil || e["data"] != "in memory only" {
		t.Errorf("listening says %v", e)
	}
	if status, _ := get(t, "http://"+e["api"].(string)+"/_status"); status != http.StatusOK {
		t.Errorf("status is %d", status)
	}
	cancel()
	if <-exited; exit != nil {
		t.Error(exit)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the store in memory made a folder")
	}
}

// TestBanner checks what a server prints, and that the command in it works.
func TestBanner(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		defer in.Close()
		args := []string{"--port=0", "--web-port=0", "--data-dir=" + t.TempDir()}
		if err := run(ctx, args, nil, in, io.Discard); err != nil {
			t.Error(err)
		}
	}()
	buffer := make([]byte, 4096)
	var banner string
	for !strings.Contains(banner, "client_id=alice'") {
		n, err := out.Read(buffer)
		if err != nil {
			t.Fatalf("%v after %q", err, banner)
		}
		banner += string(buffer[:n])
	}
	_, try, _ := strings.Cut(banner, "curl '")
	try, _, _ = strings.Cut(try, "'")
	if status, body := get(t, try); status != http.StatusOK || !strings.Contains(body, `"alice"`) {
		t.Errorf("%s answers %d %s", try, status, body)
	}
	cancel()
	go func() { _, _ = io.Copy(io.Discard, out) }()
	<-exited
}

func TestSecondProcess(t *testing.T) {
	folder := t.TempDir()
	startHere(t, folder)
	_, _, err := call(t, nil, append(serverFlags(folder), "--store-timeout=1s")...)
	want := filepath.Join(folder, config.DataFileName) + ": in use by another sixpack process: stop that process, or choose another folder " +
		"with --data-dir, SIXPACK_DATA_DIR or data_dir in the configuration file"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("a second server: %v, want %s", err, want)
	}
	for args, want := range map[string]string{"compact": "so stop the server first", "seed": "or seed the server that uses it: sixpack seed --url http://127.0.0.1:5000"} {
		_, _, err := call(t, nil, args, "--data-dir", folder)
		if err == nil || !strings.Contains(err.Error(), "in use by another sixpack process") || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s beside a server: %v", args, err)
		}
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, key := range []string{"port", "web-port"} {
		_, _, err := call(t, nil, append(serverFlags(t.TempDir()), "--"+key+"="+port)...)
		variable := "SIXPACK_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
		want := "port " + port + " is in use: stop the program that uses it, or choose another port with --" + key + ", " + variable
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", key, err, want)
		}
	}
	_, _, err = call(t, nil, append(serverFlags(t.TempDir()), "--host=192.0.2.1")...)
	if want := `cannot listen on host "192.0.2.1": choose an address of this machine with --host, SIXPACK_HOST`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestUnusableFolder checks that errors about the data folder have its path.
func TestUnusableFolder(t *testing.T) {
	file := writeFile(t, "file", "")
	_, _, err := call(t, nil, append(serverFlags(""), "--data-dir="+file)...)
	if err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file for a folder: %v", err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, config.DataFileName), []byte(strings.Repeat("not a store ", 10_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := call(t, nil, serverFlags(folder)...); err == nil || !strings.Contains(err.Error(), config.DataFileName) {
		t.Errorf("something else for a store: %v", err)
	}
}

// TestRequestsThatAreTooLong checks the answers to requests that exceed a limit.
func TestRequestsThatAreTooLong(t *testing.T) {
	address := startHere(t, t.TempDir())
	for length, want := range map[int]int{20 << 10: http.StatusRequestURITooLong, 1 << 20: http.StatusRequestHeaderFieldsTooLarge} {
		if status, _ := get(t, address+"/participate?client_id="+url.QueryEscape(strings.Repeat("a", length))); status != want {
			t.Errorf("%d bytes: %d, want %d", length, status, want)
		}
	}
}

// jsonOf gets a URL and returns its JSON.
func jsonOf(t *testing.T, url string) (status int, answer map[string]any) {
	t.Helper()
	status, body := get(t, url)
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatalf("%s: %v: %s", url, err, body)
	}
	return status, answer
}
