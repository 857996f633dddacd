package httpapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/internal/teststore"
)

// A clientRecording holds the bytes that one call of a client library sent.
type clientRecording struct {
	Client, Action, Mode string
	Requests             []struct {
		Headers [][2]string
		Line    string `json:"request_line"`
		Body    string `json:"response_body"`
		Status  int    `json:"response_status"`
	}
}

// TestClients replays the requests of real client libraries, in order, each library on its
// own server. The listed differences must occur with every library.
func TestClients(t *testing.T) {
	calls := reference.Lines[clientRecording](t, "clients.jsonl")
	calls = slices.DeleteFunc(calls, func(c clientRecording) bool { return c.Mode != "normal" })
	listed := make(map[string]reference.Difference)
	for _, d := range reference.Differences(t) {
		if ofClients(d) {
			listed[strings.TrimPrefix(d.Case, "clients/")] = d
		}
	}
	for name, kind := range teststore.Kinds {
		t.Run(name, func(t *testing.T) {
			open, addresses := kind(t), make(map[string]string)
			for _, c := range calls {
				if addresses[c.Client] == "" {
					_, addresses[c.Client] = serve(t, open(t), sixpack.Config{}, httpapi.Options{Version: "2.7.0"})
				}
				t.Run(c.Client+"/"+c.Action, func(t *testing.T) {
					deviations := make([]string, len(c.Requests))
					for i, r := range c.Requests {
						got := send(t, addresses[c.Client], r.Line+"\r\n"+headers(r.Headers)+"\r\n")
						deviations[i] = compare(got, step{Status: r.Status, Body: r.Body})
					}
					listed[c.Action].Expect(t, deviations)
				})
			}
		})
	}
	for action := range listed {
		if !slices.ContainsFunc(calls, func(c clientRecording) bool { return c.Action == action }) {
			t.Errorf("differences.json lists %q, an action of no client", action)
		}
	}
}

func headers(fields [][2]string) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(f[0] + ": " + f[1] + "\r\n")
	}
	return b.String()
}
