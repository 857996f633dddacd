package sampledata

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sixpack-go/sixpack/store"
)

// Server is a target that sends visitors to a running server. The API cannot change the
// state of an experiment or go back in time, so it takes only running experiments with
// constant shares.
type Server struct {
	// URL is where the server's API is, without a slash at its end.
	URL string

	client *http.Client

	mu      sync.Mutex // guards waiting
	waiting map[string][]conversion
}

// NewServer returns a target that sends visitors to the server at a URL.
func NewServer(base string) (*Server, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q must be like http://127.0.0.1:5000", base)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.MaxIdleConnsPerHost = concurrency
	return &Server{
		URL:     strings.TrimRight(base, "/"),
		client:  &http.Client{Transport: transport, Timeout: 30 * time.Second},
		waiting: make(map[string][]conversion),
	}, nil
}

func (*Server) accepts(x experiment) bool {
	return cmp.Or(x.state, running) == running && !x.adaptive()
}

func (s *Server) exists(ctx context.Context, experiment string) (bool, error) {
	_, err := s.get(ctx, "/experiments/"+url.PathEscape(experiment), nil)
	if errors.Is(err, errNotFound) {
		return false, nil
	}
	return err == nil, err
}

// create does nothing: the first visitor creates the experiment.
func (*Server) create(context.Context, experiment) error { return nil }

func (s *Server) participate(ctx context.Context, x experiment, client string, at time.Time) (string, error) {
	q := url.Values{
		"experiment": {x.Name}, "alternatives": x.Alternatives, "client_id": {client},
		"datetime": {at.Format(time.RFC3339)}, "explain": {"true"},
	}
	if x.Traffic != 0 {
		q.Set("traffic_fraction", strconv.FormatFloat(x.Traffic, 'f', -1, 64))
	}
	answer, err := s.get(ctx, "/participate", q)
	if err != nil || !answer.Participating {
		return "", err
	}
	return answer.Alternative.Name, nil
}

// convert sends a conversion. Those for secondary KPIs wait until finish: the API takes no
// plan, and an experiment without one is judged by the KPI that came first.
func (s *Server) convert(ctx context.Context, c conversion) error {
	if !c.secondary {
		return s.send(ctx, c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[c.experiment] = append(s.waiting[c.experiment], c)
	return nil
}

func (s *Server) send(ctx context.Context, c conversion) error {
	q := url.Values{"experiment": {c.experiment}, "client_id": {c.client}, "datetime": {c.at.Format(time.RFC3339)}}
	if c.kpi != "" {
		q.Set("kpi", c.kpi)
	}
	if c.value != 0 {
		q.Set("value", strconv.FormatFloat(c.value, 'f', -1, 64))
	}
	_, err := s.get(ctx, "/convert", q)
	return err
}

func (*Server) adopt(context.Context, store.Store, string) error {
	return errors.New("a server does not accept copied experiments")
}

// finish sends the conversions that wait.
func (s *Server) finish(ctx context.Context, x experiment) error {
	group, going := errgroup.WithContext(ctx)
	group.SetLimit(concurrency)
	for _, c := range s.waiting[x.Name] {
		group.Go(func() error { return s.send(going, c) })
	}
	return group.Wait()
}

// An answer holds the fields of the API's answers that are needed here.
type answer struct {
	Message     string `json:"message"`
	Alternative struct {
		Name string `json:"name"`
	} `json:"alternative"`
	Participating bool `json:"participating"`
}

// errNotFound is wrapped by the error for an answer with status 404.
var errNotFound = errors.New("not found")

// get returns an error unless the status is 200.
func (s *Server) get(ctx context.Context, path string, q url.Values) (a answer, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path+"?"+q.Encode(), http.NoBody)
	if err != nil {
		return a, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return a, fmt.Errorf("cannot reach %s: %w (check that a sixpack server runs there)", s.URL, errors.Unwrap(err))
	}
	defer response.Body.Close()
	switch err := json.NewDecoder(response.Body).Decode(&a); {
	case err != nil:
		return a, fmt.Errorf("%s is not the API of a sixpack server: %w", s.URL, err)
	case response.StatusCode == http.StatusNotFound:
		return a, errNotFound
	case response.StatusCode != http.StatusOK:
		return a, fmt.Errorf("%s%s answered %d: %s", s.URL, path, response.StatusCode, a.Message)
	}
	return a, nil
}
