package reply

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
)

// JSON answers with v as JSON.
func JSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}

// CSV answers with tables, separated by empty rows, as a file to save.
func CSV(w http.ResponseWriter, file, contentType string, rows [][]string) error {
	var text bytes.Buffer
	table := csv.NewWriter(&text)
	table.UseCRLF = true
	if err := table.WriteAll(rows); err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	SaveAs(w, file)
	_, err := text.WriteTo(w)
	return err
}

// SaveAs tells browsers to save the answer as a file.
func SaveAs(w http.ResponseWriter, file string) {
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file}))
}

// CSVText returns a text as a cell that spreadsheets do not read as a formula.
func CSVText(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
