package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/sixpack-go/sixpack/store"
)

func writeCopied(w io.Writer, done []copied) error {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "EXPERIMENT\tCLIENTS\tNEW\tNEW CONVERSIONS\tCONVERTED AGAIN\tRESULTS")
	for _, d := range done {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%s\n",
			d.name, d.clients, d.brought.Clients, d.brought.Conversions, d.brought.Raised, d.state())
	}
	_ = table.Flush() // to a Builder, which never fails
	for _, d := range done {
		if d.refused != "" {
			fmt.Fprintf(&b, "\n%s was not copied: %s\n", d.name, d.refused)
		}
		if len(d.differences) > 0 {
			fmt.Fprintf(&b, "\n%s differs:\n  %s\n", d.name, strings.Join(d.differences, "\n  "))
		}
	}
	return writeAll(w, b.String())
}

func (d copied) state() string {
	switch {
	case d.refused != "":
		return "not copied"
	case len(d.differences) > 0:
		return fmt.Sprintf("differences: %d", len(d.differences))
	}
	return "equal"
}

// verdict returns an error unless all was copied and is equal.
func verdict(done []copied) error {
	var refused, differ int
	for _, d := range done {
		if d.refused != "" {
			refused++
		}
		if len(d.differences) > 0 {
			differ++
		}
	}
	var problems []string
	if differ > 0 {
		problems = append(problems, fmt.Sprintf("%d of %d experiments differ: if a server uses one of the stores, "+
			"stop it and run this again", differ, len(done)))
	}
	if refused > 0 {
		problems = append(problems, fmt.Sprintf("%d of %d experiments were not copied: --replace deletes one in the "+
			"target and copies it anew", refused, len(done)))
	}
	if problems == nil {
		return nil
	}
	return errors.New(strings.Join(problems, "\n"))
}

// foretell tells what would be copied.
func (c copying) foretell(ctx context.Context, w io.Writer) error {
	records, err := c.from.Records(ctx)
	if err != nil {
		return err
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "EXPERIMENT\tCLIENTS\tCONVERSIONS\tIN THE TARGET\tCONVERSIONS\tCOPY WOULD")
	for _, r := range records {
		source, err := resultsOf(ctx, c.from, r.Name)
		if err != nil {
			return err
		}
		target, err := resultsOf(ctx, c.to, r.Name)
		if err != nil {
			return err
		}
		if source == nil {
			continue // it was deleted meanwhile
		}
		would, err := c.would(*source, target)
		if err != nil {
			return err
		}
		there := "none\t"
		if target != nil {
			there = fmt.Sprintf("%d\t%d", clientsOf(*target), conversionsOf(*target))
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\n", r.Name, clientsOf(*source), conversionsOf(*source), there, would)
	}
	_ = table.Flush() // to a Builder, which never fails
	return writeAll(w, b.String())
}

func conversionsOf(r store.Counts) (n int64) {
	for _, a := range r.Alternatives {
		for _, k := range a.KPIs {
			n += k.Events()
		}
	}
	return n
}
