package dashboard

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compress sends text in less, to those who can read it. The jitter keeps the
// length of a page from telling what secrets are in it.
func compress(next http.Handler) http.Handler {
	const least, jitter = 1024, 32
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(least), gzhttp.RandomJitter(jitter, 0, false))
	if err != nil {
		panic(err) // the options are constant
	}
	return wrap(next)
}
