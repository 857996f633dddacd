package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// direct is a target that is a store of our own.
type direct struct {
	store  store.Store
	engine *sixpack.Engine
	// creator lives when the first visitor comes. It makes experiments only, so
	// that they are as old as what is in them.
	creator *sixpack.Engine
}

func newDirect(st store.Store, c *config, days int) direct {
	now, before := c.engine(), c.engine()
	now.Disabled, before.Disabled = false, true
	before.Now = func() time.Time { return time.Now().AddDate(0, 0, -days) }
	return direct{store: st, engine: sixpack.New(st, now), creator: sixpack.New(st, before)}
}

// takeOver brings an experiment that was made up in another store.
func (d direct) takeOver(ctx context.Context, from store.Store, experiment string) error {
	done, err := copying{from: from, to: d.store, batch: copyBatch, progress: io.Discard}.experiment(ctx, experiment)
	if err == nil && (done.refused != "" || done.differences != nil) {
		err = fmt.Errorf("%s: %s", experiment, cmp.Or(done.refused, strings.Join(done.differences, ", ")))
	}
	return err
}

func (d direct) known(ctx context.Context, experiment string) (bool, error) {
	_, err := d.engine.Counts(ctx, experiment)
	if errors.Is(err, sixpack.ErrUnknown) {
		return false, nil
	}
	return err == nil, err
}

func (d direct) create(ctx context.Context, p plan) error {
	if p.learns() {
		return nil // it comes as it is in the end
	}
	_, err := d.creator.Participate(ctx, p.Experiment, "nobody")
	return err
}

func (d direct) participate(ctx context.Context, p plan, client string, at time.Time) (string, error) {
	a, err := d.engine.Participate(ctx, p.Experiment, client, sixpack.At(at))
	if err != nil || !a.Participating {
		return "", err
	}
	return a.Alternative, nil
}

func (d direct) convert(ctx context.Context, c conversion) error {
	options := []sixpack.Option{sixpack.KPI(c.kpi), sixpack.At(c.at)}
	if c.value != 0 {
		options = append(options, sixpack.Value(c.value))
	}
	_, err := d.engine.Convert(ctx, c.experiment, c.client, options...)
	return err
}

// finish does what an operator has done to an experiment.
func (d direct) finish(ctx context.Context, p plan) error {
	if err := d.engine.Describe(ctx, p.Name, p.description); err != nil {
		return err
	}
	switch p.end {
	case won:
		return d.engine.SetWinner(ctx, p.Name, p.Alternatives[1])
	case paused:
		return d.engine.Pause(ctx, p.Name)
	case archived:
		return d.engine.Archive(ctx, p.Name)
	default:
		return nil
	}
}

// overHTTP is a target that is a server.
type overHTTP struct {
	base   string
	client *http.Client
	asides *asides
}

// asides are conversions that wait for the first one of what their experiment is
// about: the API takes no plan, and without one an experiment is judged by the KPI
// that came first.
type asides struct {
	mu      sync.Mutex // guards the fields below
	waiting map[string][]conversion
	over    map[string]bool
}

// keep keeps a conversion, if it has to wait.
func (a *asides) keep(c conversion) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over[c.experiment] {
		return false
	}
	a.waiting[c.experiment] = append(a.waiting[c.experiment], c)
	return true
}

// end returns those of an experiment, of which none waits from then on.
func (a *asides) end(experiment string) []conversion {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.waiting[experiment]
	delete(a.waiting, experiment)
	a.over[experiment] = true
	return all
}

// newOverHTTP returns a target for the server at a URL.
func newOverHTTP(base string) (overHTTP, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return overHTTP{}, usageError("--url %q must be like http://127.0.0.1:5000", base)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.MaxIdleConnsPerHost = seeders
	return overHTTP{
		strings.TrimRight(base, "/"), &http.Client{Transport: transport, Timeout: 30 * time.Second},
		&asides{waiting: make(map[string][]conversion), over: make(map[string]bool)},
	}, nil
}

// reply is what we read of an answer.
type reply struct {
	Message     string `json:"message"`
	Alternative struct {
		Name string `json:"name"`
	} `json:"alternative"`
	Participating bool `json:"participating"`
}

func (o overHTTP) known(ctx context.Context, experiment string) (bool, error) {
	status, answer, err := o.get(ctx, "/experiments/"+url.PathEscape(experiment), nil)
	if err == nil && status != http.StatusOK && status != http.StatusNotFound {
		err = fmt.Errorf("%s: %s", o.base, answer.Message)
	}
	return status == http.StatusOK, err
}

// create does nothing: the first visitor will.
func (overHTTP) create(context.Context, plan) error { return nil }

// finish sends what still waits. The API is not for operators.
func (o overHTTP) finish(ctx context.Context, p plan) error { return o.release(ctx, p.Name) }

// release sends the conversions of an experiment that waited.
func (o overHTTP) release(ctx context.Context, experiment string) error {
	for _, c := range o.asides.end(experiment) {
		if err := o.send(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (o overHTTP) participate(ctx context.Context, p plan, client string, at time.Time) (string, error) {
	q := url.Values{
		"experiment": {p.Name}, "alternatives": p.Alternatives, "client_id": {client},
		"datetime": {at.Format(time.RFC3339)}, "explain": {"true"},
	}
	if p.Traffic != 0 {
		q.Set("traffic_fraction", strconv.FormatFloat(p.Traffic, 'f', -1, 64))
	}
	answer, err := o.ok(ctx, "/participate", q)
	if err != nil || !answer.Participating {
		return "", err
	}
	return answer.Alternative.Name, nil
}

func (o overHTTP) convert(ctx context.Context, c conversion) error {
	if c.aside && o.asides.keep(c) {
		return nil
	}
	if err := o.send(ctx, c); err != nil || c.aside {
		return err
	}
	return o.release(ctx, c.experiment)
}

func (o overHTTP) send(ctx context.Context, c conversion) error {
	q := url.Values{"experiment": {c.experiment}, "client_id": {c.client}, "datetime": {c.at.Format(time.RFC3339)}}
	if c.kpi != "" {
		q.Set("kpi", c.kpi)
	}
	if c.value != 0 {
		q.Set("value", strconv.FormatFloat(c.value, 'f', -1, 64))
	}
	_, err := o.ok(ctx, "/convert", q)
	return err
}

// ok is get for what must succeed.
func (o overHTTP) ok(ctx context.Context, path string, q url.Values) (reply, error) {
	status, answer, err := o.get(ctx, path, q)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s%s answers %d: %s", o.base, path, status, answer.Message)
	}
	return answer, err
}

func (o overHTTP) get(ctx context.Context, path string, q url.Values) (status int, answer reply, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.base+path+"?"+q.Encode(), http.NoBody)
	if err != nil {
		return 0, answer, err
	}
	response, err := o.client.Do(request)
	if err != nil {
		return 0, answer, err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return 0, answer, fmt.Errorf("%s does not answer like a sixpack server: %w", o.base, err)
	}
	return response.StatusCode, answer, nil
}
