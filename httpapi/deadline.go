package httpapi

import (
	"context"
	"sync"
	"time"
)

// deadlines returns contexts with a timeout. Creating one takes longer than most calls
// of the store, so requests that come at about the same time share one.
type deadlines struct {
	after time.Duration // or up to an eighth of it sooner

	mu      sync.Mutex      // guards the fields below
	current context.Context //nolint:containedctx // shared by requests
	until   time.Time       // when it is no longer handed out
}

// next returns a context with a timeout and the values of a request's context. It does not
// end with the request, so a conversion is counted even if the visitor leaves the page.
func (d *deadlines) next(request context.Context) context.Context {
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.After(d.until) {
		d.until = now.Add(d.after / 8)
		ctx, cancel := context.WithTimeout(context.Background(), d.after)
		context.AfterFunc(ctx, cancel)
		d.current = ctx
	}
	return withValues{d.current, request}
}

// withValues is a context with the values of another context.
type withValues struct {
	context.Context //nolint:containedctx // it is a context

	of context.Context //nolint:containedctx // see above
}

// Value implements context.Context.
func (c withValues) Value(key any) any {
	if v := c.Context.Value(key); v != nil {
		return v
	}
	return c.of.Value(key)
}
