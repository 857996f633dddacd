package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sixpack-go/sixpack/internal/transfer"
)

// Transfer writes what was copied.
func Transfer(w io.Writer, all []transfer.Result) error {
	t := newTable("EXPERIMENT", "CLIENTS", "NEW", "NEW CONVERSIONS", "CONVERTED AGAIN", "RESULTS")
	var b strings.Builder
	for _, r := range all {
		state := "equal"
		switch {
		case r.Refused != "":
			state = "not copied"
			fmt.Fprintf(&b, "\n%s was not copied: %s\n", r.Experiment, r.Refused)
		case len(r.Differences) > 0:
			state = fmt.Sprintf("differences: %d", len(r.Differences))
		}
		t.row(r.Experiment, r.Clients, r.New.Clients, r.New.Conversions, r.New.Raised, state)
		list(&b, r.Experiment+" differs:", r.Differences)
	}
	return write(w, t.String()+b.String())
}

// TransferError returns an error unless everything was copied and is equal.
func TransferError(all []transfer.Result) error {
	var refused, differ int
	for _, r := range all {
		if r.Refused != "" {
			refused++
		}
		if len(r.Differences) > 0 {
			differ++
		}
	}
	var err error
	if differ > 0 {
		err = fmt.Errorf("%d of %d experiments differ: if a server uses one of the stores, stop it and run this again", differ, len(all))
	}
	if refused > 0 {
		err = errors.Join(err, fmt.Errorf("%d of %d experiments were not copied: --replace deletes them in the target and copies them again",
			refused, len(all)))
	}
	return err
}

// actions describes what a transfer would do.
var actions = map[transfer.Action]string{
	transfer.Create:  "create it",
	transfer.Replace: "delete it there and create it",
	transfer.Refuse:  "refuse it: ",
	transfer.Update:  "copy what is new",
	transfer.Keep:    "find nothing to copy",
}

// PlannedTransfer writes what would be copied.
func PlannedTransfer(w io.Writer, all []transfer.Planned) error {
	t := newTable("EXPERIMENT", "CLIENTS", "CONVERSIONS", "IN THE TARGET", "CONVERSIONS", "COPY WOULD")
	for _, p := range all {
		target := "none\t"
		if p.Target != nil {
			target = fmt.Sprintf("%d\t%d", p.Target.Clients, p.Target.Conversions)
		}
		t.row(p.Experiment, p.Source.Clients, p.Source.Conversions, target, actions[p.Action]+p.Conflict)
	}
	return write(w, t.String())
}
