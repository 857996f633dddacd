package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/redistest"
)

// ramped are two servers over one Redis, and what a program with a token asks of
// their dashboards.
type ramped struct {
	servers [2]*testServer
	token   string
}

func newRamped(t *testing.T) ramped {
	t.Helper()
	out, _, err := passwdOf(t, "", "--token", "--role=editor", "deploy")
	if err != nil {
		t.Fatal(err)
	}
	token, line, _ := strings.Cut(out, "\n")
	file := writeFile(t, "config.yml", "tokens:\n"+line)
	environ := []string{"SIXPACK_CONFIG_REDIS_HOST=127.0.0.1", "SIXPACK_CONFIG_REDIS_PORT=" + port2(redistest.Test(t))}
	r := ramped{token: token}
	for i := range r.servers {
		r.servers[i] = startServerWith(t, environ, t.TempDir(), "--config="+file)
	}
	return r
}

// call asks the API of one of the servers about the shop.
func (r ramped) call(t *testing.T, of int, method, below, body string, to any) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, r.servers[of].web+"/api/v1/experiments/"+shop+below, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+r.token)
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %s %s, %v", method, below, answer.Status, content, err)
	}
	if to != nil {
		if err := json.Unmarshal(content, to); err != nil {
			t.Fatalf("%s %s: %s", method, below, content)
		}
	}
}

// come lets visitors, some of them new, come to both servers at the same time, and
// notes what those who take part have.
func (r ramped) come(t *testing.T, turn int, has *sync.Map) {
	t.Helper()
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			for _, client := range []string{fmt.Sprint("back-", i), fmt.Sprint("new-", i, "-", turn)} {
				q := url.Values{
					"experiment": {shop}, "client_id": {client}, "alternatives": alternatives[shop], "explain": {"true"}, "traffic_fraction": {"0.01"},
					"weights": {"1", "1", "2"},
				}
				status, body := get(t, r.servers[i%2].url+"/participate?"+q.Encode())
				var a told
				if err := json.Unmarshal([]byte(body), &a); err != nil || status != http.StatusOK {
					t.Errorf("%s is answered %d %s", client, status, body)
				}
				had, known := has.Load(client)
				if known && (had != a.Alternative.Name || !a.Participating) {
					t.Errorf("%s had %s, and is told %+v", client, had, a)
				}
				if a.Participating {
					has.Store(client, a.Alternative.Name)
				}
			}
		})
	}
	group.Wait()
}

// TestRampOfTwoServers has the visitors of two processes over one Redis find the
// steps of a ramp due, which each happen once.
func TestRampOfTwoServers(t *testing.T) {
	r := newRamped(t)
	has := new(sync.Map)
	r.come(t, 0, has)
	r.call(t, 0, http.MethodPut, "/ramp", `{"steps":[0.25,0.5,0.75,1],"hold":"1s","guardrails":[]}`, nil)
	type experiment struct {
		Traffic float64
		Weights []float64
		Ramp    struct {
			State string
			Step  int
			Next  *time.Time
		}
	}
	var is [2]experiment
	deadline := time.Now().Add(patience)
	for turn := 1; is[0].Ramp.State != "done"; turn++ {
		if time.Now().After(deadline) {
			t.Fatalf("it is not done: %+v", is)
		}
		r.come(t, turn, has)
		r.call(t, turn%2, http.MethodGet, "", "", &is[0])
	}
	r.call(t, 1, http.MethodGet, "", "", &is[1])
	for _, x := range is {
		if x.Traffic != 1 || x.Ramp.Step != 3 || x.Ramp.Next != nil || !slices.Equal(x.Weights, []float64{0.25, 0.25, 0.5}) {
			t.Errorf("it ends with %+v", x)
		}
	}
	r.come(t, -1, has)
	for i := range callers {
		if _, in := has.Load(fmt.Sprint("back-", i)); !in {
			t.Errorf("back-%d does not take part, though everybody does", i)
		}
	}
	var log struct{ Changes []struct{ Action, By string } }
	r.call(t, 1, http.MethodGet, "/changes", "", &log)
	var did []string
	for _, c := range log.Changes {
		did = append(did, c.Action+" by "+c.By)
	}
	slices.Reverse(did)
	if got, want := strings.Join(did, ", "), "ramp by deploy"+strings.Repeat(", ramp-step by sixpack", 3); got != want {
		t.Errorf("the log is %s, want %s", got, want)
	}
}
