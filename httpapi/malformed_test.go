package httpapi_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/httpapi"
	"github.com/sixpack-go/sixpack/internal/teststore"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestMalformed sends malformed requests. The experiment "exp" has the alternatives one and
// two and the participant cid; so have "paused" and "archived".
func TestMalformed(t *testing.T) {
	for name, kind := range teststore.Kinds {
		t.Run(name, func(t *testing.T) { sendMalformed(t, prepared(t, kind(t)(t))) })
	}
}

func sendMalformed(t *testing.T, address string) {
	t.Helper()
	for _, c := range malformed {
		method, target, ok := strings.Cut(c.request, " ")
		if !ok {
			method, target = "GET", c.request
		}
		got := send(t, address, request(method, target, "HTTP/1.1", ""))
		got.body = detail.ReplaceAllLiteralString(got.body, "")
		if got.status != c.status || got.body != c.want() {
			t.Errorf("%.80q: %d %s, want %d %s", c.request, got.status, got.body, c.status, c.want())
		}
	}
}

// detail matches the detail of error bodies, which TestDetail checks.
var detail = regexp.MustCompile(`,"detail":{"argument":"[a-z ]+","rule":"(?:[^"\\]|\\.)+"}`)

// TestDetail checks which argument is called invalid, and by which rule.
func TestDetail(t *testing.T) {
	address := prepared(t, new(memory.Store))
	for _, c := range []struct{ target, argument, rule string }{
		{"/participate?client_id=cid", "experiment name", "it is required"},
		{"/participate?experiment=exp", "client id", "it is required"},
		{"/convert?experiment=exp", "client id", "it is required"},
		{"/participate?experiment=a:b&alternatives=one&alternatives=two&client_id=cid", "experiment name", `"a:b" does not match ^[A-Za-z0-9][A-Za-z0-9_ -]*$`},
		{"/participate?experiment=new&alternatives=one&alternatives=_&client_id=cid", "alternative name", `"_" does not match ^[A-Za-z0-9][A-Za-z0-9_ -]*$`},
		{"/participate?experiment=exp&client_id=%01", "client id", "it has 1 bytes; at most 512 bytes of UTF-8 without control characters are allowed"},
		{noAlts, "alternatives", two + ": 0 given"},
		{noAlts + "&alternatives=one&alternatives=one", "alternatives", `duplicate alternatives: "one"`},
		{part + "&alternative=three", "alternative name", `"three" is not among the alternatives`},
		{part + "&traffic_fraction=x", "traffic fraction", `"x" is not a number in (0, 1]`},
		{part + "&weights=1", "weights", "1 weights for 2 alternatives"},
		{part + "&weights=x", "weights", `"x" is not a number, 0 or more`},
		{part + "&datetime=x", "datetime", `"x" is not a date, a time or Unix seconds`},
		{part + "&datetime=1969-12-31", "datetime", "1969-12-31 00:00:00 +0000 UTC is before 1970 or more than a day ahead"},
		{conv + "&kpi=%22", "kpi name", `"\"" does not match ^[A-Za-z0-9][A-Za-z0-9_-]*$`},
		{conv + "&kpi=" + strings.Repeat("k", 256), "kpi name", "it has 256 bytes, at most 255 are allowed"},
		{conv + "&value=x", "value", `"x" is not a number`},
		{conv + "&value=1e10", "value", "1e+10 is not between -1e9 and 1e9"},
	} {
		var got struct {
			Detail struct{ Argument, Rule string }
		}
		answer := get(t, address, c.target)
		if err := json.Unmarshal([]byte(answer.body), &got); err != nil {
			t.Fatal(err)
		}
		if answer.status != 400 || got.Detail.Argument != c.argument || got.Detail.Rule != c.rule || !detail.MatchString(answer.body) {
			t.Errorf("%.80q: %d %s, want the detail %q, %q", c.target, answer.status, answer.body, c.argument, c.rule)
		}
	}
	for _, target := range []string{"/nope", "/experiments/nope", part + "&alternatives=three", "/convert?experiment=paused&client_id=cid"} {
		if answer := get(t, address, target); answer.status < 400 || strings.Contains(answer.body, "detail") {
			t.Errorf("%q: %d %s, want an error without detail", target, answer.status, answer.body)
		}
	}
}

func prepared(t *testing.T, s store.Store) (address string) {
	t.Helper()
	engine, address := serve(t, s, sixpack.Config{}, httpapi.Options{Version: "1"})
	for _, name := range []string{"exp", "paused", "archived"} {
		x := sixpack.Experiment{Name: name, Alternatives: []string{"one", "two"}}
		if _, err := engine.Participate(t.Context(), x, "cid"); err != nil {
			t.Fatal(err)
		}
	}
	if err := engine.Pause(t.Context(), "paused"); err != nil {
		t.Fatal(err)
	}
	if err := engine.Archive(t.Context(), "archived"); err != nil {
		t.Fatal(err)
	}
	return address
}

type malformedRequest struct {
	request string // a target, or a method and a target
	status  int
	body    string // what it is, or the message of an error
}

func (m malformedRequest) want() string {
	if m.status == 200 || strings.HasPrefix(m.request, "HEAD ") || strings.HasSuffix(m.body, ")") || strings.HasPrefix(m.body, "400 ") {
		return m.body
	}
	return `{"status":"failed","message":"` + m.body + `"}`
}

const (
	ok2       = `{"status":"ok","alternative":{"name":"two"},"experiment":{"name":"exp"},"client_id":"cid"}`
	okConvert = `{"status":"ok","alternative":{"name":"two"},"experiment":{"name":"exp"},"conversion":{"value":null,"kpi":null},"client_id":"cid"}`
	robot     = `{"status":"ok","alternative":{"name":"one"},"experiment":{"name":"exp"},"client_id":"cid"}`
	excluded  = `{"status":"ok","excluded":"true"}`
	okStatus  = `{"status":"ok","version":"1"}`

	part   = "/participate?experiment=exp&alternatives=one&alternatives=two&client_id=cid"
	noAlts = "/participate?experiment=exp&client_id=cid"
	conv   = "/convert?experiment=exp&client_id=cid"

	missing = "missing arguments"
	two     = "experiments require at least two alternatives"
	changed = "experiment alternatives have changed. please delete in the admin"
	badAlt  = "invalid alternative name"
	badName = "invalid experiment name"
	badID   = "invalid client id"
	badTime = "invalid datetime"
	badPart = "invalid traffic fraction range"
	badWgts = "invalid weights: give one for each alternative, in their order, none below 0 and not all 0"
	badKPI  = "invalid kpi name"
	badVal  = "invalid value"
	unknown = "experiment does not exist"
	none    = "not found"
	method  = "method not allowed"
)

var malformed = []malformedRequest{
	// Missing parameters.
	{"/participate", 400, missing},
	{"/participate?", 400, missing},
	{"/participate??", 400, missing},
	{"/participate?&&&=&=&", 400, missing},
	{"/participate?experiment", 400, missing},
	{"/participate?experiment=exp&client_id=", 400, missing},
	{"/participate?experiment=&client_id=cid", 400, missing},
	{"/participate?Experiment=exp&CLIENT_ID=cid", 400, missing},
	{"/participate?experiment=exp;client_id=cid", 400, missing},
	{"/participate#?experiment=exp&client_id=cid", 400, missing},
	{"/participate?#experiment=exp&alternatives=one&alternatives=two&client_id=cid", 400, missing},
	{"/participate?datetime=garbage&traffic_fraction=7", 400, missing},
	{"/convert?client_id=cid", 400, missing},
	{"/convert?datetime=garbage&kpi=^&value=x", 400, missing},
	{"/convert?user_agent=bot&datetime=garbage", 200, excluded},

	// Alternatives.
	{noAlts, 400, two},
	{noAlts + "&alternatives=one", 400, two},
	{noAlts + "&alternatives[]=one&alternatives[]=two", 400, two},
	{noAlts + "&alternatives=one&alternatives=one", 400, "duplicate alternatives"},
	{noAlts + "&alternatives=one,two&alternatives=three", 400, changed},
	{noAlts + "&alternatives=one&alternatives=two%0A", 400, changed},
	{"/participate?experiment=new&client_id=cid&alternatives=one&alternatives=", 400, badAlt},
	{"/participate?experiment=new&client_id=cid&alternatives=one&alternatives=%20two", 400, badAlt},
	{"/participate?experiment=new&client_id=cid&alternatives=one&alternatives=two%00", 400, badAlt},
	{"/participate?experiment=new&client_id=cid&alternatives=one&alternatives=%zz", 400, badAlt},
	{"/participate?experiment=new&client_id=cid&alternatives=one&alternatives=tw%F6", 400, badAlt},
	{part + "&alternative=three", 400, badAlt},
	{part + "&alternatives=", 400, changed},
	{noAlts + strings.Repeat("&alternatives=x", 300), 400, "experiments allow at most 256 alternatives"},

	// Names and IDs.
	{"/participate?experiment=a:b&alternatives=one&alternatives=two&client_id=cid", 400, badName},
	{"/participate?experiment=%00&alternatives=one&alternatives=two&client_id=cid", 400, badName},
	{"/participate?experiment=exp%0A&alternatives=one&alternatives=two&client_id=cid", 400, badName},
	{"/participate?experiment=" + strings.Repeat("e", 256) + "&alternatives=one&alternatives=two&client_id=cid", 400, badName},
	{"/participate?experiment=exp&client_id=%FF", 400, badID},
	{"/participate?experiment=exp&client_id=%ED%A0%80", 400, badID},
	{"/participate?experiment=exp&client_id=c%0Did", 400, badID},
	{"/participate?experiment=exp&client_id=c%C2%85", 400, badID},
	{"/participate?experiment=exp&client_id=" + strings.Repeat("c", 513), 400, badID},
	{"/convert?experiment=exp&client_id=%00", 400, badID},

	// Traffic fractions.
	{part + "&traffic_fraction", 400, badPart},
	{part + "&traffic_fraction=0", 400, badPart},
	{part + "&traffic_fraction=-0.0", 400, badPart},
	{part + "&traffic_fraction=1.0000001", 400, badPart},
	{part + "&traffic_fraction=NaN", 400, badPart},
	{part + "&traffic_fraction=+Infinity", 400, badPart},
	{part + "&traffic_fraction=0x1p-2", 400, badPart},
	{part + "&traffic_fraction=0_1.5", 400, badPart},
	{part + "&traffic_fraction=0.5f", 400, badPart},
	{part + "&traffic_fraction=1e999", 400, badPart},
	{part + "&traffic_fraction=50%25", 400, badPart},
	{part + "&traffic_fraction=%20", 400, badPart},
	{part + "&traffic_fraction=%09%2B.1e1%0A", 200, ok2},

	// Weights.
	{part + "&weights", 400, badWgts},
	{part + "&weights=1", 400, badWgts},
	{part + "&weights=9,1", 400, badWgts},
	{part + "&weights=1&weights=1&weights=1", 400, badWgts},
	{part + "&weights=1&weights=-1", 400, badWgts},
	{part + "&weights=1&weights=NaN", 400, badWgts},
	{part + "&weights=1&weights=inf", 400, badWgts},
	{part + "&weights=1&weights=", 400, badWgts},
	{part + "&weights=1&weights=x", 400, badWgts},
	{part + "&weights=0&weights=0.0", 400, badWgts},
	{noAlts + "&weights=1", 400, two},
	{"/participate?experiment=new&client_id=cid&alternatives=one&alternatives=two&weights=1", 400, badWgts},
	{part + "&weights=%209&weights=0", 200, ok2},
	{part + "&weights[]=9", 200, ok2},
	{conv + "&weights=x", 200, okConvert},

	// Times.
	{part + "&datetime=garbage", 400, badTime},
	{part + "&datetime=%20", 400, badTime},
	{part + "&datetime=12345", 400, badTime},
	{part + "&datetime=20131301", 400, badTime},
	{part + "&datetime=99999999999999999999", 400, badTime},
	{part + "&datetime=9223372036854775807", 400, badTime},
	{part + "&datetime=999999999999", 400, badTime},
	{part + "&datetime=1969-12-31", 400, badTime},
	{part + "&datetime=2013-02-29", 400, badTime},
	{part + "&datetime=2013-01-28T24:00:00", 400, badTime},
	{part + "&datetime=2013-01-28T10:00:00+25:00", 400, badTime},
	{part + "&datetime=-1359331200", 400, badTime},
	{part + "&datetime=2013-01-28T10:00:00.123456789%2b01:00", 200, ok2},
	{conv + "&datetime=", 200, okConvert},

	// Conversions.
	{"/convert?experiment=nope&client_id=cid", 400, unknown},
	{"/convert?experiment=a:b&client_id=cid", 400, unknown},
	{"/convert?experiment=exp&client_id=stranger", 400, "this client was not participating"},
	{"/convert?experiment=paused&client_id=cid", 400, "this experiment is paused and can not receive updates."},
	{"/convert?experiment=archived&client_id=cid", 400, "this experiment is archived and can no longer be updated"},
	{conv + "&kpi=a%20b", 400, badKPI},
	{conv + "&kpi=k%0A", 400, badKPI},
	{conv + "&kpi=" + strings.Repeat("k", 256), 400, badKPI},
	{conv + "&value=abc", 400, badVal},
	{conv + "&value=1,5", 400, badVal},
	{conv + "&value=nan", 400, badVal},
	{conv + "&value=1e10", 400, badVal},
	{conv + "&value=0x10", 400, badVal},
	{conv + "&value=&kpi=", 200, okConvert},

	// Escapes and repeated parameters.
	{"/participate?experiment=exp&experiment=a:b&alternatives=one&alternatives=two&client_id=cid&client_id=%FF", 200, ok2},
	{"/participate?%65xperiment=exp&alternat%69ves=one&alternatives=two&client%5Fid=cid%", 200, strings.Replace(ok2, "cid", "cid%", 1)},
	{part + "&user_agent=", 200, robot},
	{part + "&user_agent&user_agent=Mozilla", 200, robot},
	{part + "&user_agent=%0A", 200, robot},
	{part + "&user_agent=%2562ot", 200, robot},
	{part + "&user_agent=%25zz", 200, ok2},
	{part + "&ip_address=999.1.1.1", 200, ok2},
	{part + "&prefetch=%00&record_force=maybe&force=%FF", 200, ok2},
	{part + "#&client_id=other", 200, ok2},

	// Callbacks.
	{"/participate?callback=cb", 400, `cb({"status":"failed","message":"missing arguments"})`},
	{"/participate?callback=cb%28", 400, missing},
	{"/participate?callback=%3Cscript%3E", 400, missing},
	{"/nope?callback=a.b", 404, `a.b({"status":"failed","message":"not found"})`},
	{"PUT /convert?callback=cb", 405, `cb({"status":"failed","message":"method not allowed"})`},

	// Paths.
	{"/nope", 404, none},
	{"/participate/", 404, none},
	{"/participate//", 404, none},
	{"/Participate", 404, none},
	{"/participate/../_status", 404, none},
	{"/participate%00", 404, none},
	{"/participate;x=1", 404, none},
	{"/experiments", 404, none},
	{"/experiments/", 404, none},
	{"/experiments//", 404, none},
	{"/experiments/exp/", 404, none},
	{"/experiments/a/b", 404, none},
	{"/experiments/a%2Fb", 404, none},
	{"/experiments/nope", 404, unknown},
	{"/experiments/%FF", 404, unknown},
	{"/experiments/..", 404, unknown},
	{"/experiments/nope#/x", 404, unknown},
	{"//_status", 200, okStatus},
	{"///_status#x?y", 200, okStatus},
	{"/%5Fstatus", 200, okStatus},
	{"//participate?" + strings.TrimPrefix(part, "/participate?"), 200, ok2},

	// Methods.
	{"PUT " + part, 405, method},
	{"DELETE /experiments/exp", 405, method},
	{"PATCH /", 405, method},
	{"TRACE /_status", 405, method},
	{"FOO //_status", 405, method},
	{"get /favicon.ico", 405, method},
	{"FOO /nope", 404, none},
	{"OPTIONS /nope", 200, "200 Ok"},
	{"OPTIONS //x//y", 200, "200 Ok"},
	{"POST " + part, 200, ok2},
	{"HEAD /participate", 200, ""},
	{"HEAD /experiments/nope", 404, ""},

	// Requests that are too long.
	{"/participate?" + strings.Repeat("x", 16<<10), 414, "request too long"},
	{"/" + strings.Repeat("x", 20<<10), 414, "request too long"},
	{"/_status?callback=cb&" + strings.Repeat("&", 17<<10), 414, "request too long"},

	// Requests that net/http answers.
	{"/experiments/%zz", 400, "400 Bad Request"},
	{"/participate?experiment=a\x01", 400, "400 Bad Request"},
	{"participate", 400, "400 Bad Request"},
}
