package bolt_test

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"os"
	"testing"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/storetest"
)

// writtenFile is a compacted file that a release wrote before stores had an identity.
//
//go:embed testdata/written.db.gz
var writtenFile []byte

func TestWrittenFile(t *testing.T) {
	storetest.RunWritten(t, func(tb testing.TB) store.Store { return open(tb, writtenPath(tb)) })
}

// writtenPath returns the path of a copy of the written file.
func writtenPath(tb testing.TB) string {
	tb.Helper()
	path := newPath(tb)
	unzipped, err := gzip.NewReader(bytes.NewReader(writtenFile))
	if err != nil {
		tb.Fatal(err)
	}
	file, err := io.ReadAll(unzipped)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
