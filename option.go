package sixpack

import (
	"net/netip"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// An Option changes one call of Participate or Convert.
type Option func(*call)

// call is what the options of one call say.
type call struct {
	force     string
	record    bool // the forced alternative
	choose    string
	prefetch  bool
	at        time.Time
	now       time.Time
	kpi       string
	value     store.Amount
	hasValue  bool
	hasAgent  bool
	userAgent string
	address   netip.Addr
	err       error
}

// Force answers with the given alternative and records nothing of the client.
// It is ignored if the experiment has no such alternative.
func Force(alternative string) Option {
	return func(c *call) { c.force = alternative }
}

// RecordForce is Force, and makes a client that has no alternative yet take
// part with this one. A client that has another one keeps it.
func RecordForce(alternative string) Option {
	return func(c *call) { c.force, c.record = alternative, true }
}

// Choose makes a client that has no alternative yet take part with this one,
// inside the traffic fraction or not. It must be among the alternatives.
func Choose(alternative string) Option {
	return func(c *call) { c.choose = alternative }
}

// Prefetch answers with the alternative that the client has or would get, and
// does not let it take part.
func Prefetch() Option {
	return func(c *call) { c.prefetch = true }
}

// At says when it happened: not before 1970, nor more than a day ahead. Without
// it, it happens now.
func At(t time.Time) Option {
	return func(c *call) { c.at = t }
}

// KPI says what the client did: letters, digits, '_' and '-', at most 255 bytes.
// The empty name is the default KPI.
func KPI(name string) Option {
	return func(c *call) {
		c.kpi = name
		if err := checkKPI(name); err != nil {
			c.err = err
		}
	}
}

// Value says what the conversion is worth, to the nearest millionth, between a
// billion and minus a billion. The values of a client's conversions add up.
func Value(x float64) Option {
	return func(c *call) {
		if c.value, c.hasValue = store.AmountOf(x); !c.hasValue {
			c.err = invalid("value", "%v is not between -1e9 and 1e9", x)
		}
	}
}

// UserAgent gives the visitor's user agent, by which robots are known. To give
// an empty one is not the same as to give none: by the default expression it
// is that of a robot.
func UserAgent(s string) Option {
	return func(c *call) { c.hasAgent, c.userAgent = true, s }
}

// IPAddress gives the visitor's address, by which visitors are ignored. One
// that is not an address is not ignored.
func IPAddress(s string) Option {
	return func(c *call) {
		address, _ := netip.ParseAddr(s)
		c.address = address.Unmap().WithZone("")
	}
}

// prepare sets c to what options say, and finds what is wrong with it.
func (e *Engine) prepare(c *call, options []Option) error {
	if len(options) > 0 {
		*c = gather(options)
	}
	c.now = e.config.Now()
	if c.at.IsZero() {
		c.at = c.now
	} else if c.at.Unix() < 0 || c.at.After(c.now.Add(24*time.Hour)) {
		return invalid("datetime", "%v is before 1970 or more than a day ahead", c.at)
	}
	c.at = c.at.In(e.config.Location)
	return c.err
}

// gather applies options. It allocates, unlike a call without any.
func gather(options []Option) call {
	c := new(call)
	for _, o := range options {
		o(c)
	}
	return *c
}

// checkChoice finds what is wrong with a client's choice, and drops a forced
// alternative that x does not have.
func (c *call) checkChoice(x *Experiment) error {
	if !slices.Contains(x.Alternatives, c.force) {
		c.force = ""
	}
	if c.choose != "" && !slices.Contains(x.Alternatives, c.choose) {
		return invalid("alternative name", "%q is not among the alternatives", c.choose)
	}
	return nil
}

// excludes returns why a visitor does not count, or nothing.
func (e *Engine) excludes(c *call) Reason {
	if c.hasAgent && e.robots.match(c.userAgent) {
		return ReasonRobot
	}
	contains := func(p netip.Prefix) bool { return p.Contains(c.address) }
	if c.address.IsValid() && slices.ContainsFunc(e.config.Ignored, contains) {
		return ReasonIgnored
	}
	return ""
}

// checkNamed finds what is wrong with the names that every call has.
func checkNamed(experiment, client string) error {
	switch {
	case experiment == "":
		return invalid("experiment name", "it is empty")
	case client == "":
		return invalid("client id", "it is empty")
	case !validClient(client):
		return invalid("client id", "it has %d bytes; at most %d bytes of UTF-8 without control characters are allowed", len(client), maxClient)
	default:
		return nil
	}
}
