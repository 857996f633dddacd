package server

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestShutdown checks that a request under way is finished and no new one accepted.
func TestShutdown(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		_, _ = io.WriteString(w, "finished")
	})
	url, stop, ended := serveSlowly(t, handler, time.Minute)
	answer := make(chan string, 1)
	go func() {
		response, err := http.Get(url)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answer <- string(body)
	}()
	<-arrived
	stop()
	for { // until the port is given back, as it is at once
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			break
		}
		_ = c.Close()
	}
	select {
	case err := <-ended:
		t.Fatalf("ended with a request under way: %v", err)
	default:
	}
	close(release)
	if got := <-answer; got != "finished" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// TestShutdownTimeout checks that a request that never ends is cut off.
func TestShutdownTimeout(t *testing.T) {
	arrived := make(chan struct{})
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	url, stop, ended := serveSlowly(t, handler, 50*time.Millisecond)
	go func() {
		if answer, err := http.Get(url); err == nil {
			_ = answer.Body.Close()
		}
	}()
	<-arrived
	stop()
	if err := <-ended; err == nil || err.Error() != "requests in progress were cut off after 50ms: raise shutdown_timeout to let them finish" {
		t.Errorf("ended with %v", err)
	}
}

func serveSlowly(t *testing.T, h http.Handler, patience time.Duration) (url string, stop func(), ended <-chan error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	l, err := listen("127.0.0.1", 0, "")
	if err != nil {
		t.Fatal(err)
	}
	var all servers
	all.add(l, newServer(h, time.Second, slog.New(slog.DiscardHandler)))
	result := make(chan error, 1)
	go func() { result <- all.run(ctx, slog.New(slog.DiscardHandler), patience) }()
	return "http://" + l.Addr().String(), stop, result
}

// TestCheckWeights checks that a server does not start if it would refuse all calls
// of an experiment.
func TestCheckWeights(t *testing.T) {
	st := new(memory.Store)
	engine := sixpack.New(st, sixpack.Config{})
	if _, err := engine.Participate(t.Context(), sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}}, "anna"); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"{button: {blue: 9, red: 1}, link: {a: 1, b: 1}}": "",
		"{button: {blue: 9, green: 1}}":                   `configuration: weights: "button" has the alternatives ["blue" "red"], not ["blue" "green"]: name all alternatives in weights`,
		"{button: {blue: 9, red: 1, green: 1}}":           `configuration: weights: "button" has the alternatives ["blue" "red"], not ["blue" "green" "red"]: name all alternatives in weights`,
	} {
		var set config.Weights
		if err := yaml.Unmarshal([]byte(text), &set); err != nil {
			t.Fatal(err)
		}
		if err := checkWeights(t.Context(), set, st); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestStatsDGone checks that requests do not wait for a StatsD server that is down.
func TestStatsDGone(t *testing.T) {
	for _, address := range []string{"127.0.0.1:1", "no-such-host.invalid:8125"} {
		t.Log(address)
		s := newStatsD(config.StatsD{Addr: address}, slog.New(slog.DiscardHandler))
		for range 100_000 {
			s.count("home", http.StatusOK, time.Millisecond)
		}
		s.close()
		s.count("home", http.StatusOK, time.Millisecond)
	}
}
