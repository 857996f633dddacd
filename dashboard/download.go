package dashboard

import (
	"encoding/json"
	"math/big"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/sixpack-go/sixpack/store"
)

// download is all that is known of an experiment but for its clients and its log.
type download struct {
	Settings     apiSettings           `json:"settings"`
	Excluded     int64                 `json:"excluded"` // clients outside the traffic fraction
	Epochs       []downloadEpoch       `json:"epochs"`
	Alternatives []downloadAlternative `json:"alternatives"` // the control first
}

// downloadEpoch is a stretch of constant shares. Number 0 holds those who were
// given an alternative, and has no shares.
type downloadEpoch struct {
	Number  uint32     `json:"number"`
	Start   *time.Time `json:"start"`   // null if unknown
	Weights []float64  `json:"weights"` // the shares, in the order of the alternatives; null: equal
}

// downloadAlternative is what one alternative got. Days and epochs without anything
// are left out, here and below.
type downloadAlternative struct {
	Name         string                 `json:"name"`
	Control      bool                   `json:"control"`
	Participants int64                  `json:"participants"`
	Days         []downloadDay          `json:"days"`
	Epochs       []downloadParticipants `json:"epochs"`
	KPIs         []downloadKPI          `json:"kpis"`
}

// downloadDay counts those who took part on a day.
type downloadDay struct {
	Date         string `json:"date"`
	Participants int64  `json:"participants"`
}

// downloadParticipants counts those who took part in an epoch.
type downloadParticipants struct {
	Epoch        uint32 `json:"epoch"`
	Participants int64  `json:"participants"`
}

// downloadKPI is what one alternative got of one KPI.
type downloadKPI struct {
	KPI    string `json:"kpi"` // "" is the default one
	Events int64  `json:"events"`
	downloadTotals

	Days   []downloadConversions `json:"days"`
	Epochs []downloadValues      `json:"epochs"` // in which those who converted took part
}

// downloadTotals are exact.
type downloadTotals struct {
	Converted int64       `json:"converted"` // participants
	NonZero   int64       `json:"nonzero"`   // participants whose values do not add up to 0
	Sum       json.Number `json:"sum"`       // of the values
	Squares   json.Number `json:"squares"`   // of what each participant's values add up to, together
}

// downloadConversions counts the conversions on a day.
type downloadConversions struct {
	Date      string `json:"date"`
	Converted int64  `json:"converted"` // participants, for the first time
	Events    int64  `json:"events"`    // conversions, further ones included
}

type downloadValues struct {
	Epoch uint32 `json:"epoch"`
	downloadTotals
}

func newDownload(of store.Counts) download {
	x := download{
		Settings: newAPISettings(of.Record), Excluded: of.Excluded,
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
	a := downloadAlternative{
		Name: name, Participants: of.Participants(), Days: make([]downloadDay, len(of.Days)),
		Epochs: make([]downloadParticipants, len(of.Epochs)), KPIs: make([]downloadKPI, len(of.KPIs)),
	}
	for i, d := range of.Days {
		a.Days[i] = downloadDay{d.Day.String(), d.Participants}
	}
	for i, e := range of.Epochs {
		a.Epochs[i] = downloadParticipants{e.Epoch, e.Participants}
	}
	for i, k := range of.KPIs {
		a.KPIs[i] = newDownloadKPI(k)
	}
	return a
}

func newDownloadKPI(of store.KPICounts) downloadKPI {
	k := downloadKPI{
		KPI: of.KPI, Events: of.Events(), downloadTotals: newDownloadTotals(of.Totals()),
		Days: make([]downloadConversions, len(of.Days)), Epochs: make([]downloadValues, len(of.Epochs)),
	}
	k.Converted = of.Converted()
	for i, d := range of.Days {
		k.Days[i] = downloadConversions{d.Day.String(), d.Converted, d.Events}
	}
	for i, e := range of.Epochs {
		k.Epochs[i] = downloadValues{e.Epoch, newDownloadTotals(e)}
	}
	return k
}

func newDownloadTotals(e store.EpochConversions) downloadTotals {
	const millionths = 6 // digits
	return downloadTotals{e.Converted, e.NonZero, scaled(e.Sum, millionths), scaled(e.Squares, 2*millionths)}
}

// scaled returns x with so many digits behind the point, and no more zeros than it
// takes. Nil is 0.
func scaled(x *big.Int, digits int) json.Number {
	if x == nil {
		return "0"
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	text := new(big.Rat).SetFrac(x, unit).FloatString(digits)
	return json.Number(strings.TrimSuffix(strings.TrimRight(text, "0"), "."))
}

// downloadJSON serves all that is counted of an experiment as JSON.
func (d *dashboard) downloadJSON(w http.ResponseWriter, r *http.Request) error {
	counts, err := d.engine.Counts(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	attach(w, counts.Record.Name, "json")
	return answerJSON(w, newDownload(counts))
}

// attach has a browser save what is served, under the name of an experiment.
func attach(w http.ResponseWriter, experiment, kind string) {
	file := "sixpack-" + safeName(experiment) + "." + kind
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file}))
}

// safeName returns a name without what means something in a path or to a shell.
func safeName(name string) string {
	const most = 100
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '-'
	}, name))
	return string(slices.Clip(runes[:min(most, len(runes))]))
}
