package httpapi

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack"
)

func (a *api) participate(ctx context.Context, q *query) (any, error) {
	if err := q.checkNamed(); err != nil {
		return nil, err
	}
	x, options, err := a.participation(q)
	if err != nil {
		return nil, err
	}
	got, err := a.engine.Participate(ctx, x, q.get(clientID), options...)
	if err != nil {
		return nil, err
	}
	return q.reply(got), nil
}

// participation returns the arguments of a request to /participate.
func (a *api) participation(q *query) (x sixpack.Experiment, options []sixpack.ParticipateOption, err error) {
	x = sixpack.Experiment{Name: q.get(experiment), Alternatives: q.alternatives}
	if err := a.circumstances(q, func(o sixpack.Option) { options = append(options, o) }); err != nil {
		return x, nil, err
	}
	if x.Traffic, err = q.traffic(); err != nil {
		return x, nil, err
	}
	if x.Weights, err = q.shares(); err != nil {
		return x, nil, err
	}
	switch forced := q.get(force); {
	case forced == "" || !slices.Contains(q.alternatives, forced): // ignored, as in Sixpack
	case q.is(recordForce):
		options = append(options, sixpack.RecordForce(forced))
	default:
		options = append(options, sixpack.Force(forced))
	}
	if chosen := q.get(alternative); chosen != "" {
		options = append(options, sixpack.Choose(chosen))
	}
	if q.is(prefetch) {
		options = append(options, sixpack.Prefetch())
	}
	return x, options, nil
}

// checkNamed refuses a request that does not name an experiment and a client. This error
// takes precedence over others.
func (q *query) checkNamed() error {
	switch "" {
	case q.get(experiment):
		return missing("experiment name")
	case q.get(clientID):
		return missing("client id")
	default:
		return nil
	}
}

// circumstances adds the options for the visitor and the time of a request.
func (a *api) circumstances(q *query, add func(sixpack.Option)) error {
	if q.has(userAgent) {
		add(sixpack.UserAgent(decodeTwice(q.get(userAgent))))
	}
	if address := q.get(ipAddress); address != "" {
		address = decodeTwice(address)
		if _, err := netip.ParseAddr(address); err == nil { // else ignored, as in Sixpack
			add(sixpack.IPAddress(address))
		}
	}
	if q.get(datetime) == "" {
		return nil
	}
	at, err := parseTime(q.get(datetime), a.Location)
	if err == nil {
		add(sixpack.At(at))
	}
	return err
}

// decodeTwice decodes a value, already decoded once, that some clients escape twice. It drops
// a newline at the end, before which '$' matches in Python's regular expressions.
func decodeTwice(s string) string {
	return strings.TrimSuffix(unescape(s, false), "\n")
}
