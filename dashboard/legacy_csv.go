package dashboard

import (
	"bytes"
	"encoding/csv"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// export serves an experiment as the CSV that Sixpack exports.
func (d *dashboard) export(w http.ResponseWriter, r *http.Request) error {
	by, err := legacyPeriod(r)
	if err != nil {
		return err
	}
	counts, err := d.legacyCounts(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	kpi, err := legacyKPI(r, counts.Record)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := writeLegacyCSV(&text, d.newLegacyExperiment(&counts, kpi, by)); err != nil {
		return err
	}
	name := "sixpack_export_" + counts.Record.Name + ".csv"
	w.Header().Set("Content-Type", "text/csv")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, err = text.WriteTo(w)
	return err
}

// writeLegacyCSV writes an experiment as Sixpack does: three tables, with a title
// above each and an empty line between them.
func writeLegacyCSV(to *bytes.Buffer, x legacyExperiment) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true
	rows := [][]string{{"Alternative Details"}, {"date", "alternative", "participants", "conversions"}}
	for _, a := range x.Alternatives {
		for _, d := range a.Data {
			rows = append(rows, []string{d.Date, plain(a.Name), decimal(d.Participants), decimal(d.Conversions)})
		}
	}
	description := ""
	if x.Description != nil {
		description = *x.Description
	}
	rows = append(rows, nil, []string{`"` + x.Name + `" Summary`},
		[]string{"total participants", "total_conversions", "has_winner", "description"},
		[]string{decimal(x.TotalParticipants), decimal(x.TotalConversions), truth(x.HasWinner), plain(description)},
		nil, []string{"Alternative Summary"}, []string{"name", "participant_count", "completed_count"})
	for _, a := range x.Alternatives {
		rows = append(rows, []string{plain(a.Name), decimal(a.ParticipantCount), decimal(a.CompletedCount)})
	}
	return w.WriteAll(rows)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// truth writes a boolean as Python does.
func truth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// plain keeps a spreadsheet from taking a text for a formula.
func plain(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
