package httpapi

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/sixpack-go/sixpack"
)

// Media types, as values of a header.
var (
	jsonType   = []string{"application/json"}
	scriptType = []string{"application/javascript"}
)

// answer is what a client gets, in Sixpack's order.
type answer struct {
	Status      string      `json:"status"`
	Alternative named       `json:"alternative,omitzero"`
	Experiment  named       `json:"experiment,omitzero"`
	Conversion  *conversion `json:"conversion,omitempty"`
	ClientID    string      `json:"client_id,omitempty"`
	Excluded    string      `json:"excluded,omitempty"`
	*explanation
}

type named struct {
	Name string `json:"name"`
}

type conversion struct {
	Value *float64 `json:"value"`
	KPI   *string  `json:"kpi"`
}

type explanation struct {
	Participating bool           `json:"participating"`
	Reason        sixpack.Reason `json:"reason"`
}

// reply returns what a client is told of its assignment.
func (q *query) reply(a sixpack.Assignment) *answer {
	reply := &answer{
		Status:      "ok",
		Alternative: named{a.Alternative},
		Experiment:  named{a.Experiment},
		ClientID:    q.get(clientID),
	}
	if q.is(explain) {
		reply.explanation = &explanation{a.Participating, a.Reason}
	}
	return reply
}

// text is an answer that is not JSON, or no longer.
type text struct {
	kind []string // its media type
	body []byte
}

// write writes an answer or, if err is not nil, what that comes to.
func (a *api) write(c echo.Context, e endpoint, q *query, answer any, err error) error {
	status := http.StatusOK
	if err != nil {
		status, answer = refuse(err)
	}
	if status >= http.StatusInternalServerError {
		a.Log.ErrorContext(c.Request().Context(), "request failed", "endpoint", e.name, "error", err)
	}
	t, ok := answer.(text)
	if !ok {
		t = q.encode(answer, status)
	}
	w := c.Response()
	w.Header()[echo.HeaderContentType] = t.kind
	w.WriteHeader(status)
	_, err = w.Write(t.body)
	return err
}

// encode returns an answer as JSON, wrapped for the callback if the request
// names one. Like Sixpack's, failures of the server are never wrapped.
func (q *query) encode(answer any, status int) text {
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err) // There is nothing in an answer that JSON cannot express.
	}
	f := q.get(callback)
	if f == "" || status >= http.StatusInternalServerError || !callbackForm.MatchString(f) {
		return text{jsonType, body}
	}
	return text{scriptType, slices.Concat([]byte(f), []byte("("), body, []byte(")"))}
}

// callbackForm allows a newline at the end, as the original does.
var callbackForm = regexp.MustCompile(`^\w[\w'\-.]*\n?$`)
