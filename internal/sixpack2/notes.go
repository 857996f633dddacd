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
		x.notef("its name is kept, although new experiments of this name need a wider experiment_name_regex")
	}
	for _, a := range x.Record.Alternatives {
		if invalid(a) {
			x.notef("its alternative %q is kept, although new experiments cannot have this name", a)
		}
	}
}

// noteResidue notes what a scan found besides clients and their conversions.
func (x *Experiment) noteResidue() {
	r := &x.residue
	if n := r.extra.Participants(); n > 0 {
		x.notef("%s in several alternatives, because of record_force: each keeps the first, as in Sixpack, and the counts of the others remain; "+
			"Sixpack's total over all alternatives counts each client once", quantity(n, "client is", "clients are"))
	}
	if n := conversions(r.extra); n > 0 {
		x.notef("%s in another alternative than the client's: kept as counts without a client", quantity(n, "conversion is", "conversions are"))
	}
	if r.extra.Excluded > 0 {
		x.notef("%s excluded and participating, because of record_force: kept as participants", quantity(r.extra.Excluded, "client is", "clients are"))
	}
	if n := r.nameless.Participants() + r.nameless.Excluded; n > 0 {
		x.notef("%s no name, as after archiving in Sixpack: kept as counts without a client", quantity(n, "client has", "clients have"))
	}
	if r.invalid > 0 {
		x.notef("%s an ID that is empty, longer than 512 bytes or has control characters: kept, although calls with this ID are refused",
			quantity(r.invalid, "client has", "clients have"))
	}
	if r.repeated > 0 {
		x.notef("%s of a client on a second day, because of record_force: counted on the first day only, as in Sixpack's totals",
			quantity(r.repeated, "bit is", "bits are"))
	}
	if r.undated > 0 {
		x.notef("%s missing from the daily bitmaps: counted on the day the experiment was created", quantity(r.undated, "bit is", "bits are"))
	}
	if r.unlisted > 0 {
		x.notef("%s in a daily bitmap but missing from the bitmap of all time: counted, although Sixpack does not", quantity(r.unlisted, "bit is", "bits are"))
	}
}

// quantity returns n with the words for one or for more.
func quantity(n int64, one, more string) string {
	if n == 1 {
		more = one
	}
	return fmt.Sprintf("%d %s", n, more)
}
