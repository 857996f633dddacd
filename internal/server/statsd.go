package server

import (
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/sixpack-go/sixpack/internal/config"
)

// statsd sends counts and times of requests to a StatsD server, by UDP. Metrics
// that it cannot send at once are dropped: no request waits for them.
type statsd struct {
	to     config.StatsD
	log    *slog.Logger
	queue  chan string
	closed chan struct{}
	active sync.WaitGroup
}

// newStatsD returns a sender, to be closed by whoever asked for it.
func newStatsD(to config.StatsD, log *slog.Logger) *statsd {
	const waiting = 4096
	s := &statsd{to: to, log: log, queue: make(chan string, waiting), closed: make(chan struct{})}
	s.active.Go(s.work)
	return s
}

// count tells of an answer: the code, and the rest only if the request reached
// an endpoint.
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

// close sends what is waiting. What is counted later is lost.
func (s *statsd) close() {
	close(s.closed)
	s.active.Wait()
}

// work sends one packet for each metric.
func (s *statsd) work() {
	var to line
	defer to.close()
	for {
		select {
		case metric := <-s.queue:
			to.send(s, metric)
		case <-s.closed:
			for len(s.queue) > 0 {
				to.send(s, <-s.queue)
			}
			return
		}
	}
}

// line is the way to the StatsD server, once its name has been looked up.
type line struct {
	conn net.Conn
	next time.Time // when to look it up again
}

func (l *line) send(s *statsd, metric string) {
	const retry = 30 * time.Second
	if l.conn == nil && time.Now().After(l.next) {
		conn, err := net.DialTimeout("udp", s.to.Addr, time.Second) //nolint:noctx // what it may take is said
		if err != nil {
			s.log.Warn("metrics are lost", "statsd", s.to.Addr, "error", err)
			l.next = time.Now().Add(retry)
			return
		}
		l.conn = conn
	}
	if l.conn != nil {
		_, _ = l.conn.Write([]byte(s.to.Prefix + metric)) // fails when nobody listens there
	}
}

func (l *line) close() {
	if l.conn != nil {
		_ = l.conn.Close()
	}
}
