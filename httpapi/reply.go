package httpapi

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
)

// Media types, as values of a header.
var (
	jsonType   = []string{"application/json"}
	scriptType = []string{"application/javascript"}
)

// answer is the answer to a participation or a conversion.
type answer struct {
	sixpack.Assignment

	clientID   string
	conversion *conversion // nil for a participation
	explained  bool        // the request asks for reasons
}

type conversion struct {
	Value *float64 `json:"value"`
	KPI   *string  `json:"kpi"`
}

// reply returns the answer with an assignment.
func (q *query) reply(a sixpack.Assignment) *answer {
	return &answer{Assignment: a, clientID: q.get(clientID), explained: q.is(explain)}
}

// append appends a as JSON, in Sixpack's order. This is nearly every answer, and encoding/json
// would take longer than the engine.
func (a *answer) append(b []byte) []byte {
	b = append(b, `{"status":"ok"`...)
	if a.Alternative == "" {
		b = append(b, `,"excluded":"true"`...)
	} else {
		b = quote(append(b, `,"alternative":{"name":`...), a.Alternative)
		b = quote(append(b, `},"experiment":{"name":`...), a.Experiment)
		b = append(b, '}')
		if a.conversion != nil {
			b = append(append(b, `,"conversion":`...), marshal(a.conversion)...)
		}
		b = quote(append(b, `,"client_id":`...), a.clientID)
	}
	if a.explained {
		b = strconv.AppendBool(append(b, `,"participating":`...), a.Participating)
		b = quote(append(b, `,"reason":`...), string(a.Reason))
	}
	return append(b, '}')
}

// quote appends s as a JSON string.
func quote(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return append(b, marshal(s)...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// marshal encodes an answer or a part of one, which JSON can always express.
func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// text is an encoded answer.
type text struct {
	kind []string // its media type
	body []byte
}

// write writes an answer or, if err is not nil, the answer for the error.
func (a *api) write(c echo.Context, e endpoint, q *query, body any, err error) error {
	status := http.StatusOK
	if err != nil {
		status, body = refuse(err)
	}
	if status >= http.StatusInternalServerError {
		a.Log.ErrorContext(c.Request().Context(), "request failed", "endpoint", e.name, "error", err)
	}
	var t text
	switch b := body.(type) {
	case text:
		t = b
	case *answer:
		t = q.wrap(b.append(make([]byte, 0, 256)), status)
	default:
		t = q.wrap(marshal(b), status)
	}
	w := c.Response()
	w.Header()[echo.HeaderContentType] = t.kind
	w.WriteHeader(status)
	_, err = w.Write(t.body)
	return err
}

// wrap wraps JSON in a call of the callback, if the request names one. As in Sixpack, server
// errors are never wrapped.
func (q *query) wrap(body []byte, status int) text {
	f := q.get(callback)
	if f == "" || status >= http.StatusInternalServerError || !callbackForm.MatchString(f) {
		return text{jsonType, body}
	}
	return text{scriptType, slices.Concat([]byte(f), []byte("("), body, []byte(")"))}
}

// callbackForm allows a newline at the end, as the original does.
var callbackForm = regexp.MustCompile(`^\w[\w'\-.]*\n?$`)
