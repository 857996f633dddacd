package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/store/bolt"
)

const compactHelp = `Rewrites the data file without the space that deleted experiments left in it. Stop the server
first. The file is replaced in one step; after an error it is unchanged.`

func compactCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use: "compact", Short: "shrink the data file while no server runs",
		Long: compactHelp, Example: "  sixpack compact --data-dir /var/lib/sixpack", Args: arguments(0, 0),
		RunE: p.run(compact),
	}
}

func compact(_ context.Context, in *invocation) error {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if err := datastore.CheckDataFile(&s.Config); err != nil {
		return err
	}
	before, after, err := bolt.Compact(s.DataFile())
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("%w: compacting needs the file for itself, so stop the server first", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(in.stdout, "%s: %s before, %s now\n", s.DataFile(), size(before), size(after))
	return nil
}
