package server

import (
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/sixpack-go/sixpack/internal/config"
)

// statsd sends counts and durations of requests to a StatsD server, by UDP. It
// drops metrics that it cannot send at once: no request waits for them.
type statsd struct {
	server config.StatsD
	log    *slog.Logger
	queue  chan string
	closed chan struct{}
	active sync.WaitGroup

	// Only run uses these fields.
	conn  net.Conn  // nil if the server's name cannot be resolved
	retry time.Time // when to try again
}

// newStatsD returns a statsd that the caller must close.
func newStatsD(server config.StatsD, log *slog.Logger) *statsd {
	const maxQueue = 4096
	s := &statsd{server: server, log: log, queue: make(chan string, maxQueue), closed: make(chan struct{})}
	s.active.Go(s.run)
	return s
}

// count counts an answer. The endpoint is empty for requests to unknown paths, of
// which only the status is counted.
func (s *statsd) count(endpoint string, status int, took time.Duration) {
	if endpoint != "" {
		ms := strconv.FormatFloat(float64(took)/float64(time.Millisecond), 'f', 3, 64)
		s.put(endpoint + ".response_time:" + ms + "|ms")
		s.put(endpoint + ".count:1|c")
	}
	s.put("response_code." + strconv.Itoa(status) + ":1|c")
}

func (s *statsd) put(metric string) {
	select {
	case s.queue <- metric:
	default:
	}
}

// close sends the queued metrics. Later metrics are lost.
func (s *statsd) close() {
	close(s.closed)
	s.active.Wait()
}

// run sends the queued metrics until close is called.
func (s *statsd) run() {
	for {
		select {
		case metric := <-s.queue:
			s.send(metric)
		case <-s.closed:
			for len(s.queue) > 0 {
				s.send(<-s.queue)
			}
			if s.conn != nil {
				_ = s.conn.Close()
			}
			return
		}
	}
}

// send sends a metric in a packet of its own.
func (s *statsd) send(metric string) {
	if s.conn == nil && time.Now().After(s.retry) {
		conn, err := net.DialTimeout("udp", s.server.Addr, time.Second) //nolint:noctx // the timeout is enough
		if err != nil {
			s.log.Warn("metrics are dropped: cannot resolve the StatsD server", "statsd", s.server.Addr, "error", err)
			s.retry = time.Now().Add(30 * time.Second)
			return
		}
		s.conn = conn
	}
	if s.conn != nil {
		_, _ = s.conn.Write([]byte(s.server.Prefix + metric)) // fails if no server listens
	}
}
