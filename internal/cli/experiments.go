package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// experiments is where experiments are: a store, or the server that has it for
// itself.
type experiments interface {
	// Counts is the method of [store.Store].
	Counts(ctx context.Context, names ...string) ([]store.Counts, error)
	// SetPlan is that of [sixpack.Engine].
	SetPlan(ctx context.Context, experiment string, p store.Plan) error
	Close() error
}

var (
	_ experiments = opened{}
	_ experiments = remote{}
)

// opened is a store that this process has opened.
type opened struct {
	store.Store

	engine *sixpack.Engine
}

// SetPlan implements experiments.
func (o opened) SetPlan(ctx context.Context, experiment string, p store.Plan) error {
	return o.engine.SetPlan(ctx, experiment, p)
}

// openExperiments opens the store at an address, as openAt does, or finds the
// server that has it.
func (c *config) openExperiments(ctx context.Context, address string) (experiments, error) {
	path, isFile := c.fileAt(address)
	switch {
	case address == "" && c.Store == inMemory:
		return nil, errors.New("store is memory, which nobody else sees: name a folder, a file or a URL of Redis with --from")
	case isFile:
		return c.openFile(ctx, path)
	}
	st, err := c.openAt(address, false)
	if err != nil {
		return nil, err
	}
	return opened{st, sixpack.New(st, c.engine())}, nil
}

// openFile opens a file of the embedded store, or finds the server that has it.
func (c *config) openFile(ctx context.Context, path string) (experiments, error) {
	folder := filepath.Dir(path)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, missing{fmt.Errorf("there is no file %s: name a folder, a file or a URL of Redis with --from", path)}
	}
	if filepath.Base(path) == dataFile && serves(ctx, folder) {
		return newRemote(folder), nil
	}
	st, err := bolt.Open(path)
	if errors.Is(err, bolt.ErrLocked) {
		return nil, fmt.Errorf("%w, which has no socket %s (its log says why): stop it first", err, socketPath(folder))
	}
	if err != nil {
		return nil, err
	}
	return opened{st, sixpack.New(st, c.engine())}, nil
}

// serves tells whether a server listens on the socket in a folder.
func serves(ctx context.Context, folder string) bool {
	connection, err := new(net.Dialer).DialContext(ctx, "unix", socketPath(folder))
	if err != nil {
		return false
	}
	_ = connection.Close() // nothing was sent
	return true
}

// resultsAt returns the results of all experiments at an address, or of those
// that are named, which must be there.
func (c *config) resultsAt(ctx context.Context, address string, names ...string) (all []store.Counts, err error) {
	from, err := c.openExperiments(ctx, address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	return resultsFrom(ctx, from, names...)
}

func resultsFrom(ctx context.Context, from interface {
	Counts(ctx context.Context, names ...string) ([]store.Counts, error)
}, names ...string,
) (all []store.Counts, err error) {
	if all, err = from.Counts(ctx, names...); err != nil || len(all) > 0 {
		return all, err
	}
	if all, err = from.Counts(ctx); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("there are no experiments: check --from, or data_dir or redis_url in the configuration; \"sixpack seed\" makes some up")
	}
	known := make([]string, len(all))
	for i, r := range all {
		known[i] = r.Record.Name
	}
	meant := didYouMean(names[0], known)
	if meant == "" {
		meant = ": there " + amongst(known)
	}
	return nil, fmt.Errorf("there is no experiment %q%s", names[0], meant)
}

// amongst names the first few of what there is.
func amongst(names []string) string {
	const most = 10
	verb := "are "
	if len(names) == 1 {
		verb = "is "
	}
	if more := len(names) - most; more > 0 {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("%d more", more))
	}
	return verb + strings.Join(names, ", ")
}
