// Package reference holds the reference values of tests. Other programs made all of them:
//
//   - assignment.jsonl, clients.jsonl, keyspace.jsonl, stats.jsonl, web.jsonl and
//     wire.jsonl are recordings of the unmodified Sixpack 2.7.0: its choices, the
//     requests of its clients, its keys in Redis, its statistics, and the answers of
//     its dashboard and of its server. wire-1.1.jsonl is a recording of Sixpack 1.1.2.
//   - bandit_regret.json, power_reference.json, srm_reference.json and
//     stats_reference.json were computed by R, SciPy, mpmath and a simulation in C.
//     Each file names its source and the tolerance of its values.
package reference

import (
	"embed"
	"encoding/json"
	"errors"
	"io"
	"testing"
)

//go:embed testdata
var files embed.FS

// Lines returns the values of a file with one JSON value per line.
func Lines[T any](tb testing.TB, name string) (all []T) {
	tb.Helper()
	file, err := files.Open("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	for decoder := json.NewDecoder(file); ; {
		var one T
		switch err := decoder.Decode(&one); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			tb.Fatalf("%s: %v", name, err)
		}
		all = append(all, one)
	}
}

// Vectors returns the vectors of a JSON file.
func Vectors[T any](tb testing.TB, name string) []T {
	tb.Helper()
	file := Lines[struct{ Vectors []T }](tb, name)
	return file[0].Vectors
}
