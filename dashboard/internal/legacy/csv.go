package legacy

import (
	"net/http"
	"strconv"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// export serves an experiment as Sixpack's CSV: three tables, with a title above each
// and an empty line between them.
func (l routes) export(w http.ResponseWriter, r *http.Request) error {
	v, err := l.view(r, r.PathValue("name"))
	if err != nil {
		return err
	}
	x := l.newExperiment(v)
	rows := [][]string{{"Alternative Details"}, {"date", "alternative", "participants", "conversions"}}
	for _, a := range x.Alternatives {
		for _, d := range a.Data {
			rows = append(rows, []string{d.Date, reply.CSVText(a.Name), decimal(d.Participants), decimal(d.Conversions)})
		}
	}
	hasWinner := "False" // as Python writes it
	if x.HasWinner {
		hasWinner = "True"
	}
	rows = append(rows, nil, []string{`"` + x.Name + `" Summary`},
		[]string{"total participants", "total_conversions", "has_winner", "description"},
		[]string{decimal(x.TotalParticipants), decimal(x.TotalConversions), hasWinner, reply.CSVText(v.Counts.Record.Description)},
		nil, []string{"Alternative Summary"}, []string{"name", "participant_count", "completed_count"})
	for _, a := range x.Alternatives {
		rows = append(rows, []string{reply.CSVText(a.Name), decimal(a.ParticipantCount), decimal(a.CompletedCount)})
	}
	return reply.CSV(w, "sixpack_export_"+x.Name+".csv", "text/csv", rows)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
