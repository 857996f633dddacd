package httpapi

import (
	"cmp"
	"context"

	"github.com/sixpack-go/sixpack"
)

func (a *api) convert(ctx context.Context, q *query) (any, error) {
	c := new(conversion)
	options, err := a.conversion(q, c)
	if err != nil && q.checkNamed() == nil {
		return nil, err
	}
	got, err := a.engine.Convert(ctx, q.get(experiment), q.get(clientID), options...)
	if err != nil {
		return nil, cmp.Or(q.checkNamed(), err)
	}
	reply := q.reply(got)
	reply.conversion = c
	return reply, nil
}

// conversion sets c and returns the options of a request to /convert, up to the first
// invalid option.
func (a *api) conversion(q *query, c *conversion) (options []sixpack.ConvertOption, err error) {
	if err := a.circumstances(q, func(o sixpack.Option) { options = append(options, o) }); err != nil {
		return options, err
	}
	if name := q.get(kpi); name != "" {
		c.KPI = &name
		options = append(options, sixpack.KPI(name))
	}
	if sent := q.get(value); sent != "" {
		number, ok := parseFloat(sent)
		if !ok {
			return options, invalid("value", sent, "a number")
		}
		c.Value = &number
		options = append(options, sixpack.Value(number))
	}
	return options, nil
}
