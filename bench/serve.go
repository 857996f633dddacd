package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A site is the configuration of a server.
type site struct {
	Kind    string   `json:"kind"`              // memory, bolt, redis, or bare and get for handlers that do nothing and a GET
	Path    string   `json:"path,omitempty"`    // of the file, for bolt; the server's address, for redis and get
	Known   int      `json:"known"`             // clients that take part before anyone asks
	Answers []string `json:"answers,omitempty"` // of the bare handlers, for /participate and /convert
	Profile string   `json:"profile,omitempty"` // file for a CPU profile, if not empty
}

// serve is the part that is a server under load. It answers with its address.
func serve(ctx context.Context, task []byte, stdin io.Reader, stdout io.Writer) (err error) {
	var s site
	if err := json.Unmarshal(task, &s); err != nil {
		return err
	}
	h, st, err := s.handler(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := newServer(h)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	if err := json.NewEncoder(stdout).Encode(l.Addr().String()); err != nil {
		return err
	}
	stopProfile, err := s.startProfile()
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, stdin)
	err = errors.Join(err, stopProfile(), server.Close())
	if failure := <-ended; !errors.Is(failure, http.ErrServerClosed) {
		err = errors.Join(err, failure)
	}
	return err
}

// newServer returns a server with the settings of cmd/sixpack, for both sides.
func newServer(h http.Handler) *http.Server {
	const patience = 30 * time.Second
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: patience / 3,
		ReadTimeout:       patience,
		WriteTimeout:      patience + 5*time.Second,
		IdleTimeout:       4 * patience,
		MaxHeaderBytes:    64 << 10,
	}
}

// handler returns a handler, and a store to close after it.
func (s *site) handler(ctx context.Context) (http.Handler, store.Store, error) {
	switch s.Kind {
	case "bare":
		return echoOf(s.Answers, func(echo.Context) error { return nil }), new(memory.Store), nil
	case "get":
		return getting(s.Path, s.Answers)
	}
	st, err := s.open()
	if err != nil {
		return nil, nil, err
	}
	engine := sixpack.New(st, sixpack.Config{})
	err = concurrently(crowd, s.Known, func(i uint64) error {
		_, err := engine.Participate(ctx, button, uuidOf(i).String())
		return err
	})
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return httpapi.New(engine, httpapi.Options{Ping: st.Ping}), st, nil
}

func (s *site) open() (store.Store, error) {
	switch s.Kind {
	case "memory":
		return new(memory.Store), nil
	case "bolt":
		return bolt.Open(s.Path)
	case "redis":
		return openRedis(s.Path)
	default:
		return nil, fmt.Errorf("there is no store %q", s.Kind)
	}
}

// echoOf returns a router with the minimum cost of programs that use echo: its handlers do one
// thing and answer with constants.
func echoOf(answers []string, do func(echo.Context) error) http.Handler {
	e := echo.New()
	for i, path := range []string{"/participate", "/convert"} {
		body := []byte(answers[i])
		e.GET(path, func(c echo.Context) error {
			if err := do(c); err != nil {
				return err
			}
			return c.JSONBlob(http.StatusOK, body)
		})
	}
	return e
}

func (s *site) startProfile() (stop func() error, err error) {
	if s.Profile == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(s.Profile)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return file.Close()
	}, nil
}
