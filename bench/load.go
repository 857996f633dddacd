package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// A mix is the mix of requests. The rest of newcomers and conversions are participations of
// clients that already take part.
type mix struct {
	newcomers, conversions int  // in percent
	agent                  bool // participations have the visitor's user agent
}

// A load sends requests to a server over persistent connections, the next one after each answer.
// It does as little work as possible, because it shares the processors with the server.
type load []*visitors

// visitors are the clients of one connection.
type visitors struct {
	conn        net.Conn
	mix         mix
	known       uint64 // clients that already take part: the first ones
	fresh       uint64 // the last new client
	random      *rand.Rand
	participate request
	convert     request
	answer      [4 << 10]byte
}

// Paths to which a client ID is appended.
const (
	participatePath = "/participate?experiment=button-color&alternatives=red&alternatives=blue&client_id="
	convertPath     = "/convert?experiment=button-color&client_id="
	agentPath       = "/participate?experiment=button-color&alternatives=red&alternatives=blue" +
		"&user_agent=Mozilla%2F5.0%20(Windows%20NT%2010.0%3B%20Win64%3B%20x64)%20AppleWebKit%2F537.36" +
		"%20(KHTML%2C%20like%20Gecko)%20Chrome%2F126.0.0.0%20Safari%2F537.36&client_id="
)

// A request is built once. Then only its client ID changes.
type request struct {
	text []byte
	id   []byte // the client ID within text
}

func newRequest(path string) request {
	text := []byte("GET " + path + uuid{}.String() + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n")
	return request{text: text, id: text[len("GET ")+len(path):][:0]}
}

// of returns the request of a client, valid until the next call.
func (r request) of(id uuid) []byte {
	id.appendTo(r.id)
	return r.text
}

// dial connects to a server. Two loads of the same mix send the same bytes.
func dial(ctx context.Context, address string, known int, m mix) (load, error) {
	path := participatePath
	if m.agent {
		path = agentPath
	}
	var l load
	for i := range uint64(connections) {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			l.close()
			return nil, err
		}
		l = append(l, &visitors{
			conn: conn, mix: m, known: uint64(known), fresh: (i + 1) << 40,
			random:      rand.New(rand.NewPCG(i, 0)), //nolint:gosec // has to be repeatable
			participate: newRequest(path),
			convert:     newRequest(convertPath),
		})
	}
	return l, nil
}

func (l load) close() {
	for _, v := range l {
		_ = v.conn.Close() // no request is in progress
	}
}

// run sends requests for a while and returns the number of answers per second.
func (l load) run(d time.Duration) (perSecond float64, err error) {
	const patience = 10 * time.Second // for the last answers
	var group errgroup.Group
	counts := make([]int, len(l))
	began := time.Now()
	end := began.Add(d)
	for i, v := range l {
		group.Go(func() (err error) {
			if err := v.conn.SetDeadline(end.Add(patience)); err != nil {
				return err
			}
			counts[i], err = v.askUntil(end)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return float64(sum) / time.Since(began).Seconds(), nil
}

func (v *visitors) askUntil(end time.Time) (n int, err error) {
	for time.Now().Before(end) {
		if _, err := v.conn.Write(v.next()); err != nil {
			return n, err
		}
		if _, err := v.read(); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// next returns the next request, valid until the next call.
func (v *visitors) next() []byte {
	known := uuidOf(v.random.Uint64N(v.known))
	switch n := v.random.IntN(100); {
	case n < v.mix.newcomers:
		v.fresh++
		return v.participate.of(uuidOf(v.fresh))
	case n < v.mix.newcomers+v.mix.conversions:
		return v.convert.of(known)
	default:
		return v.participate.of(known)
	}
}

var (
	success    = []byte("HTTP/1.1 200 OK\r\n")
	lengthIs   = []byte("\r\nContent-Length: ")
	endOfLine  = []byte("\r\n")
	endOfHeads = []byte("\r\n\r\n")
)

// read returns the body of an answer, valid until the next call.
func (v *visitors) read() ([]byte, error) {
	for n := 0; ; {
		more, err := v.conn.Read(v.answer[n:])
		if err != nil {
			return nil, err
		}
		n += more
		if body, err := bodyOf(v.answer[:n]); body != nil || err != nil {
			return body, err
		}
		if n == len(v.answer) {
			return nil, errors.New("an answer is too long")
		}
	}
}

// bodyOf returns the body of a complete answer, else nil.
func bodyOf(answer []byte) ([]byte, error) {
	heads, body, found := bytes.Cut(answer, endOfHeads)
	if !found {
		return nil, nil
	}
	if !bytes.HasPrefix(answer, success) {
		return nil, fmt.Errorf("the server answered %q", answer)
	}
	_, length, _ := bytes.Cut(heads, lengthIs)
	length, _, _ = bytes.Cut(length, endOfLine)
	n, err := strconv.Atoi(string(length))
	if err != nil || n <= 0 || n < len(body) {
		return nil, fmt.Errorf("the server answered %q", answer)
	}
	if len(body) < n {
		return nil, nil
	}
	return body, nil
}
