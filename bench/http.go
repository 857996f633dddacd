package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"
)

// A server is a server under load.
type server struct {
	*child

	address string
}

// A cost is what an answer of a server under load costs.
type cost struct {
	perSecond float64 // answers
	processor float64 // seconds of processor time per answer; 0 if unknown
}

// http compares the answers per second with an echo handler that does nothing, for the same
// requests.
func (b *bench) http(ctx context.Context) (rows []row, err error) {
	overMemory, err := b.serve(ctx, site{Kind: "memory"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, overMemory.end()) }()
	overBolt, err := b.serve(ctx, site{Kind: "bolt", Path: filepath.Join(b.scratch, "http.db")})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, overBolt.end()) }()
	answers, err := overMemory.answers(ctx)
	if err != nil {
		return nil, err
	}
	bareEcho, err := b.serve(ctx, site{Kind: "bare", Answers: answers})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bareEcho.end()) }()
	for _, c := range []struct {
		what    string
		ours    server
		mix     mix
		minimum float64 // 0 for no bar
	}{
		{"HTTP over memory: existing clients", overMemory, mix{}, 0.75},
		{"HTTP over memory: the same, naming their user agent", overMemory, mix{agent: true}, 0},
		{"HTTP over bolt: existing clients", overBolt, mix{}, 0.7},
		{"HTTP over bolt: 80% existing, 15% new, 5% converting", overBolt, mix{newcomers: 15, conversions: 5}, 0.5},
	} {
		more, err := b.compare(ctx, c.what, c.ours, bareEcho, "bare echo", c.mix, c.minimum)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// serve starts a server that already has clients.
func (b *bench) serve(ctx context.Context, s site) (server, error) {
	s.Known = b.known
	if b.profiles != "" {
		s.Profile = filepath.Join(b.profiles, s.Kind+".pprof")
	}
	var address string
	c, err := startPart(ctx, "serve", s, &address)
	return server{c, address}, err
}

// answers returns the answers of the server to a participation and a conversion.
func (s server) answers(ctx context.Context) ([]string, error) {
	participated, err := s.answer(ctx, mix{})
	if err != nil {
		return nil, err
	}
	converted, err := s.answer(ctx, mix{conversions: 100})
	return []string{participated, converted}, err
}

// answer returns the answer of the server to the first request of a load.
func (s server) answer(ctx context.Context, m mix) (string, error) {
	l, err := dial(ctx, s.address, 1, m)
	if err != nil {
		return "", err
	}
	defer l.close()
	if _, err := l[0].conn.Write(l[0].next()); err != nil {
		return "", err
	}
	body, err := l[0].read()
	return string(body), err
}

// compare puts two servers under the same load in turn.
func (b *bench) compare(ctx context.Context, what string, ours, other server, rival string, m mix, minimum float64) ([]row, error) {
	ourLoad, err := b.warm(ctx, ours, m)
	if err != nil {
		return nil, err
	}
	defer ourLoad.close()
	otherLoad, err := b.warm(ctx, other, m)
	if err != nil {
		return nil, err
	}
	defer otherLoad.close()
	measured, err := inTurn(b.rounds,
		func() (cost, error) { return ours.bear(ourLoad, b.turn) },
		func() (cost, error) { return other.bear(otherLoad, b.turn) })
	if err != nil {
		return nil, err
	}
	requests := func(c cost) float64 { return c.perSecond }
	rows := []row{beside(what, perSecond, scaled(measured[0], requests), rival, scaled(measured[1], requests))}
	if minimum > 0 {
		rows[0] = rows[0].withMin(minimum)
	}
	if measured[0][0].processor == 0 || measured[1][0].processor == 0 {
		return rows, nil
	}
	processor := func(c cost) float64 { return c.processor * 1e9 }
	return append(rows, beside("  the server's processor time for a request", nanoseconds,
		scaled(measured[0], processor), rival, scaled(measured[1], processor))), nil
}

// warm returns a load that has run for a moment.
func (b *bench) warm(ctx context.Context, s server, m mix) (load, error) {
	l, err := dial(ctx, s.address, b.known, m)
	if err != nil {
		return nil, err
	}
	if _, err := l.run(b.turn / 4); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// bear measures a server under a load.
func (s server) bear(l load, d time.Duration) (c cost, err error) {
	before := processorTime(s.cmd.Process.Pid)
	began := time.Now()
	if c.perSecond, err = l.run(d); err != nil {
		return c, err
	}
	answers := c.perSecond * time.Since(began).Seconds()
	c.processor = (processorTime(s.cmd.Process.Pid) - before).Seconds() / answers
	return c, nil
}
