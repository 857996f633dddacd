package bolt

import (
	"cmp"
	"context"
	"io"
)

// Backup writes a copy of the file as it is at one moment, which [Open] opens,
// and returns the number of bytes. Other calls go on meanwhile, but space that
// they free is not used again until it is done, so that the file may grow.
//
// It is for the process that has the file open: others cannot open it, and a
// plain copy of a file that is written to may be of no use.
func (s *Store) Backup(ctx context.Context, w io.Writer) (n int64, err error) {
	copied := &backup{ctx: ctx, to: w}
	err = s.view(ctx, func(x *txn) error {
		n, err = x.tx.WriteTo(copied)
		return cmp.Or(copied.err, err)
	})
	return n, wrap("backup", err)
}

// A backup ends with its context. It keeps the error that ended it, which bbolt
// does not always wrap.
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
