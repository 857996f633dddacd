package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/internal/operatortest"
	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/internal/teststore"
	"github.com/sixpack-go/sixpack/store"
)

// A recording is a case recorded from Sixpack, which began with an empty database.
type recording struct {
	Case   string
	Config map[string]string
	Steps  []step
}

func (r recording) name() string { return r.Case }

// A step is a request and its answer, or an action outside the API.
type step struct {
	Method, Path, Query string
	Headers             map[string]string
	RequestBody         string `json:"request_body"`

	Status      int
	ContentType string            `json:"content_type"`
	Interest    map[string]string `json:"headers_of_interest"`
	Body        string
	StatsD      []string

	Admin, Experiment, Alternative, Description, Error string
	Redis                                              []string
}

// notReplayed holds cases whose results do not depend on requests only.
var notReplayed = map[string]string{
	"config/yaml-cors-as-in-readme":   "a file that is no YAML, which the command has to refuse",
	"config/yaml-cors-quoted":         "a file, which is the command's to read",
	"redis/oom":                       "the memory limit of Redis",
	"redis/oom-existing":              "the memory limit of Redis",
	"redis/alternatives-list-missing": "damaged keys of Sixpack's, which only import meets",
	"redis/hash-missing":              "damaged keys of Sixpack's, which only import meets",
	"redis/set-entry-missing":         "damaged keys of Sixpack's, which only import meets",
	"redis/legacy-created_at":         "damaged keys of Sixpack's, which only import meets",
	"redis/winner-not-an-alternative": "damaged keys of Sixpack's, which only import meets",
}

func TestReplay(t *testing.T) {
	cases := slices.Concat(reference.Lines[recording](t, "wire.jsonl"), reference.Lines[recording](t, "wire-1.1.jsonl"))
	cases = slices.DeleteFunc(cases, func(c recording) bool { return notReplayed[c.Case] != "" })
	listed := slices.DeleteFunc(reference.Differences(t), ofClients)
	for name, kind := range teststore.Kinds {
		t.Run(name, func(t *testing.T) {
			open := kind(t)
			reference.Replay(t, cases, recording.name, listed, func(t *testing.T, c recording, expected reference.Difference) {
				replay(t, open(t), c, expected)
			})
		})
	}
}

// ofClients reports whether d is a difference for TestClients.
func ofClients(d reference.Difference) bool { return strings.HasPrefix(d.Case, "clients/") }

// replay replays a case and fails unless exactly the expected steps differ.
func replay(t *testing.T, s store.Store, c recording, expected reference.Difference) {
	t.Helper()
	config, options, err := configure(c.Config)
	if err != nil {
		expected.Expect(t, []string{"does not start: " + err.Error()})
		return
	}
	var packets statsd
	options.Metrics = packets.count
	if c.Config["SIXPACK_CONFIG_REDIS_PORT"] == "6399" { // no server listens there
		_ = s.Close()
	}
	options.Ping = s.Ping
	engine, address := serve(t, s, config, options)
	deviations := make([]string, len(c.Steps))
	for i, s := range c.Steps {
		if slices.Contains(expected.Drawn, i+1) {
			s.Body = drawn.ReplaceAllLiteralString(s.Body, anyAlternative)
		}
		deviations[i] = perform(t, engine, address, s)
		if sent := packets.take(); deviations[i] == "" && s.StatsD != nil && !slices.Equal(sent, s.StatsD) {
			deviations[i] = fmt.Sprintf("StatsD got %q, want %q", sent, s.StatsD)
		}
	}
	expected.Expect(t, deviations)
}

// anyAlternative stands for an alternative that is drawn at random.
const anyAlternative = `"alternative": {"name": "*"}`

var drawn = regexp.MustCompile(`"alternative": \{"name": "[a-z]+"\}`)

// configure returns the configuration for environment variables of Sixpack.
func configure(env map[string]string) (c sixpack.Config, o httpapi.Options, err error) {
	o.Version = "2.7.0"
	for name, v := range env {
		switch name {
		case "SIXPACK_CONFIG_ENABLED":
			c.Disabled = !slices.Contains([]string{"y", "yes", "true"}, strings.ToLower(v))
		case "SIXPACK_CONFIG_ROBOT_REGEX":
			if c.Robots, err = regexp.Compile("(?i)" + v); err != nil {
				return c, o, err
			}
		case "SIXPACK_CONFIG_IGNORE_IPS":
			for s := range strings.SplitSeq(v, ",") {
				address, err := netip.ParseAddr(strings.TrimSpace(s))
				if err != nil {
					return c, o, err
				}
				c.Ignored = append(c.Ignored, netip.PrefixFrom(address, address.BitLen()))
			}
		case "SIXPACK_CORS_ORIGIN":
			if v != "" {
				o.CORS.Origins = []string{v}
			}
		case "SIXPACK_CORS_HEADERS":
			o.CORS.Headers = v
		case "SIXPACK_CORS_CREDENTIALS":
			o.CORS.Credentials = v
		case "SIXPACK_CORS_METHODS":
			o.CORS.Methods = v
		case "SIXPACK_CORS_EXPOSE_HEADERS":
			o.CORS.ExposeHeaders = v
		case "SIXPACK_CONFIG", "SIXPACK_CONFIG_REDIS_PORT", "SIXPACK_METRICS", "STATSD_URL":
		default:
			return c, o, fmt.Errorf("unknown variable %s", name)
		}
	}
	return c, o, nil
}

// perform carries out a step and returns how the outcome deviates from the recorded one,
// empty if it does not.
func perform(t *testing.T, engine *sixpack.Engine, address string, s step) string {
	t.Helper()
	switch {
	case s.Admin != "":
		err := administer(t, engine, s)
		if operatortest.Of(err) == operatortest.Done {
			err = nil // which Sixpack does not refuse, nor do the forms that stand for it
		}
		if (err != nil) != (s.Error != "") {
			return fmt.Sprintf("%s: error %v, want %q", s.Admin, err, s.Error)
		}
		return ""
	case s.Redis != nil:
		if !slices.Equal(s.Redis, []string{"SCRIPT", "FLUSH"}) { // which no store of ours minds
			t.Fatalf("unknown command %q", s.Redis)
		}
		return ""
	default:
		return compare(send(t, address, s.request()), s)
	}
}

func administer(t *testing.T, engine *sixpack.Engine, s step) error {
	t.Helper()
	ctx := t.Context()
	switch s.Admin {
	case "pause":
		return engine.Pause(ctx, s.Experiment)
	case "resume":
		return engine.Resume(ctx, s.Experiment)
	case "archive":
		return engine.Archive(ctx, s.Experiment)
	case "set_winner":
		return engine.SetWinner(ctx, s.Experiment, s.Alternative)
	case "reset_winner":
		return engine.ResetWinner(ctx, s.Experiment)
	case "reset":
		return engine.Reset(ctx, s.Experiment)
	case "delete":
		return engine.Delete(ctx, s.Experiment)
	case "update_description":
		return engine.Describe(ctx, s.Experiment, s.Description)
	default:
		t.Fatalf("unknown action %s", s.Admin)
		return nil
	}
}

// request returns the bytes that were sent. Bytes above 0x7F are recorded as the characters
// with the same number.
func (s step) request() string {
	target, proto := s.Path, "HTTP/1.1"
	if s.Query != "" {
		target += "?" + s.Query
	}
	if strings.HasPrefix(s.Path, "http:") {
		proto = "HTTP/1.0"
	}
	var raw []byte
	for _, r := range target {
		raw = append(raw, byte(r))
	}
	var headers []string
	for name, v := range s.Headers {
		headers = append(headers, name+": "+v)
	}
	return request(s.Method, string(raw), proto, s.RequestBody, headers...)
}

// compare returns how an answer deviates from the recorded one, empty if it does not.
func compare(got response, want step) string {
	switch {
	case got.status != want.Status:
		return fmt.Sprintf("status %d, want %d; %s", got.status, want.Status, got.body)
	case want.ContentType != "" && got.contentType() != want.ContentType:
		return fmt.Sprintf("Content-Type %q, want %q; %s", got.contentType(), want.ContentType, got.body)
	case !sameBody(got.body, want.Body):
		return fmt.Sprintf("body %s, want %s", got.body, want.Body)
	}
	for name, v := range want.Interest {
		if got := got.header.Get(name); strings.HasPrefix(name, "Access-Control-") && got != v {
			return fmt.Sprintf("%s: %q, want %q", name, got, v)
		}
	}
	return ""
}

// sameBody compares JSON by value, wrapped or not, and other bodies byte by byte.
func sameBody(got, want string) bool {
	if want == "<the greeting, text/plain>" {
		return got != ""
	}
	f, wrapped, ok := strings.Cut(want, "(")
	if ok && strings.HasPrefix(wrapped, "{") {
		return strings.HasPrefix(got, f+"(") && strings.HasSuffix(got, ")") &&
			sameBody(got[len(f)+1:len(got)-1], strings.TrimSuffix(wrapped, ")"))
	}
	var g, w any
	if json.Unmarshal([]byte(want), &w) != nil {
		return got == want
	}
	return json.Unmarshal([]byte(got), &g) == nil && sameValue(g, w)
}

// sameValue is reflect.DeepEqual with wildcards.
func sameValue(got, want any) bool {
	w, ok := want.(map[string]any)
	g, object := got.(map[string]any)
	if !ok || !object {
		return reflect.DeepEqual(got, want)
	}
	if w["created_at"] == "<YYYY-MM-DD HH:MM>" {
		created, _ := g["created_at"].(string)
		if _, err := time.Parse("2006-01-02 15:04", created); err != nil {
			return false
		}
		w["created_at"] = created
	}
	if w["status"] == "failed" {
		delete(g, "detail") // ours only; TestDetail checks it
	}
	if a, ok := w["alternative"].(map[string]any); ok && a["name"] == "*" {
		w["alternative"] = g["alternative"]
	}
	return reflect.DeepEqual(g, w)
}

// statsd turns metrics into the packets that the original sent.
type statsd struct {
	mu      sync.Mutex
	packets []string
}

func (s *statsd) count(endpoint string, status int, _ time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const prefix = "my.prefix."
	if endpoint != "" {
		s.packets = append(s.packets, prefix+endpoint+".count:1|c", prefix+endpoint+".response_time:<ms>|ms")
	}
	s.packets = append(s.packets, fmt.Sprintf("%sresponse_code.%d:1|c", prefix, status))
}

func (s *statsd) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.packets
	s.packets = nil
	slices.Sort(taken)
	return taken
}
