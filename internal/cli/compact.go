package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/sixpack-go/sixpack/store/bolt"
)

func compact(_ context.Context, in *invocation) error {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if err := s.needDataFile(); err != nil {
		return err
	}
	before, after, err := bolt.Compact(s.dataFile())
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("%w: compacting needs the file for itself, so stop the server first", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(in.stdout, "%s: %s before, %s now\n", s.dataFile(), size(before), size(after))
	return nil
}
