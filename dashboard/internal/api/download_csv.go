package api

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/store"
)

// csvHeader names the columns. Columns that a record does not use are empty. The
// records are
//
//   - setting: a setting of the experiment or of one of its epochs;
//   - day: the counts of an alternative by a KPI on a day;
//   - epoch: the same in an epoch, without events;
//   - total: the same in total.
var csvHeader = []string{
	"record", "date", "epoch", "alternative", "kpi", "participants", "converted", "events", "nonzero", "sum", "squares", "setting", "value",
}

// csvRow is a row with these columns.
type csvRow struct {
	record, date, epoch, alternative, kpi                  string
	participants, converted, events, nonzero, sum, squares string
	setting, value                                         string
}

// cells returns the cells of a row. No text of a user is read as a formula.
func (r csvRow) cells() []string {
	return []string{
		r.record, r.date, r.epoch, reply.CSVText(r.alternative), reply.CSVText(r.kpi), r.participants, r.converted, r.events, r.nonzero, r.sum, r.squares,
		r.setting, reply.CSVText(r.value),
	}
}

// downloadCSV serves everything about an experiment as one table.
func (a routes) downloadCSV(w http.ResponseWriter, r *http.Request) error {
	counts, err := a.engine.Counts(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	rows, err := newDownload(counts).rows()
	if err != nil {
		return err
	}
	return reply.CSV(w, fileName(counts.Record.Name)+".csv", "text/csv; charset=utf-8", rows)
}

func (x download) rows() ([][]string, error) {
	rows := [][]string{csvHeader}
	settings, err := x.settingRows()
	for _, r := range settings {
		rows = append(rows, r.cells())
	}
	for _, a := range x.Alternatives {
		kpis := a.KPIs
		if len(kpis) == 0 {
			kpis = []downloadKPI{{downloadTotals: newDownloadTotals(store.Sums{})}}
		}
		for _, k := range kpis {
			for _, r := range slices.Concat(dayRows(a, k), epochRows(a, k)) {
				r.alternative, r.kpi = a.Name, k.KPI
				rows = append(rows, r.cells())
			}
		}
	}
	return rows, err
}

// settingRows returns the rows of settings.
func (x download) settingRows() (rows []csvRow, err error) {
	add := func(epoch, name string, value any) {
		text, failed := cell(value)
		rows, err = append(rows, csvRow{record: "setting", epoch: epoch, setting: name, value: text}), errors.Join(err, failed)
	}
	s := x.Settings
	for _, set := range []struct {
		name  string
		value any
	}{
		{"name", s.Name},
		{"state", string(s.State)},
		{"created", s.Created},
		{"description", s.Description},
		{"alternatives", s.Alternatives},
		{"kpis", s.KPIs},
		{"primary_kpi", s.PrimaryKPI},
		{"winner", s.Winner},
		{"paused", s.Paused},
		{"archived", s.Archived},
		{"purged", s.Purged},
		{"traffic", s.Traffic},
		{"weights", s.Weights},
		{"algorithm", s.Algorithm},
		{"declared", s.Declared},
		{"override", s.Override},
		{"plan", s.Plan},
		{"excluded", x.Excluded},
	} {
		add("", set.name, set.value)
	}
	for _, e := range x.Epochs {
		add(epochNumber(e.Number), "start", e.Start)
		add(epochNumber(e.Number), "weights", e.Weights)
	}
	return rows, err
}

// cell writes a value: strings and times without quotes, nothing for null, the rest as
// JSON.
func cell(value any) (string, error) {
	text, err := json.Marshal(value)
	if err != nil || len(text) == 0 || text[0] != '"' {
		return strings.TrimPrefix(string(text), "null"), err
	}
	var plain string
	err = json.Unmarshal(text, &plain)
	return plain, err
}

// dayRows returns the rows of the days on which an alternative has counts.
func dayRows(a downloadAlternative, k downloadKPI) []csvRow {
	on := make(map[string]csvRow)
	for _, d := range a.Days {
		on[d.Date] = csvRow{participants: decimal(d.Participants), converted: "0", events: "0"}
	}
	for _, d := range k.Days {
		r, ok := on[d.Date]
		if !ok {
			r.participants = "0"
		}
		r.converted, r.events = decimal(d.Converted), decimal(d.Events)
		on[d.Date] = r
	}
	var rows []csvRow
	for _, date := range slices.Sorted(maps.Keys(on)) {
		r := on[date]
		r.record, r.date = "day", date
		rows = append(rows, r)
	}
	return rows
}

// epochRows returns the rows of the epochs with participants, and the total.
func epochRows(a downloadAlternative, k downloadKPI) []csvRow {
	var rows []csvRow
	for _, e := range a.Epochs {
		r := csvRow{record: "epoch", epoch: epochNumber(e.Epoch), participants: decimal(e.Participants)}
		totals := newDownloadTotals(store.Sums{})
		if i := slices.IndexFunc(k.Epochs, func(v downloadValues) bool { return v.Epoch == e.Epoch }); i >= 0 {
			totals = k.Epochs[i].downloadTotals
		}
		rows = append(rows, r.with(totals))
	}
	total := csvRow{record: "total", participants: decimal(a.Participants), events: decimal(k.Events)}
	return append(rows, total.with(k.downloadTotals))
}

func (r csvRow) with(t downloadTotals) csvRow {
	r.converted, r.nonzero, r.sum, r.squares = decimal(t.Converted), decimal(t.NonZero), t.Sum.String(), t.Squares.String()
	return r
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func epochNumber(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
