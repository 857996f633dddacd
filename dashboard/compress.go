package dashboard

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compress compresses answers. The random jitter keeps the length of a page from
// revealing its secrets (BREACH).
func compress(next http.Handler) http.Handler {
	const minSize, jitter = 1024, 32
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(minSize), gzhttp.RandomJitter(jitter, 0, false))
	if err != nil {
		panic(err) // the options are constant
	}
	return wrap(next)
}
