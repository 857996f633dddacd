package sixpack2

import (
	"fmt"
	"regexp"
	"strings"
)

// sixpackName is the form that Sixpack allows for the name of an alternative.
var sixpackName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// unsupported lists the data of the experiment that Sixpack cannot represent.
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
			add("values of %s, of %s: Sixpack counts only who converted", name, quantity(values, "client", "clients"))
		}
		if events > 0 {
			add("%d further %s by those who had converted: Sixpack counts each once", events, name)
		}
	}
	if weights := r.Epoch.Weights; weights != nil {
		add("the shares %s of %s: Sixpack gives each alternative the same", join(weights), strings.Join(r.Alternatives, ", "))
	}
	if o := r.Override; o.Traffic != 0 {
		add("that the traffic %v was set against what callers say: Sixpack takes theirs with their next call", o.Traffic)
	}
	if r.Ramp.Active() {
		add("its ramp: Sixpack does not raise the traffic by itself")
	}
	if a := r.Algorithm + r.Override.Algorithm; a != "" && a != "hash" {
		add("its algorithm: Sixpack splits clients evenly")
	}
	if n := len(e.before.Epochs); n > 1 {
		add("in which of its %d epochs each client came", n)
	}
	if e.reserved > 0 {
		add("what was promised to %s, who did not take part yet: Sixpack promises nothing", quantity(e.reserved, "client", "clients"))
	}
	if r.Salt != r.Name {
		add("its salt: it was reset, and Sixpack splits new clients otherwise than here")
	}
	for _, a := range r.Alternatives {
		if !sixpackName.MatchString(a) {
			add("calls with the alternative %q, which Sixpack refuses", a)
		}
	}
	if n := sum(e.rest()); n > 0 && (!r.Archived || e.clients > 0) {
		add("that %d participants, conversions and exclusions are counted without a client: those have made-up names in Sixpack", n)
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
