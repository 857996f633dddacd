package dashboard

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// csvHeader names the columns of a download. What a record does not have is empty.
// The records are
//
//   - setting: something that is set of the experiment, or of one of its epochs;
//   - day: what an alternative got of a KPI on a day;
//   - epoch: the same in an epoch, without events;
//   - total: the same in all.
var csvHeader = []string{
	"record", "date", "epoch", "alternative", "kpi", "participants", "converted", "events", "nonzero", "sum", "squares", "setting", "value",
}

// csvRow is a row of them.
type csvRow struct {
	record, date, epoch, alternative, kpi                  string
	participants, converted, events, nonzero, sum, squares string
	setting, value                                         string
}

// cells returns a row's. Texts of others are kept from being taken for formulas.
func (r csvRow) cells() []string {
	return []string{
		r.record, r.date, r.epoch, plain(r.alternative), plain(r.kpi), r.participants, r.converted, r.events, r.nonzero, r.sum, r.squares,
		r.setting, plain(r.value),
	}
}

// downloadCSV serves all that is counted of an experiment as one table.
func (d *dashboard) downloadCSV(w http.ResponseWriter, r *http.Request) error {
	counts, err := d.engine.Counts(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	rows, err := newDownload(counts).rows()
	if err != nil {
		return err
	}
	var text bytes.Buffer
	table := csv.NewWriter(&text)
	table.UseCRLF = true
	if err := table.WriteAll(rows); err != nil {
		return err
	}
	attach(w, counts.Record.Name, "csv")
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	_, err = text.WriteTo(w)
	return err
}

func (x download) rows() ([][]string, error) {
	rows := [][]string{csvHeader}
	set, err := x.set()
	for _, r := range set {
		rows = append(rows, r.cells())
	}
	for _, a := range x.Alternatives {
		kpis := a.KPIs
		if len(kpis) == 0 {
			kpis = []downloadKPI{{downloadTotals: newDownloadTotals(store.EpochConversions{})}}
		}
		for _, k := range kpis {
			for _, r := range slices.Concat(days(a, k), epochRows(a, k)) {
				r.alternative, r.kpi = a.Name, k.KPI
				rows = append(rows, r.cells())
			}
		}
	}
	return rows, err
}

// set returns the rows of what is set.
func (x download) set() (rows []csvRow, err error) {
	say := func(epoch, name string, value any) {
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
		say("", set.name, set.value)
	}
	for _, e := range x.Epochs {
		say(number32(e.Number), "start", e.Start)
		say(number32(e.Number), "weights", e.Weights)
	}
	return rows, err
}

// cell writes a value: text and times as they are, nothing for null, the rest as
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

// days returns the rows of the days on which an alternative got anything.
func days(a downloadAlternative, k downloadKPI) []csvRow {
	on := make(map[string]csvRow)
	for _, d := range a.Days {
		on[d.Date] = csvRow{participants: decimal(d.Participants), converted: "0", events: "0"}
	}
	for _, d := range k.Days {
		r, came := on[d.Date]
		if !came {
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

// epochRows returns the rows of the epochs in which anybody took part, and the
// total.
func epochRows(a downloadAlternative, k downloadKPI) []csvRow {
	var rows []csvRow
	for _, e := range a.Epochs {
		r := csvRow{record: "epoch", epoch: number32(e.Epoch), participants: decimal(e.Participants)}
		totals := newDownloadTotals(store.EpochConversions{})
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

func number32(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
