package sixpack2

import (
	"fmt"
	"regexp"
)

// validName is the default form of the names of new experiments and alternatives, and
// maxNameLength their maximum length in bytes.
var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_ -]*$`)

const maxNameLength = 255

// noteNames notes names that are kept although new experiments may not have them.
func (x *Experiment) noteNames() {
	invalid := func(name string) bool { return len(name) > maxNameLength || !validName.MatchString(name) }
	if invalid(x.Record.Name) {
		x.notef("its name is taken as it is, although a new experiment may have it only if experiment_name_regex allows it")
	}
	for _, a := range x.Record.Alternatives {
		if invalid(a) {
			x.notef("its alternative %q is taken as it is, although a new experiment may not have it", a)
		}
	}
}

// noteResidue notes what a scan found besides clients and their conversions.
func (x *Experiment) noteResidue() {
	r := &x.residue
	if n := participants(r.extra); n > 0 {
		x.notef("%s in more than one alternative, by record_force: each keeps the first, as in Sixpack, and the others' counts stay; "+
			"Sixpack's total over all alternatives counts it once", quantity(n, "client is", "clients are"))
	}
	if n := conversions(r.extra); n > 0 {
		x.notef("%s in an alternative that is not the client's: kept as counts", quantity(n, "conversion is", "conversions are"))
	}
	if r.extra.Excluded > 0 {
		x.notef("%s excluded and a participant, by record_force: each stays a participant", quantity(r.extra.Excluded, "client is", "clients are"))
	}
	if n := participants(r.nameless) + r.nameless.Excluded; n > 0 {
		x.notef("%s no name any more, as after archiving in Sixpack: kept as counts", quantity(n, "client has", "clients have"))
	}
	if r.invalid > 0 {
		x.notef("%s an id that calls are refused for, as empty, longer than 512 bytes or with control characters: taken as it is",
			quantity(r.invalid, "client has", "clients have"))
	}
	if r.repeated > 0 {
		x.notef("%s of a client on a second day, by record_force: counted on the first only, as in Sixpack's totals",
			quantity(r.repeated, "bit is", "bits are"))
	}
	if r.undated > 0 {
		x.notef("%s in no day's bitmap: counted on the day of the experiment's creation", quantity(r.undated, "bit is", "bits are"))
	}
	if r.unlisted > 0 {
		x.notef("%s in a day's bitmap and not in that of all time, so that Sixpack has forgotten: counted", quantity(r.unlisted, "bit is", "bits are"))
	}
}

// quantity returns n with the words for one or for more.
func quantity(n int64, one, more string) string {
	if n == 1 {
		more = one
	}
	return fmt.Sprintf("%d %s", n, more)
}
