package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// nothing is the body of a request that needs none.
type nothing struct{}

// readJSON reads the body of a request.
func readJSON(r *http.Request, to any) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if _, none := to.(*nothing); none && len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return reply.Refuse(http.StatusUnsupportedMediaType, "Send JSON, with the header Content-Type: application/json.")
	}
	from := json.NewDecoder(bytes.NewReader(text))
	from.DisallowUnknownFields()
	if err := from.Decode(to); err != nil {
		return reply.Refuse(http.StatusBadRequest, explain(err))
	}
	if _, err := from.Token(); !errors.Is(err, io.EOF) {
		return reply.Refuse(http.StatusBadRequest, "There is more after the JSON.")
	}
	return nil
}

// explain says why a text is not the JSON that is expected.
func explain(err error) string {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if kind.Field == "" {
			return fmt.Sprintf("Send %s, not %s.", expected(kind.Type), given(kind.Value))
		}
		return fmt.Sprintf("The field %q takes %s, not %s.", kind.Field, expected(kind.Type), given(kind.Value))
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "There is no field " + field + " here."
	}
	if errors.Is(err, io.EOF) {
		return "The body is empty: send JSON."
	}
	return "This is not JSON: " + strings.TrimPrefix(err.Error(), "json: ") + "."
}

// expected names the values of a type.
func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int64, reflect.Uint64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "an array"
	case reflect.Struct:
		return "an object"
	default:
		return "a string"
	}
}

// given names a JSON value that package json describes. A number comes with its text.
func given(value string) string {
	switch number, isNumber := strings.CutPrefix(value, "number "); {
	case isNumber:
		return number
	case value == "bool":
		return "true or false"
	case value == "array" || value == "object":
		return "an " + value
	default:
		return "a " + value
	}
}

// missing returns the error of a body without a field.
func missing(field string) error {
	return reply.Refuse(http.StatusBadRequest, "The field "+strconv.Quote(field)+" is missing.")
}
