package server

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/sixpack-go/sixpack/internal/config"
)

// NewLog returns the log that c configures.
func NewLog(w io.Writer, c *config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.Level(c.LogLevel)}
	if c.Debug {
		options.Level = slog.LevelDebug
	}
	if c.LogFormat == config.LogJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// logAccess returns a handler that logs each request after next has answered it.
func logAccess(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		answer := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("uri", r.RequestURI), slog.Int("status", answer.status),
			slog.Int64("bytes", answer.bytes), slog.Duration("took", time.Since(start)), slog.String("from", r.RemoteAddr))
	})
}

// recorder is a ResponseWriter that records the status and length of the answer.
type recorder struct {
	http.ResponseWriter

	status int
	bytes  int64
}

// WriteHeader implements [http.ResponseWriter].
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Write implements [io.Writer].
func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}
