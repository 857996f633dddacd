package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/sixpack-go/sixpack/store"
)

// openToServe opens the configured store, unless visitors would begin anew there
// beside data of Sixpack 2 that knows them.
func (c *config) openToServe(ctx context.Context, in *invocation) (store.Store, error) {
	st, err := c.openStore()
	if err != nil {
		return nil, err
	}
	if err := c.refuseSixpack(ctx, in, st); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

func (c *config) refuseSixpack(ctx context.Context, in *invocation, st store.Store) error {
	r, ok := st.(*redisStore)
	if !ok || c.IgnoreSixpackData {
		return nil
	}
	empty, err := r.Empty(ctx)
	if err != nil || !empty {
		return err
	}
	n, err := r.client.Do(ctx, r.client.B().Scard().Key(r.prefix+":e").Build()).AsInt64()
	if err != nil || n == 0 {
		return err
	}
	return fmt.Errorf("%s has %d experiments of Sixpack 2 and none of ours: begun anew, they would forget who got which alternative, "+
		"and who converted. Take them over with \"%s\" (with --dry-run it only tells what would come), or begin anew with "+
		"--ignore-sixpack-data, SIXPACK_IGNORE_SIXPACK_DATA=yes or ignore_sixpack_data in the configuration file",
		c.whereRedis(), n, in.again("import"))
}
