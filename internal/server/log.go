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

// logAccess logs every request that next has answered.
func logAccess(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		answer := &observed{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("uri", r.RequestURI), slog.Int("status", answer.status),
			slog.Int64("bytes", answer.bytes), slog.Duration("took", time.Since(began)), slog.String("from", r.RemoteAddr))
	})
}

// observed is a ResponseWriter that remembers what was written.
type observed struct {
	http.ResponseWriter

	status int
	bytes  int64
}

// WriteHeader implements [http.ResponseWriter].
func (o *observed) WriteHeader(status int) {
	o.status = status
	o.ResponseWriter.WriteHeader(status)
}

// Write implements [io.Writer].
func (o *observed) Write(b []byte) (int, error) {
	n, err := o.ResponseWriter.Write(b)
	o.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] find what else the writer can do.
func (o *observed) Unwrap() http.ResponseWriter { return o.ResponseWriter }
