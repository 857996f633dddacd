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

// nothing is the body of a request without parameters.
type nothing struct{}

// readJSON parses the body of a request into a value.
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
		return reply.Refuse(http.StatusBadRequest, "There is text after the JSON object. Send only the object.")
	}
	return nil
}

// explain describes why a body is not the JSON that the request needs.
func explain(err error) string {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if kind.Field == "" {
			return fmt.Sprintf("The body must be %s, not %s.", expected(kind.Type), given(kind.Value))
		}
		return fmt.Sprintf("The field %q must be %s, not %s.", kind.Field, expected(kind.Type), given(kind.Value))
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "There is no field " + field + ". Remove it, or check its name."
	}
	if errors.Is(err, io.EOF) {
		return "The body is empty. Send a JSON object."
	}
	return "The body is not valid JSON: " + strings.TrimPrefix(err.Error(), "json: ") + "."
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

// given names a JSON value as package json describes it. Numbers are named by their text.
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

// missing returns the error of a body without a required field.
func missing(field string) error {
	return reply.Refuse(http.StatusBadRequest, "The field "+strconv.Quote(field)+" is required.")
}
