package cli

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/config"
)

const checkConfigHelp = `Prints each setting with its value and source, then the problems. Secrets are not shown. The
exit status is 0 if sixpack would start with these settings, otherwise 1.`

const checkConfigExamples = `  sixpack check-config
  SIXPACK_CONFIG=/etc/sixpack.yml sixpack check-config --port 8000`

func checkConfigCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use: "check-config", Short: "show the settings in effect and their problems",
		Long: checkConfigHelp, Example: checkConfigExamples, Args: arguments(0, 0),
		Annotations: map[string]string{showsSettings: "yes"}, RunE: p.run(checkConfig),
	}
}

// checkConfig prints the configuration in effect.
func checkConfig(_ context.Context, in *invocation) error {
	s, err := config.Load(in.environ, in.flags)
	if err != nil {
		return err
	}
	if err := s.CheckExposure(); err != nil {
		s.Problems = append(s.Problems, err.Error())
	}
	table := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tSOURCE\tVALUE")
	for _, row := range s.Rows() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", row.Key, row.Source, row.Value)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, n := range s.Notes {
		fmt.Fprintln(in.stdout, "note:", n)
	}
	for _, p := range s.Problems {
		fmt.Fprintln(in.stdout, "problem:", p)
	}
	switch len(s.Problems) {
	case 0:
		fmt.Fprintln(in.stdout, "No problems.")
		return nil
	case 1:
		return errors.New("the configuration has 1 problem")
	default:
		return fmt.Errorf("the configuration has %d problems", len(s.Problems))
	}
}
