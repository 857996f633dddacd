package api

import (
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/store"
)

// download is everything about an experiment except its clients and its change
// history.
type download struct {
	Settings     settings              `json:"settings"`
	Excluded     int64                 `json:"excluded"` // clients outside the traffic fraction
	Epochs       []downloadEpoch       `json:"epochs"`
	Alternatives []downloadAlternative `json:"alternatives"` // the control first
}

// downloadEpoch is a period with constant shares. Epoch 0 has no shares: it is for
// participants whose alternative was forced or chosen.
type downloadEpoch struct {
	Number  uint32     `json:"number"`
	Start   *time.Time `json:"start"`   // null if unknown
	Weights []float64  `json:"weights"` // the shares, in the order of the alternatives; null: equal
}

// downloadAlternative is the counts of an alternative. Days and epochs without counts
// are omitted, here and below.
type downloadAlternative struct {
	Name         string                 `json:"name"`
	Control      bool                   `json:"control"`
	Participants int64                  `json:"participants"`
	Days         []downloadDay          `json:"days"`
	Epochs       []downloadParticipants `json:"epochs"`
	KPIs         []downloadKPI          `json:"kpis"`
}

// downloadDay is the number of new participants on a day.
type downloadDay struct {
	Date         string `json:"date"`
	Participants int64  `json:"participants"`
}

// downloadParticipants is the number of new participants in an epoch.
type downloadParticipants struct {
	Epoch        uint32 `json:"epoch"`
	Participants int64  `json:"participants"`
}

// downloadKPI is the counts of an alternative by a KPI.
type downloadKPI struct {
	KPI    string `json:"kpi"` // "" is the default KPI
	Events int64  `json:"events"`
	downloadTotals

	Days   []downloadConversions `json:"days"`
	Epochs []downloadValues      `json:"epochs"` // by the epoch in which the participant took part
}

// downloadTotals are exact sums.
type downloadTotals struct {
	Converted int64       `json:"converted"` // participants
	NonZero   int64       `json:"nonzero"`   // participants whose values do not sum to 0
	Sum       json.Number `json:"sum"`       // of the values
	Squares   json.Number `json:"squares"`   // sum over participants of the square of the sum of their values
}

// downloadConversions is the number of conversions on a day.
type downloadConversions struct {
	Date      string `json:"date"`
	Converted int64  `json:"converted"` // participants, for the first time
	Events    int64  `json:"events"`    // conversions, including repeated ones
}

type downloadValues struct {
	Epoch uint32 `json:"epoch"`
	downloadTotals
}

func newDownload(of store.Counts) download {
	x := download{
		Settings: newSettings(of.Record), Excluded: of.Excluded,
		Epochs: make([]downloadEpoch, len(of.Epochs)), Alternatives: make([]downloadAlternative, len(of.Alternatives)),
	}
	for i, e := range of.Epochs {
		x.Epochs[i] = downloadEpoch{Number: e.Number, Weights: e.Weights}
		if !e.Start.IsZero() {
			x.Epochs[i].Start = new(e.Start.UTC())
		}
	}
	for i, a := range of.Alternatives {
		x.Alternatives[i] = newDownloadAlternative(of.Record.Alternatives[i], a)
		x.Alternatives[i].Control = i == 0
	}
	return x
}

func newDownloadAlternative(name string, of store.AlternativeCounts) downloadAlternative {
	epochs := of.Epochs()
	a := downloadAlternative{
		Name: name, Participants: of.Participants(), Days: make([]downloadDay, len(of.Days)),
		Epochs: make([]downloadParticipants, len(epochs)), KPIs: make([]downloadKPI, len(of.KPIs)),
	}
	for i, d := range of.Days {
		a.Days[i] = downloadDay{d.Day.String(), d.Participants}
	}
	for i, e := range epochs {
		a.Epochs[i] = downloadParticipants{e.Epoch, e.Participants}
	}
	for i, k := range of.KPIs {
		a.KPIs[i] = newDownloadKPI(k)
	}
	return a
}

func newDownloadKPI(of store.KPICounts) downloadKPI {
	epochs := of.Epochs()
	k := downloadKPI{
		KPI: of.KPI, Events: of.Events(), downloadTotals: newDownloadTotals(of.Totals()),
		Days: make([]downloadConversions, 0, len(of.Days)), Epochs: make([]downloadValues, len(epochs)),
	}
	k.Converted = of.Converted()
	for _, d := range of.Days {
		if d.Converted != 0 || d.Events != 0 { // the unknown day has only values
			k.Days = append(k.Days, downloadConversions{d.Day.String(), d.Converted, d.Events})
		}
	}
	for i, e := range epochs {
		k.Epochs[i] = downloadValues{e.Epoch, newDownloadTotals(e.Sums)}
	}
	return k
}

func newDownloadTotals(e store.Sums) downloadTotals {
	const millionths = 6 // digits
	return downloadTotals{e.Converted, e.NonZero, scaled(e.Sum, millionths), scaled(e.Squares, 2*millionths)}
}

// scaled returns x / 10^digits without trailing zeros. Nil is 0.
func scaled(x *big.Int, digits int) json.Number {
	if x == nil {
		return "0"
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	text := new(big.Rat).SetFrac(x, unit).FloatString(digits)
	return json.Number(strings.TrimSuffix(strings.TrimRight(text, "0"), "."))
}

// downloadJSON serves everything about an experiment as JSON.
func (a routes) downloadJSON(w http.ResponseWriter, r *http.Request) error {
	counts, err := a.engine.Counts(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	reply.SaveAs(w, fileName(counts.Record.Name)+".json")
	return answer(w, newDownload(counts))
}

// fileName returns a file name for an experiment without characters that are special in
// paths or shells.
func fileName(experiment string) string {
	const maxRunes = 100
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '-'
	}, experiment))
	return "sixpack-" + string(runes[:min(maxRunes, len(runes))])
}
