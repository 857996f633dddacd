package httpapi

import (
	"context"
	"sync"
	"time"
)

// deadlines hands out contexts that end after a time. To make one takes longer
// than most requests are in the store, so the requests of a moment share one.
type deadlines struct {
	after time.Duration // or up to an eighth of it sooner

	mu      sync.Mutex      // guards the fields below
	present context.Context //nolint:containedctx // not kept for a call, but to hand out
	until   time.Time       // when it is no longer handed out
}

// next returns a context with the values of a request. It does not end with the
// request: a page that converts is often left at once, and nothing of that is lost.
func (d *deadlines) next(request context.Context) context.Context {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.After(d.until) {
		d.until = now.Add(d.after / 8)
		ctx, cancel := context.WithTimeout(context.Background(), d.after)
		context.AfterFunc(ctx, cancel)
		d.present = ctx
	}
	return withValues{d.present, request}
}

// withValues is a context with the values of another one.
type withValues struct {
	context.Context //nolint:containedctx // that is what it is

	of context.Context //nolint:containedctx // as above
}

// Value implements context.Context.
func (c withValues) Value(key any) any {
	if v := c.Context.Value(key); v != nil {
		return v
	}
	return c.of.Value(key)
}
