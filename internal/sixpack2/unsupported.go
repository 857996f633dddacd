package sixpack2

import (
	"fmt"
	"regexp"
	"strings"
)

// sixpackName is the form that Sixpack allows for the name of an alternative.
var sixpackName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// unsupported lists the data of the experiment that Sixpack cannot store.
func (e *exporter) unsupported() (all []string) {
	r := e.before.Record
	add := func(format string, arguments ...any) { all = append(all, fmt.Sprintf(format, arguments...)) }
	for _, kpi := range r.KPIs {
		name := "conversions"
		if kpi != "" {
			name += fmt.Sprintf(" of KPI %q", kpi)
		}
		values, events := e.beyond(kpi)
		if values > 0 {
			add("values of %s of %s: Sixpack only counts clients that converted", name, quantity(values, "client", "clients"))
		}
		if events > 0 {
			add("%d repeated %s: Sixpack counts each client once", events, name)
		}
	}
	if weights := r.Epoch.Weights; weights != nil {
		add("the shares %s of %s: Sixpack gives all alternatives equal shares", join(weights), strings.Join(r.Alternatives, ", "))
	}
	if o := r.Override; o.Traffic != 0 {
		add("the override of the traffic, %v: Sixpack uses the traffic of the next call", o.Traffic)
	}
	if r.Ramp.Active() {
		add("its ramp: Sixpack cannot raise the traffic by schedule")
	}
	if a := r.Algorithm + r.Override.Algorithm; a != "" && a != "hash" {
		add("its algorithm: Sixpack splits clients evenly")
	}
	if n := len(e.before.Epochs); n > 1 {
		add("the epoch of each client, of %d epochs: Sixpack has none", n)
	}
	if e.reserved > 0 {
		add("the alternatives reserved for %s without participation: Sixpack has no reservations", quantity(e.reserved, "client", "clients"))
	}
	if r.Salt != r.Name {
		add("its salt: it was restarted, so Sixpack assigns new clients differently")
	}
	for _, a := range r.Alternatives {
		if !sixpackName.MatchString(a) {
			add("calls with the alternative %q: Sixpack refuses this name", a)
		}
	}
	if n := sum(e.rest()); n > 0 && (!r.Archived || e.clients > 0) {
		add("counts without a client, %d participants, conversions and exclusions: they get synthetic names in Sixpack", n)
	}
	return all
}

// beyond returns the number of clients with a value for a KPI, and the number of
// conversions after the first one of a client.
func (e *exporter) beyond(kpi string) (values, events int64) {
	for _, a := range e.before.Alternatives {
		k := a.KPI(kpi)
		values += k.Totals().NonZero
		events += k.Events() - k.Converted()
	}
	return values, events
}

func join(weights []float64) string {
	text := make([]string, len(weights))
	for i, w := range weights {
		text[i] = fmt.Sprintf("%.3g", w)
	}
	return strings.Join(text, ", ")
}
