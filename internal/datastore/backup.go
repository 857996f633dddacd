package datastore

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"syscall"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// Backup writes all data of the embedded store to w, as it is at one moment, and
// returns the number of bytes. A running server writes it and goes on serving.
func Backup(ctx context.Context, c *config.Config, w io.Writer) (n int64, err error) {
	n, err = newRemote(string(c.DataDir)).Backup(ctx, w)
	if n == 0 && noSocket(err) {
		return backupFile(ctx, c, w)
	}
	return n, err
}

// noSocket reports whether an error says that there is no socket, that nobody
// listens to it any more, or that its path would be too long.
func noSocket(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EINVAL)
}

// backupFile writes the data when no server uses it.
func backupFile(ctx context.Context, c *config.Config, w io.Writer) (int64, error) {
	st, err := openUnserved(c.DataFile())
	if err != nil {
		return 0, err
	}
	n, err := st.Backup(ctx, w)
	return n, errors.Join(err, st.Close())
}

// Verify reads all of a file of the embedded store and returns the number of
// experiments and of clients in all of them.
func Verify(ctx context.Context, path string) (experiments, clients int, err error) {
	st, err := bolt.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	all, err := st.Counts(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, x := range all {
		n, err := countClients(ctx, st, x.Record.Name)
		if err != nil {
			return 0, 0, err
		}
		clients += n
	}
	return len(all), clients, nil
}

func countClients(ctx context.Context, st store.Store, experiment string) (n int, err error) {
	for _, err := range st.Clients(ctx, experiment) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
