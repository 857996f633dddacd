package bolt

import (
	"cmp"
	"context"
	"io"
)

// Backup writes a consistent copy of the file, which [Open] can open, and returns its size in
// bytes. Other calls can run meanwhile, but the space that they free is not reused before
// Backup returns, so that the file may grow.
//
// Only the process that has the file open can make a backup. A plain copy of a file that is
// being written may be corrupt.
func (s *Store) Backup(ctx context.Context, w io.Writer) (n int64, err error) {
	copied := &backup{ctx: ctx, to: w}
	err = s.view(ctx, func(x *txn) error {
		n, err = x.tx.WriteTo(copied)
		return cmp.Or(copied.err, err)
	})
	return n, wrap("backup", err)
}

// A backup is a writer that fails when its context ends. It keeps its error, because bbolt
// does not always wrap it.
type backup struct {
	ctx context.Context //nolint:containedctx // io.Writer takes none
	to  io.Writer
	err error
}

func (b *backup) Write(p []byte) (n int, err error) {
	if b.err = b.ctx.Err(); b.err != nil {
		return 0, b.err
	}
	n, b.err = b.to.Write(p)
	return n, b.err
}
