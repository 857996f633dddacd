package dashboard

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/sixpack-go/sixpack/dashboard/internal/series"
)

// apiEpochs serves the shares that the alternatives of an experiment had.
func (d *dashboard) apiEpochs(w http.ResponseWriter, r *http.Request) error {
	counts, kpi, _, err := d.asked(r)
	if err != nil {
		return err
	}
	s := series.NewEpochs(&counts, kpi, d.Now().In(d.Location))
	if query := r.URL.Query(); query.Has("most") {
		limit, err := strconv.Atoi(query.Get("most"))
		if err != nil || limit < 2 {
			return refusal{http.StatusBadRequest, fmt.Sprintf("%q is not how many epochs to answer with at most: take 2 or more.", query.Get("most"))}
		}
		s = s.Thinned(limit)
	}
	return answerJSON(w, s)
}
