package sixpack2

import (
	"fmt"
	"regexp"
)

// usual is the form of the names of new experiments and alternatives, unless it
// is configured otherwise, and longest their greatest length.
var usual = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_ -]*$`)

const longest = 255

// noteNames says which names are taken although new ones may not be like that.
func (x *Experiment) noteNames() {
	unusual := func(name string) bool { return len(name) > longest || !usual.MatchString(name) }
	if unusual(x.Record.Name) {
		x.notef("its name is taken as it is, although a new experiment may have it only if experiment_name_regex allows it")
	}
	for _, a := range x.Record.Alternatives {
		if unusual(a) {
			x.notef("its alternative %q is taken as it is, although a new experiment may not have it", a)
		}
	}
}

// noteLoose says what a scan found that is not as Sixpack means it to be.
func (x *Experiment) noteLoose() {
	l := &x.loose
	if n := participants(l.extra); n > 0 {
		x.notef("%s in more than one alternative, by record_force: each keeps the first, as in Sixpack, and the others' counts stay; "+
			"Sixpack's total over all alternatives counts it once", many(n, "client is", "clients are"))
	}
	if n := conversions(l.extra); n > 0 {
		x.notef("%s in an alternative that is not the client's: kept as counts", many(n, "conversion is", "conversions are"))
	}
	if l.extra.Excluded > 0 {
		x.notef("%s excluded and a participant, by record_force: each stays a participant", many(l.extra.Excluded, "client is", "clients are"))
	}
	if n := participants(l.nameless) + l.nameless.Excluded; n > 0 {
		x.notef("%s no name any more, as after archiving in Sixpack: kept as counts", many(n, "client has", "clients have"))
	}
	if l.strange > 0 {
		x.notef("%s an id that calls are refused for, as empty, longer than 512 bytes or with control characters: taken as it is",
			many(l.strange, "client has", "clients have"))
	}
	if l.repeated > 0 {
		x.notef("%s of a client on a second day, by record_force: counted on the first only, as in Sixpack's totals",
			many(l.repeated, "bit is", "bits are"))
	}
	if l.undated > 0 {
		x.notef("%s in no day's bitmap: counted on the day of the experiment's creation", many(l.undated, "bit is", "bits are"))
	}
	if l.unlisted > 0 {
		x.notef("%s in a day's bitmap and not in that of all time, so that Sixpack has forgotten: counted", many(l.unlisted, "bit is", "bits are"))
	}
}

// many returns n and what it is of.
func many(n int64, one, more string) string {
	if n == 1 {
		more = one
	}
	return fmt.Sprintf("%d %s", n, more)
}
