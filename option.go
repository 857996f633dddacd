package sixpack

import (
	"net/netip"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// A ParticipateOption changes one call of [Engine.Participate].
type ParticipateOption interface{ participate(c *call) }

// A ConvertOption changes one call of [Engine.Convert].
type ConvertOption interface{ convert(c *call) }

// An Option changes one call of [Engine.Participate] or of [Engine.Convert].
type Option interface {
	ParticipateOption
	ConvertOption
}

// The options, by the calls that they change.
type (
	participateOption func(*call)
	convertOption     func(*call)
	option            func(*call)
)

func (o participateOption) participate(c *call) { o(c) }
func (o convertOption) convert(c *call)         { o(c) }
func (o option) participate(c *call)            { o(c) }
func (o option) convert(c *call)                { o(c) }

// call holds the options of one call.
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
	err       error  // of an invalid option
	excluded  Reason // why the visitor is not counted; empty for one who is counted
}

// Force answers with the given alternative, which must be among the declared ones,
// and records nothing.
func Force(alternative string) ParticipateOption {
	return participateOption(func(c *call) { c.force = alternative })
}

// RecordForce answers like [Force]. A client that has no alternative yet takes part
// with this one from now on; a client that has another one keeps it.
func RecordForce(alternative string) ParticipateOption {
	return participateOption(func(c *call) { c.force, c.record = alternative, true })
}

// Choose makes a client that has no alternative yet take part with this one, which must be
// among the declared ones. The traffic does not matter.
func Choose(alternative string) ParticipateOption {
	return participateOption(func(c *call) { c.choose = alternative })
}

// Prefetch answers with the alternative that the client has or would get, without
// making it take part.
func Prefetch() ParticipateOption {
	return participateOption(func(c *call) { c.prefetch = true })
}

// At sets the time of the call, from 1970 to a day from now. The default is now.
func At(t time.Time) Option {
	return option(func(c *call) { c.at = t })
}

// UserAgent sets the visitor's user agent, by which robots are recognized. By default, a
// visitor with an empty user agent is a robot; without this option, a visitor is not.
func UserAgent(s string) Option {
	return option(func(c *call) { c.hasAgent, c.userAgent = true, s })
}

// IPAddress sets the visitor's IP address, such as 192.0.2.1 or 2001:db8::1. Visitors
// from [Config.Ignored] addresses are not counted.
func IPAddress(s string) Option {
	return option(func(c *call) {
		address, err := netip.ParseAddr(s)
		if err != nil {
			c.err = invalid("IP address", "%q is not an IP address", s)
		}
		c.address = address.Unmap().WithZone("")
	})
}

// KPI names what the client did, in at most 255 letters, digits, '_' and '-'. The
// empty name is the default KPI.
func KPI(name string) ConvertOption {
	return convertOption(func(c *call) {
		c.kpi = name
		if err := checkKPI(name); err != nil {
			c.err = err
		}
	})
}

// Value sets the value of the conversion, from -1e9 to 1e9, rounded to the nearest
// millionth. The values of a client's conversions add up.
func Value(x float64) ConvertOption {
	return convertOption(func(c *call) {
		if c.value, c.hasValue = store.AmountOf(x); !c.hasValue {
			c.err = invalid("value", "%v is not between -1e9 and 1e9", x)
		}
	})
}

// gather applies options. It allocates only if there are some.
func gather[O any](options []O, apply func(O, *call)) call {
	if len(options) == 0 {
		return call{}
	}
	c := new(call)
	for _, o := range options {
		apply(o, c)
	}
	return *c
}

// prepare completes c with the time and whether the visitor counts. It reports an
// invalid option.
func (e *Engine) prepare(c *call) error {
	c.excluded = e.excluded(c)
	c.now = e.config.Now()
	if c.at.IsZero() {
		c.at = c.now
	} else if c.at.Unix() < 0 || c.at.After(c.now.Add(24*time.Hour)) {
		return invalid("datetime", "%v is before 1970 or more than a day ahead", c.at)
	}
	c.at = c.at.In(e.config.Location)
	return c.err
}
