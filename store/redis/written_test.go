package redis_test

import (
	_ "embed"
	"strconv"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/storetest"
)

// written contains the commands that restore the keys of a release before stores had an identity,
// one command per line, with quoted arguments.
//
//go:embed testdata/written.txt
var written string

func TestWrittenKeys(t *testing.T) {
	storetest.RunWritten(t, func(tb testing.TB) store.Store {
		client := dial(tb, miniredis.RunT(tb).Addr())
		restore(tb, client)
		return open(tb, client, "sixpack")
	})
}

func TestWrittenKeysOverServer(t *testing.T) {
	client := dial(t, startServer(t))
	storetest.RunWritten(t, func(tb testing.TB) store.Store {
		if err := client.Do(tb.Context(), client.B().Flushall().Build()).Error(); err != nil {
			tb.Fatal(err)
		}
		restore(tb, client)
		return open(tb, client, "sixpack")
	})
}

// restore runs the commands in written.
func restore(tb testing.TB, client rueidis.Client) {
	tb.Helper()
	for line := range strings.Lines(written) {
		command, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		var args []string
		for rest != "" {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				tb.Fatalf("%q: %v", rest, err)
			}
			arg, err := strconv.Unquote(quoted)
			if err != nil {
				tb.Fatal(err)
			}
			args, rest = append(args, arg), strings.TrimPrefix(rest[len(quoted):], " ")
		}
		if err := client.Do(tb.Context(), client.B().Arbitrary(command).Args(args...).Build()).Error(); err != nil {
			tb.Fatalf("%.100s: %v", line, err)
		}
	}
}
