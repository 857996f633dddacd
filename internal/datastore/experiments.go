package datastore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/suggest"
	"github.com/sixpack-go/sixpack/store"
)

// Source is what counts are read from: a store, or [Experiments].
type Source interface {
	// Counts is [store.Store.Counts].
	Counts(ctx context.Context, names ...string) ([]store.Counts, error)
}

// Experiments are the experiments in a store that this process has opened, or in
// the store of a running server.
type Experiments interface {
	Source
	// SetPlan is [sixpack.Engine.SetPlan].
	SetPlan(ctx context.Context, experiment string, p store.Plan) error
	// AcknowledgeMismatch is [sixpack.Engine.AcknowledgeMismatch].
	AcknowledgeMismatch(ctx context.Context, experiment string) error
	Close() error
}

// opened is a store that this process has opened.
type opened struct {
	store.Store

	engine *sixpack.Engine
}

// SetPlan implements [Experiments].
func (o opened) SetPlan(ctx context.Context, experiment string, p store.Plan) error {
	return o.engine.SetPlan(ctx, experiment, p)
}

// AcknowledgeMismatch implements [Experiments].
func (o opened) AcknowledgeMismatch(ctx context.Context, experiment string) error {
	return o.engine.AcknowledgeMismatch(ctx, experiment)
}

// OpenExperiments opens the store at an address, see [OpenAt], or connects to the
// server that uses it.
func OpenExperiments(ctx context.Context, c *config.Config, address string) (Experiments, error) {
	path, isFile := FileAt(c, address)
	switch {
	case address == "" && c.Store == config.StoreMemory:
		return nil, errors.New("store is memory, which only the server can read: name a folder, a file or a Redis URL with --from")
	case !isFile:
		st, err := OpenAt(c, address, false)
		if err != nil {
			return nil, err
		}
		return opened{st, sixpack.New(st, c.Engine())}, nil
	}
	if err := checkFile(path, "name a folder, a file or a Redis URL with --from"); err != nil {
		return nil, err
	}
	if folder := filepath.Dir(path); filepath.Base(path) == config.DataFileName && serves(ctx, folder) {
		return newRemote(folder), nil
	}
	st, err := openUnserved(path)
	if err != nil {
		return nil, err
	}
	return opened{st, sixpack.New(st, c.Engine())}, nil
}

// openUnserved opens a file of the embedded store that no server can read for this
// process.
func openUnserved(path string) (store.Store, error) {
	return openFile(path, fmt.Sprintf(", which has no socket %s (its log has the reason): stop that process first", SocketPath(filepath.Dir(path))))
}

// serves reports whether a server listens on the socket in a folder.
func serves(ctx context.Context, folder string) bool {
	connection, err := new(net.Dialer).DialContext(ctx, "unix", SocketPath(folder))
	if err != nil {
		return false
	}
	_ = connection.Close() // nothing was sent
	return true
}

// CountsAt returns the counts of the experiments at an address, see
// [OpenExperiments]. It returns an error if there are none, or if a named one does
// not exist.
func CountsAt(ctx context.Context, c *config.Config, address string, names ...string) (all []store.Counts, err error) {
	from, err := OpenExperiments(ctx, c, address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	return Counts(ctx, from, names...)
}

// Counts is like [CountsAt] for a source that is open.
func Counts(ctx context.Context, from Source, names ...string) (all []store.Counts, err error) {
	if all, err = from.Counts(ctx, names...); err != nil || len(all) > 0 {
		return all, err
	}
	if all, err = from.Counts(ctx); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("there are no experiments: check --from, or data_dir or redis_url in the configuration; \"sixpack seed\" creates some")
	}
	known := make([]string, len(all))
	for i, r := range all {
		known[i] = r.Record.Name
	}
	meant := suggest.DidYouMean(names[0], known)
	if meant == "" {
		meant = ": " + suggest.List(known)
	}
	return nil, fmt.Errorf("there is no experiment %q%s", names[0], meant)
}
